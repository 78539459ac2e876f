import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIGRATIONS_FOLDER, migrate } from '../../src/db/migrate.ts';
import { makeTemporaryFolder } from './make-temporary-folder.ts';

/** Applies the first migrations alone, for a database as an older version has left it. */
export async function migrateFirst(databaseUrl: string, count: number): Promise<void> {
  const folder = makeTemporaryFolder();
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8'));
  const entries = journal.entries.slice(0, count);
  writeFileSync(path, JSON.stringify({ ...journal, entries }));
  await migrate(databaseUrl, folder).finally(() => rmSync(folder, { recursive: true }));
}
