import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 2 ** 30;

/** Whoever makes one removes it. */
export function makeTemporaryFolder(parent = tmpdir()): string {
  return mkdtempSync(join(parent, 'portero-test-'));
}

/** For many files: in memory, where there is room, they cost a tenth of the processor time. Whoever makes one removes it. */
export function makeMemoryFolder(): string {
  return makeTemporaryFolder(hasRoomInMemory() ? MEMORY : tmpdir());
}

export function hasRoomInMemory(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ROOM_BYTES;
}
