/** `db:migrate` and the user names that were stored before white space around a name was no part of it. */
import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { users } from '../../src/db/schema.ts';
import { changeNames, planNameChanges } from '../../src/db/stored-names.ts';
import { normalizeUserName } from '../../src/user-name.ts';
import { expectValue } from '../support/expect-value.ts';
import { useLocalDatabase } from '../support/operator.ts';

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
        'Nothing was changed. Rename or delete all users of a line but one, by their ids, and run npm run db:migrate again.',
        'docs/permissions.md says how.',
        '',
      ].join('\n'),
    });
    expect(await stored()).toEqual(before);

    // As docs/permissions.md says.
    for (const id of ['A2', 'A3', 'B2', 'C2']) {
      await db()
        .update(users)
        .set({ userName: `of ${id}` })
        .where(eq(users.id, id));
    }
    expect(await migrate()).toEqual(brought('7 user names'));
    expect((await stored()).map(([id, , form]) => `${id} ${form}`)).toEqual([
      'A1 ANA',
      'A2 OF A2',
      'A3 OF A3',
      'B1 BEN',
      'B2 OF B2',
      'C\u001b1 CLEO',
      'C2 OF C2',
      'D1 DORA',
    ]);
  });

  test('stops before the tables change', async () => {
    await store('A1', 'ana');
    await store('A2', 'ana ');
    await db().execute(`
      create table public.kept as select * from drizzle.__drizzle_migrations`);
    await db().execute('delete from drizzle.__drizzle_migrations');
    // With no migration on record, a run that goes on fails at the tables that are there.
    expect((await migrate()).output).toMatch(/^White space around a user name/);
    await db().execute('insert into drizzle.__drizzle_migrations select * from public.kept');
    await db().execute('drop table public.kept');
  });

  test('leaves alone a table of another program', async () => {
    await db().execute('alter table users rename to hidden');
    await db().execute('create table users (id integer, user_name text)');
    expect((await migrate()).output).toBe(UP_TO_DATE);
    await db().execute('drop table users');
    await db().execute('alter table hidden rename to users');
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
