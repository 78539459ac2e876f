/**
 * A lock on a folder. The embedded database takes no lock itself, and two processes on one folder would lose rows.
 *
 * @module
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the lock. SQLite's file lock does the work: the operating system frees it however the process ends, so a crash
 * leaves nothing to clean up.
 *
 * @returns a function that releases the lock, or `undefined` where another process has it
 */
export function lockFolder(folder: string): (() => void) | undefined {
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return () => database.close();
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
