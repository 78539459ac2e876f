import { cpSync, rmSync } from 'node:fs';
import { inject, onTestFinished } from 'vitest';
import { makeTemporaryFolder } from './make-temporary-folder.ts';

/** A folder for a test, gone when it has finished. */
export function temporaryFolder(): string {
  const folder = makeTemporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Puts a local database into a folder, migrated and with the demo users. */
export function copyDatabaseInto(folder: string): void {
  cpSync(inject('preparedFolder'), folder, { recursive: true });
}
