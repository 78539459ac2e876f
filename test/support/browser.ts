/** A real browser, one for each test file. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
} from 'playwright-core';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { hasRoomInMemory } from './make-temporary-folder.ts';

const hasBrowser = inject('browser') !== null;
let browser: Browser | undefined;

beforeAll(async () => {
  if (!hasBrowser) return;
  const options = inject('browser') ?? {};
  browser = await chromium.launch({
    ...options,
    // Else it would keep a process ready for a second page of each profile, which never comes.
    args: [...(options.args ?? []), '--renderer-process-limit=1'],
    // What its processes share is in memory, where there is room, and not on a disk.
    ignoreDefaultArgs: hasRoomInMemory() ? ['--disable-dev-shm-usage'] : [],
  });
});
afterAll(() => browser?.close());

/** Tests that need the browser, skipped where there is none. */
export const describePage = describe.skipIf(!hasBrowser);

/** Opens a profile, which has nothing in common with the other ones. The caller closes it. */
export function openProfile(options?: BrowserContextOptions): Promise<BrowserContext> {
  if (browser === undefined) throw new Error('the browser has not started');
  return browser.newContext(options);
}
