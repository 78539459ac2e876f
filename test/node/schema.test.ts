/** The migrations, and the schema that is generated beside them. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openEmbeddedPostgres } from '../../dev/embedded-postgres.ts';
import { type LocalServer, startLocalServer } from '../../dev/local-server.ts';
import { createExecutor } from '../../dev/neon-queries.ts';
import { MIGRATIONS_FOLDER, migrate } from '../../src/db/migrate.ts';
import { makeMemoryFolder } from '../support/make-temporary-folder.ts';
import { migrateFirst } from '../support/migrate-first.ts';
import { ROOT } from '../support/process.ts';
import { copyDatabaseInto, temporaryFolder } from '../support/temporary-folder.ts';

const MIGRATIONS = readdirSync(MIGRATIONS_FOLDER).filter((name) => name.endsWith('.sql')).length;

const folder = makeMemoryFolder();
let pglite: PGlite;
let server: LocalServer;
let databaseUrl: string;

beforeAll(async () => {
  copyDatabaseInto(folder);
  pglite = await openEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  server = await startLocalServer({ execute: createExecutor(createPgConfig(pglite)) });
  databaseUrl = server.databaseUrl;
});
afterAll(async () => {
  await server.close();
  await pglite.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await pglite.exec(`
    drop schema public cascade;
    drop schema if exists drizzle cascade;
    create schema public;`);
});

/** Every table, column, constraint, index and trigger, as PostgreSQL itself describes them. */
async function catalog() {
  const { rows } = await pglite.query(`
    select table_name || '.' || column_name as name,
      concat_ws(' ', data_type, udt_name, is_nullable, collation_name, column_default,
        identity_generation) as is
    from information_schema.columns where table_schema = 'public'
    union all
    select conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select indexname, indexdef from pg_indexes where schemaname = 'public'
    union all
    select typname, string_agg(enumlabel, ' ' order by enumsortorder)
    from pg_type join pg_enum on enumtypid = pg_type.oid group by typname
    union all
    select tgname, pg_get_triggerdef(pg_trigger.oid) || prosrc
    from pg_trigger join pg_proc on pg_proc.oid = tgfoid where not tgisinternal
    order by 1, 2`);
  return rows;
}

test('the migrations and schema.sql make the same tables', async () => {
  await migrate(databaseUrl);
  const migrated = await catalog();
  await pglite.exec('drop schema public cascade; create schema public');
  await pglite.exec(readFileSync(join(ROOT, 'schema.sql'), 'utf8'));
  expect(migrated).toEqual(await catalog());
  expect(migrated).toContainEqual({ name: 'users.email', is: 'text text YES' });
});

test('no table but the salt has a row after the migrations', async () => {
  await migrate(databaseUrl);
  for (const table of ['users', 'roles', 'modules', 'role_grants', 'login_attempts']) {
    expect((await pglite.query(`select * from ${table}`)).rows).toEqual([]);
  }
});

test('the migrations and schema.sql both make a salt, another one each time', async () => {
  const salts = async () =>
    (await pglite.query<{ salt: string }>('select salt from login_attempt_salt')).rows;
  await migrate(databaseUrl);
  const [migrated] = await salts();
  await pglite.exec('drop schema public cascade; create schema public');
  await pglite.exec(readFileSync(join(ROOT, 'schema.sql'), 'utf8'));
  const [generated] = await salts();
  expect(migrated?.salt).toMatch(/^[0-9a-f-]{72}$/);
  expect(generated?.salt).toMatch(/^[0-9a-f-]{72}$/);
  expect(migrated).not.toEqual(generated);
});

test('no import may overwrite a password of which it is not known any more whether an import has brought it', async () => {
  await migrateFirst(databaseUrl, 3);
  const hashes = {
    own: '$portero$v=1$p=sha512,i=10000,n=22,s=x$x',
    hardened: '$portero$v=1$f=sha1,i=1000,k=32,s=x$p=sha512,i=10000,n=22,s=x$x',
    imported: 'AQAAAA',
    none: null,
  };
  await pglite.exec("insert into roles (name) values ('Sales')");
  for (const [name, hash] of Object.entries(hashes)) {
    await pglite.query(
      'insert into users (id, user_name, normalized_user_name, role_id, password_hash) values ($1, $1, $1, 1, $2)',
      [name, hash],
    );
  }
  await migrate(databaseUrl);
  const { rows } = await pglite.query('select id from users where password_set_at is not null');
  expect(rows).toEqual([{ id: 'own' }]);
});

test('a migration is applied once', async () => {
  expect(await migrate(databaseUrl)).toBe(MIGRATIONS);
  expect(await migrate(databaseUrl)).toBe(0);
});

test('a migration that fails leaves nothing behind and can be run again', async () => {
  const broken = temporaryFolder();
  cpSync(MIGRATIONS_FOLDER, broken, { recursive: true });
  const file = join(broken, '0000_init.sql');
  writeFileSync(file, `${readFileSync(file, 'utf8')}--> statement-breakpoint\nselect 1 / 0;`);

  await expect(migrate(databaseUrl, broken)).rejects.toMatchObject({ code: '22012' });
  expect(await catalog()).toEqual([]);
  expect(await migrate(databaseUrl)).toBe(MIGRATIONS);
});

test('of two runs at a time, one migrates', async () => {
  const runs = [migrate(databaseUrl), migrate(databaseUrl)];
  const applied = (await Promise.allSettled(runs)).map((run) =>
    run.status === 'fulfilled' ? run.value : 0,
  );
  expect(applied.reduce((sum, count) => sum + count)).toBe(MIGRATIONS);
  expect(await migrate(databaseUrl)).toBe(0);
});
