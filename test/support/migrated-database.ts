/**
 * The embedded database, empty but migrated. To make it anew takes seconds of the processor, to load it less than one. So it
 * is kept from one run of the tests to the next, as long as nothing has changed that it is made from.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'node_modules/.cache/migrated-database');

/** The lock file stands for the engine, and for everything else that is installed. */
const SOURCES = ['package-lock.json', 'test/support/make-migrated-database.ts'];
const SOURCE_FOLDERS = ['drizzle', 'src/db', 'dev'];

/** @returns what PGlite can load */
export async function migratedDatabase(): Promise<Blob> {
  const file = join(FOLDER, `${digestOfSources()}.tar`);
  if (!existsSync(file)) {
    const { makeMigratedDatabase } = await import('./make-migrated-database.ts');
    keep(await makeMigratedDatabase(), file);
  }
  return new Blob([readFileSync(file)]);
}

/** Another process may do the same at this moment. Each puts a whole file in its place. */
function keep(data: Buffer, file: string): void {
  mkdirSync(FOLDER, { recursive: true });
  const outdated = readdirSync(FOLDER).filter((name) => name.endsWith('.tar'));
  for (const name of outdated) rmSync(join(FOLDER, name), { force: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, data);
  renameSync(unfinished, file);
}

function digestOfSources(): string {
  const inFolders = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort(),
  );
  const digest = createHash('sha256');
  for (const file of [...SOURCES.map((path) => join(ROOT, path)), ...inFolders]) {
    digest.update(`${file}\0`).update(readFileSync(file));
  }
  return digest.digest('hex');
}
