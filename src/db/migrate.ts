/**
 * Applies the migrations of `drizzle/`. This runs under Node for the operator. The Worker never imports it.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { connect } from './connection.ts';
import type { DatabaseAddress } from './database-address.ts';

export const MIGRATIONS_FOLDER = `${import.meta.dirname}/../../drizzle`;

/** A migration may rewrite a table, and make indexes of it: half a minute for a million users, or more on a small machine. */
const MIGRATION_DEADLINE_MS = 600_000;

/**
 * Applies the missing migrations, each of them whole or not at all. Drizzle's own migrator for Neon's HTTP driver sends
 * one statement at a time, so a failure would leave half a migration behind. This function keeps its progress in the same
 * table as Drizzle's migrator.
 *
 * @returns how many migrations were applied
 */
export async function migrate(
  database: DatabaseAddress,
  migrationsFolder = MIGRATIONS_FOLDER,
): Promise<number> {
  const db = () => connect(database, MIGRATION_DEADLINE_MS);
  const setUp = db();
  await setUp.batch([
    setUp.execute(sql`create schema if not exists drizzle`),
    setUp.execute(sql`
      create table if not exists drizzle.__drizzle_migrations (
        id serial primary key, hash text not null, created_at bigint
      )`),
    // Where two commands run at a time, the second one fails as a whole and does not migrate again.
    setUp.execute(sql`
      create unique index if not exists __drizzle_migrations_hash
        on drizzle.__drizzle_migrations (hash)`),
  ]);
  const { rows } = await db().execute<{ latest: string | null }>(
    sql`select max(created_at) as latest from drizzle.__drizzle_migrations`,
  );
  const latest = Number(rows[0]?.latest ?? 0);

  const pending = readMigrationFiles({ migrationsFolder }).filter(
    ({ folderMillis }) => folderMillis > latest,
  );
  for (const migration of pending) {
    const connection = db();
    await connection.batch([
      connection.execute(sql`
        insert into drizzle.__drizzle_migrations (hash, created_at)
        values (${migration.hash}, ${migration.folderMillis})`),
      ...migration.sql.map((statement) => connection.execute(sql.raw(statement))),
    ]);
  }
  return pending.length;
}
