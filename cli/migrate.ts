/**
 * `db migrate`: brings the tables up to date.
 *
 * @module
 */
import { migrate } from '../src/db/migrate.ts';
import { withDatabase } from './database.ts';

export async function migrateDatabase(): Promise<void> {
  await withDatabase(async ({ databaseUrl, name }) => {
    const count = await migrate(databaseUrl);
    console.log(
      count === 0
        ? `Nothing to migrate: ${name} is up to date.`
        : `Applied ${count} ${count === 1 ? 'migration' : 'migrations'} to ${name}.`,
    );
  });
}
