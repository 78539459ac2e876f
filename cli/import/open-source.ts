/**
 * Opens what `users import` is given: a file, a folder, standard input or a database.
 *
 * @module
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isConnectionString, parseConnectionString } from './database/connection-string.ts';
import type { ImportOptions } from './options.ts';
import type { Source } from './source.ts';

/**
 * Loads only what this source needs: the drivers of databases take a while.
 *
 * @throws OperatorError where nothing can be read
 */
export async function openSource(source: string, options: ImportOptions): Promise<Source> {
  if (isConnectionString(source)) {
    const { openDatabase } = await import('./database/open-database.ts');
    return openDatabase(source, options);
  }
  const { openFile, openFolder } = await import('./file/open-file.ts');
  return isFolder(source) ? openFolder(source, options) : openFile(source, options);
}

/** The files that a source is read from. None of them may be overwritten. */
export function filesOf(source: string): string[] {
  if (isConnectionString(source)) {
    const address = parseConnectionString(source, process.env.SOURCE_PASSWORD || undefined);
    return address.kind === 'sqlite' ? [address.file] : [];
  }
  if (!isFolder(source)) return [source];
  return readdirSync(source).map((name) => join(source, name));
}

function isFolder(source: string): boolean {
  return statSync(source, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
