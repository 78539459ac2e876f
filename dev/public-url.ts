/**
 * Where `npm run dev` listens, for the links that a command on the local database prints.
 *
 * @module
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_FOLDER } from './local-database.ts';

export const DEFAULT_PORT = 8787;

const FILE = 'public-url';

/** Tells the commands where the Worker listens. @returns how to take it back */
export function writePublicUrl(url: string, folder = LOCAL_FOLDER): () => void {
  const path = join(folder, FILE);
  writeFileSync(path, url, { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** The address of `npm run dev`. If it does not run, it is where it listens unless told otherwise. */
export function servedPublicUrl(folder = LOCAL_FOLDER): string {
  const path = join(folder, FILE);
  return existsSync(path) ? readFileSync(path, 'utf8') : `http://localhost:${DEFAULT_PORT}`;
}
