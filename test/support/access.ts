/** What a page is like for those who see it small, or not at all. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const NARROW = { width: 320, height: 640 };
export const WIDE = { width: 1280, height: 800 };

/** What axe-core finds, with the one rule of WCAG 2.2 that it leaves out unless told. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = (await page.evaluate(
    "axe.run({ rules: { 'target-size': { enabled: true } } })",
  )) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** How many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth');
}

/** What has the focus. */
export function focused(page: Page): Promise<unknown> {
  return page.evaluate(`(({ tagName, ariaLabel, labels, textContent }) =>
    tagName + ' ' + (ariaLabel ?? labels?.[0]?.textContent ?? textContent.trim()))(document.activeElement)`);
}
