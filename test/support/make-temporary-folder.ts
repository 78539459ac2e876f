import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whoever makes one removes it. */
export function makeTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'portero-test-'));
}
