/** `db:migrate` and the user names that were stored before white space around a name was no part of it. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { migrate as applyMigrations, MIGRATIONS_FOLDER } from '../../src/db/migrate.ts';
import { users } from '../../src/db/schema.ts';
import { changeNames, planNameChanges } from '../../src/db/stored-names.ts';
import { normalizeUserName } from '../../src/user-name.ts';
import { expectValue } from '../support/expect-value.ts';
import { useLocalDatabase } from '../support/operator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { db, databaseUrl, portero } = useLocalDatabase();
const UP_TO_DATE = 'Nothing to migrate: the local database is up to date.\n';

beforeEach(async () => {
  await db().delete(users);
});

/** As the command line stored it before. @param normalizedUserName where it is not the one of the name */
async function store(id: string, userName: string, normalizedUserName?: string) {
  await db()
    .insert(users)
    .values({
      id,
      userName,
      normalizedUserName: normalizedUserName ?? normalizeUserName(userName),
      roleId: 1,
      updatedAt: new Date(0),
    });
}

async function stored() {
  const rows = await db().select().from(users).orderBy(asc(users.id));
  return rows.map(({ id, userName, normalizedUserName, updatedAt }) => [
    id,
    userName,
    normalizedUserName,
    updatedAt.getTime() > 0 ? 'changed' : 'unchanged',
  ]);
}

const migrate = () => portero(['migrate']);
const brought = (count: string) => ({
  exitCode: 0,
  output: `Brought ${count} of the local database into the form that logins look for.\n`,
});

describe('db:migrate', () => {
  test.each([
    'ana ',
    ' ana',
    '\tana\r\n',
    'ana\u00a0',
    'ana\ufeff',
    'ana\u0085',
    '\u3000ana\u2028',
  ])('takes the white space off %j, once', async (name) => {
    await store('A1', name);
    await store('A2', 'ben');
    expect(await migrate()).toEqual(brought('1 user name'));
    expect(await stored()).toEqual([
      ['A1', 'ana', 'ANA', 'changed'],
      ['A2', 'ben', 'BEN', 'unchanged'],
    ]);
    expect(await migrate()).toEqual({ exitCode: 0, output: UP_TO_DATE });
  });

  test('leaves white space within a name, and characters that are none', async () => {
    await store('A1', 'ana maría');
    await store('A2', 'ana\u200b');
    await store('A3', '   ');
    expect((await migrate()).output).toBe(UP_TO_DATE);
    expect((await stored()).map(([, userName]) => userName)).toEqual([
      'ana maría',
      'ana\u200b',
      '   ',
    ]);
  });

  test('computes every normalised form anew', async () => {
    await store('A1', 'straße', 'STRASSE');
    await store('A2', 'N\u0303andu\u0301', 'N\u0303ANDU\u0301');
    await store('A3', 'ana', 'ana');
    expect(await migrate()).toEqual(brought('3 user names'));
    expect((await stored()).map(([, , form]) => form)).toEqual(['STRAßE', 'ÑANDÚ', 'ANA']);
  });

  test('gives a user a form that becomes free only now', async () => {
    await store('A1', 'ana', 'BEN');
    await store('A2', 'ben', 'ANA');
    await store('A3', 'cleo ', 'CLEO ');
    await store('A4', 'dora', 'CLEO'); // renamed by hand
    expect(await migrate()).toEqual(brought('4 user names'));
    expect((await stored()).map(([, , form]) => form)).toEqual(['ANA', 'BEN', 'CLEO', 'DORA']);
  });

  test('lists the users whose names would become one, and changes nothing', async () => {
    await store('A1', 'ana');
    await store('A2', 'ANA ');
    await store('A3', 'Ana\u00a0');
    await store('B1', 'ben ');
    await store('B2', 'ben\ufeff');
    await store('C\u001b1', 'cleo', 'other');
    await store('C2', 'CLEO\n');
    await store('D1', 'dora ');
    const before = await stored();
    expect(await migrate()).toEqual({
      exitCode: 1,
      output: [
        'White space around a user name is not part of it, and case does not count. So the users of each line have one name in the local database:',
        String.raw`"ana" (id "A1"), "ANA " (id "A2"), "Ana\u00a0" (id "A3")`,
        String.raw`"ben " (id "B1"), "ben\ufeff" (id "B2")`,
        String.raw`"cleo" (id "C\u001b1"), "CLEO\n" (id "C2")`,
        'No name was changed. Rename or delete all users of a line but one, by their ids:',
        'npm run portero -- users rename --id ID NEW-NAME',
        'npm run portero -- users delete --id ID',
        'Then run npm run db:migrate again. docs/permissions.md says more.',
        '',
      ].join('\n'),
    });
    expect(await stored()).toEqual(before);

    for (const id of ['A2', 'B2', 'C2']) {
      expect(await portero(['users', 'rename', '--id', id, `of ${id}`])).toMatchObject({
        exitCode: 0,
      });
    }
    expect(await portero(['users', 'delete', '--id', 'A3', '--yes'])).toMatchObject({
      exitCode: 0,
    });
    expect(await migrate()).toEqual(brought('3 user names'));
    expect((await stored()).map(([id, , form]) => `${id} ${form}`)).toEqual([
      'A1 ANA',
      'A2 OF A2',
      'B1 BEN',
      'B2 OF B2',
      'C\u001b1 CLEO',
      'C2 OF C2',
      'D1 DORA',
    ]);
  });

  test('reads more users than one page holds', async () => {
    await db().execute(`
      insert into users (id, user_name, normalized_user_name, role_id)
      select 'id' || n, 'user' || n || ' ', 'USER' || n || ' ', 1 from generate_series(1, 10001) n`);
    expect(await migrate()).toEqual(brought('10001 user names'));
    expect(await db().$count(users, eq(users.userName, 'user10001'))).toBe(1);
  });
});

describe('a user who comes or changes while the names are changed', () => {
  test('loses nothing, and nothing is changed where a name is taken by then', async () => {
    await store('A1', 'ana ');
    await store('B1', 'ben ');
    const changes = expectValue(await planNameChanges(databaseUrl()));
    await store('A2', 'ana');
    const before = await stored();
    expect(await changeNames(databaseUrl(), changes)).toEqual({
      ok: false,
      reason: 'names_changed',
    });
    expect(await stored()).toEqual(before);
  });

  test('keeps a name that was given meanwhile', async () => {
    await store('A1', 'ana ');
    await store('B1', 'ben ');
    await store('C1', 'cleo ');
    const changes = expectValue(await planNameChanges(databaseUrl()));
    await db().update(users).set({ userName: 'Cleo ' }).where(eq(users.id, 'C1'));
    await db().delete(users).where(eq(users.id, 'A1'));
    await store('A1', 'anna');
    expect(await changeNames(databaseUrl(), changes)).toEqual({ ok: true, value: 1 });
    expect((await stored()).map(([, userName]) => userName)).toEqual(['anna', 'ben', 'Cleo ']);
  });
});

test("tables of the first release become today's although names collide, because the commands that help need them", async () => {
  await db().execute('drop schema public cascade');
  await db().execute('drop schema drizzle cascade');
  await db().execute('create schema public');
  expect(await applyMigrations(databaseUrl(), firstMigrations(1))).toBe(1);
  await db().execute("insert into roles (name) values ('Sales')");
  await db().execute(`
    insert into users (id, user_name, normalized_user_name, role_id)
    values ('A1', 'ana', 'ANA', 1), ('A2', 'ana ', 'ANA ', 1), ('A3', ' ana', ' ANA', 1)`);
  const { exitCode, output } = await migrate();
  expect(exitCode).toBe(1);
  expect(output).toMatch(
    /^Applied \d+ migrations to the local database\.\nWhite space around a user name/,
  );
  expect((await stored()).map(([, name]) => name)).toEqual(['ana', 'ana ', ' ana']);

  await portero(['users', 'delete', '--id', 'A1', '--yes']);
  await portero(['users', 'rename', '--id', 'A3', 'anna']);
  expect(await migrate()).toEqual(brought('1 user name'));
  expect((await stored()).map(([id, name]) => [id, name])).toEqual([
    ['A2', 'ana'],
    ['A3', 'anna'],
  ]);
});

/** @returns a folder with as many of the migrations, the oldest first */
function firstMigrations(count: number): string {
  const folder = temporaryFolder();
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
  return folder;
}
