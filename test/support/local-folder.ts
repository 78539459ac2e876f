import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedPostgres } from '../../dev/embedded-postgres.ts';
import { openLocalDatabase } from '../../dev/local-database.ts';
import { expectValue } from './expect-value.ts';
import { migratedDatabase } from './migrated-database.ts';

/** Puts a local database into a folder, as `npm run dev` does when it starts for the first time. */
export async function fillLocalFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const dataDir = join(folder, 'postgres');
  const pglite = await openEmbeddedPostgres({ dataDir, loadDataDir: await migratedDatabase() });
  await pglite.close();
  const local = await openLocalDatabase(folder); // which adds the demo users
  await expectValue(local).close();
}
