/** The local database: one process at a time, nothing lost. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { lockFolder } from '../../dev/folder-lock.ts';
import { isInUse, openLocalDatabase, servedDatabaseUrl } from '../../dev/local-database.ts';
import { seed } from '../../dev/seed.ts';
import { connect } from '../../src/db/connection.ts';
import { users } from '../../src/db/schema.ts';
import { expectValue } from '../support/expect-value.ts';
import { temporaryDatabase, temporaryFolder } from '../support/temporary-folder.ts';

async function open(folder: string, options = {}) {
  const local = await openLocalDatabase(folder, { isShared: true, ...options });
  return expectValue(local);
}

async function userNames(databaseUrl: string): Promise<string[]> {
  const rows = await connect(databaseUrl).select().from(users).orderBy(users.userName);
  return rows.map(({ userName }) => userName);
}

test('it is migrated, seeded and kept, for one process at a time, until it is reset', async () => {
  const folder = temporaryDatabase();
  const first = await open(folder);
  expect(await userNames(first.databaseUrl)).toEqual(['admin', 'jdoe', 'mgarcia']);
  await connect(first.databaseUrl).execute(sql`delete from users where user_name = 'mgarcia'`);

  // A second one is refused, reset or not, and told where the first one serves.
  expect(await openLocalDatabase(folder, { reset: true })).toEqual({ ok: false, reason: 'in_use' });
  expect(servedDatabaseUrl(folder)).toBe(first.databaseUrl);
  expect(await userNames(first.databaseUrl)).toEqual(['admin', 'jdoe']);
  await first.close();
  expect(servedDatabaseUrl(folder)).toBeUndefined();

  const second = await open(folder);
  expect(await userNames(second.databaseUrl)).toEqual(['admin', 'jdoe']);
  await second.close();

  // A process that is killed leaves a database that opens with all that it had stored.
  const script = `
    const { openLocalDatabase } = await import('./dev/local-database.ts');
    const { value } = await openLocalDatabase(${JSON.stringify(folder)});
    console.log(value.databaseUrl);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(child.stdout, 'data');
  const killed = connect(String(output).trim());
  await killed.execute(sql`update users set user_name = 'stored' where user_name = 'jdoe'`);
  child.kill('SIGKILL');
  await once(child, 'close');
  const third = await open(folder);
  expect(await userNames(third.databaseUrl)).toEqual(['admin', 'stored']);
  await third.close();

  // What a first start that was cut short leaves behind.
  mkdirSync(join(folder, 'postgres.unfinished'));
  writeFileSync(join(folder, 'postgres.unfinished', 'PG_VERSION'), '18');
  const fresh = await open(folder, { reset: true });
  expect(await userNames(fresh.databaseUrl)).toEqual(['admin', 'jdoe', 'mgarcia']);
  expect(openToOthers(folder)).toEqual([]);
  await fresh.close();
});

/** The entries below a folder that other users of the machine may use in any way. */
function openToOthers(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return ['.', ...paths].filter((path) => (statSync(join(folder, path)).mode & 0o077) !== 0);
}

test('no other user of the machine can read or write it', async () => {
  const folder = temporaryDatabase();
  chmodSync(folder, 0o777);
  const local = await open(folder);
  const db = connect(local.databaseUrl);
  await db.execute(sql`create table fresh as select generate_series(1, 1000) as number`);
  expect(statSync(join(folder, 'database-url')).mode & 0o777).toBe(0o600);
  expect(openToOthers(folder)).toEqual([]);

  // As an earlier version has left them.
  for (const path of ['postgres/PG_VERSION', 'postgres/base', 'postgres'])
    chmodSync(join(folder, path), 0o777);
  await local.close();
  const again = await open(folder);
  await connect(again.databaseUrl).execute(sql`vacuum full fresh`);
  expect(openToOthers(folder)).toEqual([]);
  await again.close();
  expect(openToOthers(folder)).toEqual([]);
});

test('each start has another password, or the one that it is given', async () => {
  const folder = temporaryDatabase();
  const passwords = [];
  for (const options of [{}, {}, { password: 'a @/# password' }]) {
    const local = await open(folder, options);
    passwords.push(decodeURIComponent(new URL(local.databaseUrl).password));
    expect(await userNames(local.databaseUrl)).toContain('jdoe');
    const guess = new URL(local.databaseUrl);
    guess.password = 'portero';
    await expect(userNames(guess.href)).rejects.toMatchObject({ cause: { code: '28P01' } });
    await local.close();
  }
  expect(new Set(passwords).size).toBe(3);
  expect(passwords[0]?.length).toBe(32);
  expect(passwords[2]).toBe('a @/# password');
});

test('what was stored before a statement that hangs is there after it', async () => {
  const folder = temporaryDatabase();
  const local = await open(folder);
  const db = () => connect(local.databaseUrl);
  await db().execute(sql`update users set user_name = 'stored' where user_name = 'jdoe'`);
  const hanging = connect(local.databaseUrl, 1).execute(sql`do $$ begin loop end loop; end $$`);
  await expect(hanging).rejects.toThrow();
  expect(await userNames(local.databaseUrl)).toEqual(['admin', 'mgarcia', 'stored']);
  await local.close();
});

test('data that cannot be opened are told in a sentence, with the way out', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'postgres'));
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), 'nonsense');
  expect(await openLocalDatabase(folder)).toMatchObject({
    reason: 'unusable',
    details: { sentence: expect.stringMatching(/cannot be opened: .*--reset/s) },
  });
  // The lock is not kept.
  expect(isInUse(folder)).toBe(false);
});

test('a folder that cannot be used is told in a sentence', async () => {
  const folder = join(temporaryFolder(), 'file');
  writeFileSync(folder, '');
  expect(await openLocalDatabase(folder)).toMatchObject({
    reason: 'unusable',
    details: { sentence: expect.stringMatching(/^The folder .* cannot be used: EEXIST/) },
  });
});

test('the lock is free again when its process has ended, however it ended', () => {
  const folder = temporaryFolder();
  const script = `
    const { lockFolder } = await import('./dev/folder-lock.ts');
    if (lockFolder(${JSON.stringify(folder)}) === undefined) process.exit(3);
    process.kill(process.pid, 'SIGKILL');`;
  const run = () =>
    execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script]);
  expect(run).toThrow(/SIGKILL|Command failed/);
  const unlock = lockFolder(folder);
  expect(unlock).toBeDefined();
  expect(run).toThrow(expect.objectContaining({ status: 3 }));
  unlock?.();
});

test('demo users never reach a database elsewhere', async () => {
  const url = 'postgresql://app:secret@ep-x.eu-central-1.aws.neon.tech/portero';
  await expect(seed(url)).rejects.toThrow('DATABASE_URL is not on this machine');
});
