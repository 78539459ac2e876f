import { cpSync, rmSync } from 'node:fs';
import { inject } from 'vitest';
import { whenOver } from './lifetime.ts';
import { makeMemoryFolder, makeTemporaryFolder } from './make-temporary-folder.ts';

/** A folder for a test, gone when it has finished. */
export function temporaryFolder(folder = makeTemporaryFolder()): string {
  whenOver(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A local database for a test, migrated and with the demo users. @returns its folder, gone when the test has finished */
export function temporaryDatabase(): string {
  const folder = temporaryFolder(makeMemoryFolder());
  copyDatabaseInto(folder);
  return folder;
}

/** Puts a local database into a folder, migrated and with the demo users. */
export function copyDatabaseInto(folder: string): void {
  cpSync(inject('preparedFolder'), folder, { recursive: true });
}
