import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { openEmbeddedPostgres } from '../../dev/embedded-postgres.ts';
import { startLocalServer } from '../../dev/local-server.ts';
import { createExecutor } from '../../dev/neon-queries.ts';
import { migrate } from '../../src/db/migrate.ts';

/** @returns the data of an embedded PostgreSQL, empty but migrated */
export async function makeMigratedDatabase(): Promise<Buffer> {
  const pglite = await openEmbeddedPostgres();
  const execute = createExecutor(createPgConfig(pglite));
  const server = await startLocalServer({ execute });
  await migrate(server.databaseUrl);
  const data = await pglite.dumpDataDir('none');
  await server.close();
  await pglite.close();
  return Buffer.from(await data.arrayBuffer());
}
