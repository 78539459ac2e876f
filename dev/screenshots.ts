/**
 * Takes the pictures of the login page for the README, from a running `npm run dev`.
 *
 *   node dev/screenshots.ts [http://localhost:8787]
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBrowser } from './browser.ts';
import { DEMO_USERS } from './seed.ts';

const [url = 'http://localhost:8787'] = process.argv.slice(2);
const IMAGES = join(import.meta.dirname, '../docs/images');
const [demo] = DEMO_USERS;

async function open(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage({ baseURL: url, locale: 'en', ...options });
  await page.goto('/');
  await page.getByText('Success!').waitFor();
  return page;
}

async function take(page: Page, name: string, fullPage = false): Promise<void> {
  await page.screenshot({ path: join(IMAGES, `${name}.png`), fullPage });
}

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(demo?.userName ?? '');
  await page.getByLabel('Password', { exact: true }).fill(demo?.password ?? '');
  await page.keyboard.press('Enter');
}

const folder = mkdtempSync(join(tmpdir(), 'portero-'));
try {
  const browser = await chromium.launch((await findBrowser(folder)) ?? {});
  const viewport = { width: 560, height: 640 };
  await take(await open(browser, { viewport }), 'login-light');
  await take(await open(browser, { viewport, colorScheme: 'dark' }), 'login-dark');
  const narrow = await open(browser, { viewport: { width: 320, height: 640 } });
  await take(narrow, 'login-narrow');

  const page = await open(browser, { viewport: { width: 1100, height: 800 } });
  await logIn(page);
  await page.getByRole('button', { name: 'Spoil the token and send' }).click();
  await page.getByRole('dialog').getByText('Success!').waitFor();
  await logIn(page);
  await page.getByText('All three requests were answered.').waitFor();
  await page.getByRole('heading', { level: 1 }).focus();
  await take(page, 'signed-in', true);
  await browser.close();
} finally {
  rmSync(folder, { recursive: true });
}
