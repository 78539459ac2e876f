/**
 * `npm run bench:timing` runs against this test bed: the local services, with a database as slow as one far away, and the
 * Worker in `wrangler dev`.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { layerIdOf, toHashRow } from '../cli/hash-row.ts';
import { startWrangler } from '../dev/wrangler.ts';
import { connect } from '../src/db/connection.ts';
import { listForeignLayers } from '../src/db/foreign-layers.ts';
import { hashPassword } from '../src/password/password.ts';
import { parseStoredHash } from '../src/password/stored-hash.ts';
import { TEST_SECRETS } from '../src/turnstile/test-keys.ts';
import { expectValue } from '../test/support/expect-value.ts';
import { freePort } from '../test/support/free-port.ts';
import { identityHash } from '../test/support/identity-hash.ts';
import { makeRunFolder } from './bed/at-exit.ts';
import { ROOT } from './bed/bundle.ts';
import { startServices } from './bed/services.ts';
import { sendForgotten, sendLogin } from './load/login.ts';

const PASSWORD = 'correct horse battery staple';

/**
 * @param names the number of users. Their names are `known-0`, `known-1`, …
 * @param entry the path of the Worker's module, relative to the root
 */
export async function startBed(names: number, entry: string) {
  const folder = makeRunFolder();
  const services = await startServices();
  const { databaseUrl } = services;
  await fill(databaseUrl, names);
  const port = await freePort();
  const wrangler = startWrangler({
    root: ROOT,
    port,
    stateFolder: join(folder, 'wrangler'),
    settings: {
      DATABASE_URL: databaseUrl,
      TURNSTILE_SECRET_KEY: TEST_SECRETS.passes,
      JWT_SECRET: randomBytes(32).toString('base64'),
      PUBLIC_URL: `http://localhost:${port}`,
      MAIL_FROM: 'login@example.org',
    },
    print: () => {},
    entry,
  });
  await wrangler.ready;

  return {
    setLatency: (ms: number) => services.setLatencies({ sql: ms }),
    async forgetAttempts(): Promise<void> {
      const db = connect(databaseUrl);
      await db.execute(sql`delete from login_attempts`);
      await db.execute(sql`delete from forgotten_requests`);
      await db.execute(sql`delete from password_links`);
    },
    /** Tries a wrong password. @returns the time until the answer, in milliseconds */
    async attempt(name: string): Promise<number> {
      return (await sendLogin(port, { name, password: 'wrong-password' }, 401)).ms;
    },
    /** Tells the password of a name as forgotten. @returns the time until the answer, in milliseconds */
    async forget(name: string): Promise<number> {
      return (await sendForgotten(port, name)).ms;
    },
    async close(): Promise<void> {
      await wrangler.stop();
      await services.stop();
    },
  };
}

export type TestBed = Awaited<ReturnType<typeof startBed>>;

/** Adds users with confirmed addresses. The five kinds of hash take turns, and so do the four roles. One role has 200 modules. */
async function fill(databaseUrl: string, names: number): Promise<void> {
  const version2 = expectValue(parseStoredHash(identityHash(PASSWORD)));
  const version3 = expectValue(parseStoredHash(identityHash(PASSWORD, { prf: 'sha256' })));
  const today = await toHashRow(expectValue(parseStoredHash(await hashPassword(PASSWORD))), true);
  const hashes = [
    today,
    await toHashRow(version2, false),
    await toHashRow(version2, true),
    await toHashRow(version3, true),
    await toHashRow(null, true),
  ];
  const db = connect(databaseUrl);
  await db.execute(sql`
    insert into roles (name, is_admin)
    values ('Usual', false), ('Administrator', true), ('Small', false), ('Large', false)`);
  await db.execute(sql`insert into modules select 'm-' || n, 'm' from generate_series(1, 200) n`);
  await db.execute(sql`
    insert into role_grants select roles.id, key, action
    from roles, modules, unnest(array['list', 'read']::permission_action[]) action
    where roles.name = 'Large' or roles.name = 'Usual' and key = 'm-1'`);
  for (const statement of listForeignLayers(
    db,
    hashes.flatMap(({ shape }) => shape ?? []),
  ))
    await statement;
  for (const [index, hash] of hashes.entries()) {
    await db.execute(sql`
      insert into users (id, user_name, normalized_user_name, email, email_confirmed,
        password_hash, foreign_layer_id, role_id)
      select gen_random_uuid(), 'known-' || n, 'KNOWN-' || n, n || '@example.org', true,
        ${hash.passwordHash}, ${layerIdOf(hash)},
        (select id from roles order by (id + n) % 4 limit 1)
      from generate_series(0, ${names - 1}) n where n % ${hashes.length} = ${index}`);
  }
}
