/**
 * A lock on a folder. The embedded database takes none of its own, and two processes on one folder
 * lose rows.
 *
 * @module
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the lock, or answers `null` where another process has it. SQLite's file lock does the work:
 * the operating system frees it however the process ends, so that a crash leaves nothing to clean up.
 *
 * @returns releases the lock
 */
export function lockFolder(folder: string): (() => void) | null {
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return () => database.close();
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
