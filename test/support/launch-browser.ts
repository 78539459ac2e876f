import { type Browser, chromium } from 'playwright-core';
import { inject } from 'vitest';
import { hasRoomInMemory } from './make-temporary-folder.ts';

/** Starts the browser. What its processes share is in memory, where there is room, and not on a disk. */
export function launchBrowser(): Promise<Browser> {
  const ignoreDefaultArgs = hasRoomInMemory() ? ['--disable-dev-shm-usage'] : [];
  return chromium.launch({ ...inject('browser'), ignoreDefaultArgs });
}
