/** `users rename` and `users delete`, and which commands set a password. */
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { importedUsers } from '../../src/db/imported-users.ts';
import { beginLogin } from '../../src/db/login-statement.ts';
import { users } from '../../src/db/schema.ts';
import { normalizeUserName } from '../../src/user-name.ts';
import { identityHash } from '../support/identity-hash.ts';
import { useLocalDatabase } from '../support/operator.ts';

const { db, portero, asProcess, eventsOf } = useLocalDatabase();
const SALES = 1;
const ADMINISTRATOR = 2;

beforeEach(async () => {
  await db().delete(users);
  await db().delete(importedUsers);
  await store('A1', 'ana');
  await store('B1', 'ben');
  await store('Z1', 'root', { roleId: ADMINISTRATOR });
});

type Columns = Partial<typeof users.$inferInsert>;

async function store(id: string, userName: string, columns: Columns = {}) {
  const normalizedUserName = normalizeUserName(userName);
  await db()
    .insert(users)
    .values({
      id,
      userName,
      normalizedUserName,
      roleId: SALES,
      updatedAt: new Date(0),
      ...columns,
    });
}

async function find(id: string) {
  const [row] = await db().select().from(users).where(eq(users.id, id));
  return row;
}

async function answer(...args: string[]) {
  const { exitCode, output } = await portero(['users', ...args]);
  return `${exitCode} ${output}`;
}

const KEPT =
  'Tokens that are out keep the old name, 30 minutes at most.\n' +
  'Failed logins belong to a name. Those of ana do not count for ';

describe('users rename', () => {
  test('gives a user another name, and says what keeps the old one', async () => {
    expect(await answer('rename', ' ANA', 'anna\u00a0')).toBe(
      `0 Renamed ana to anna in the local database. ${KEPT}anna.\n`,
    );
    expect(await find('A1')).toMatchObject({ userName: 'anna', normalizedUserName: 'ANNA' });
    expect((await find('A1'))?.updatedAt.getTime()).toBeGreaterThan(0);
    expect(await answer('rename', 'ana', 'x')).toBe(
      '1 There is no user ana in the local database.\n',
    );
  });

  test('changes the case alone', async () => {
    expect(await answer('rename', 'ana', 'Ana')).toBe(
      '0 Renamed ana to Ana in the local database. Tokens that are out keep the old name, 30 minutes at most.\n',
    );
    expect(await find('A1')).toMatchObject({ userName: 'Ana', normalizedUserName: 'ANA' });
  });

  test('does nothing where the user has the name already', async () => {
    expect(await answer('rename', 'ANA', 'ana')).toBe('0 The user has the name ana already.\n');
    expect(await eventsOf(['users', 'rename', 'ana', 'ana'])).toEqual([]);
  });

  test.each([
    ['a name that is taken', 'BEN', 'A user of the name BEN is already in the local database.'],
    ['a blank name', ' ', 'A user name has 1 to 256 characters.'],
    [
      'a name that people cannot type',
      'an\u200ba',
      'The user name has the character U+200B. Leave it out, because people cannot see it or type it.',
    ],
  ])('refuses %s', async (_, newName, sentence) => {
    expect(await answer('rename', 'ana', newName)).toBe(`1 ${sentence}\n`);
    expect(await find('A1')).toMatchObject({ userName: 'ana', normalizedUserName: 'ANA' });
  });

  test('refuses an option for a name', async () => {
    expect(await answer('rename', 'ana', '--', '-x')).toBe(
      '1 A user name does not begin with a hyphen.\n',
    );
  });

  test('finds by its id a user whose name no command finds', async () => {
    await store(' C1', 'cleo ');
    expect(await answer('rename', 'cleo', 'cleo2')).toMatch(/^1 There is no user cleo in/);
    expect(await answer('rename', '--id', 'C1', 'cleo2')).toBe(
      '1 There is no user with the id "C1" in the local database.\n',
    );
    expect(await answer('rename', '--id', ' C1', 'cleo2')).toMatch(/^0 Renamed cleo {2}to cleo2/);
    expect(await find(' C1')).toMatchObject({ normalizedUserName: 'CLEO2' });
  });

  test('leaves failed logins with the name that was typed', async () => {
    await beginLogin(
      db(),
      { normalizedUserName: 'ANA', attemptId: crypto.randomUUID() },
      { failures: 1, minutes: 5 },
    );
    await portero(['users', 'rename', 'ana', 'anna']);
    expect(await answer('unlock', 'anna')).toMatch(/^0 Nothing to unlock/);
    expect(await answer('unlock', 'ana')).toMatch(/^0 Unlocked ana/);
  });

  test('is an event with both names', async () => {
    expect(await eventsOf(['users', 'rename', 'ana', 'anna'])).toEqual([
      { event: 'user_renamed', userId: 'A1', userName: 'ana', newName: 'anna' },
    ]);
  });

  test('gives one name to one of two users, where both ask for it at once', async () => {
    const answers = await Promise.all(
      ['ana', 'ben'].map((name) => asProcess(['users', 'rename', name, 'cleo'])),
    );
    expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(answers.map(({ output }) => output)).toContain(
      'A user of the name cleo is already in the local database.\n',
    );
  });
});

describe('users delete', () => {
  test('shows who it is, and says how long tokens stay', async () => {
    await db()
      .update(users)
      .set({ lastLoginAt: new Date('2026-11-02T10:00:00Z') })
      .where(eq(users.id, 'A1'));
    const { exitCode, output } = await portero(['users', 'delete', 'ANA', '--yes']);
    expect(output.split('\n')).toEqual([
      'userName     ana',
      'role         Sales',
      'active       yes',
      'lastLoginAt  2026-11-02T10:00:00.000Z',
      'id           A1',
      'Deleted ana from the local database. Tokens that are out stay valid, 30 minutes at most.',
      '',
    ]);
    expect(exitCode).toBe(0);
    expect(await find('A1')).toBeUndefined();
    expect(await find('B1')).toBeDefined();
  });

  test('needs a terminal or --yes', async () => {
    expect(await answer('delete', 'ana')).toMatch(
      /^1 userName +ana\n(.+\n){4}There is no terminal to ask: use --yes\.\n$/,
    );
    expect(await find('A1')).toBeDefined();
  });

  test('deletes the user of an id', async () => {
    await store('ben', 'ana ');
    expect(await answer('delete', '--id', 'ben', '--yes')).toContain('Deleted ana ');
    expect(await find('ben')).toBeUndefined();
    expect(await find('B1')).toBeDefined();
    expect(await answer('delete', '--id', 'a1', '--yes')).toBe(
      '1 There is no user with the id "a1" in the local database.\n',
    );
  });

  test('shows a name without obeying it', async () => {
    await store('C1', 'cleo\u001b[2J');
    expect(await answer('delete', '--id', 'C1')).toContain(String.raw`cleo\u001b[2J`);
  });

  test('keeps the last active administrator', async () => {
    await store('Y1', 'chief', { roleId: ADMINISTRATOR, active: false });
    expect(await answer('delete', 'root', '--yes')).toContain(
      '\nroot is the last active administrator. Add another one first.\n',
    );
    expect(await answer('delete', 'chief', '--yes')).toMatch(/^0 /); // who is inactive
    await store('Y2', 'chief', { roleId: ADMINISTRATOR });
    expect(await answer('delete', 'root', '--yes')).toMatch(/^0 /);
    expect(await answer('delete', 'chief', '--yes')).toMatch(/^1 /);
  });

  test('leaves of what imports have brought the id alone, so that no import brings the user back', async () => {
    const brought = {
      userName: 'ana',
      email: 'ana@example.com',
      emailConfirmed: true,
      active: true,
      role: 'Sales',
      securityStampDigest: 'e3b0c442',
    };
    await db()
      .insert(importedUsers)
      .values([
        { source: 'one', userId: 'A1', ...brought },
        { source: 'two', userId: 'A1', ...brought },
        { source: 'one', userId: 'B1', ...brought },
        { source: 'one', userId: 'Z1', ...brought },
      ]);
    await portero(['users', 'delete', 'ana', '--yes']);
    await portero(['users', 'delete', 'root', '--yes']); // is refused, so nothing is forgotten
    const rows = await db().select().from(importedUsers);
    const empty = Object.fromEntries(Object.keys(brought).map((column) => [column, null]));
    const valuesOf = (userId: string) => rows.filter((row) => row.userId === userId);
    expect(valuesOf('A1')).toMatchObject([empty, empty]);
    expect(valuesOf('B1')).toMatchObject([brought]);
    expect(valuesOf('Z1')).toMatchObject([brought]);
  });

  test('is an event', async () => {
    expect(await eventsOf(['users', 'delete', 'ana', '--yes'])).toEqual([
      { event: 'user_deleted', userId: 'A1', userName: 'ana' },
    ]);
    expect(await eventsOf(['users', 'delete', 'root', '--yes'])).toEqual([]);
  });

  test('deletes once, where two commands ask for it at once', async () => {
    const command = ['users', 'delete', 'ana', '--yes'];
    const answers = await Promise.all([asProcess(command), asProcess(command)]);
    expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    const refused = answers.find(({ exitCode }) => exitCode === 1);
    // The second one either does not find the user any more, or finds the user deleted in between.
    expect(refused?.output).toMatch(/There is no user ana in|ana has been deleted meanwhile\.\n$/);
  });
});

describe('the time at which a password was set in Portero', () => {
  const PASSPHRASE = 'a perfectly good passphrase\n';

  test('is that of users add', async () => {
    await portero(['users', 'add', 'dora', '--role', 'Sales', '--password-stdin'], PASSPHRASE);
    const [dora] = await db().select().from(users).where(eq(users.userName, 'dora'));
    expect(dora?.passwordSetAt).toBeInstanceOf(Date);
  });

  test('is that of users set-password, and of no other change', async () => {
    await portero(['users', 'rename', 'ana', 'anna']);
    await portero(['users', 'deactivate', 'anna']);
    expect((await find('A1'))?.passwordSetAt).toBeNull();
    await portero(['users', 'set-password', 'anna', '--password-stdin'], PASSPHRASE);
    expect((await find('A1'))?.passwordSetAt).toBeInstanceOf(Date);
  });

  test('is not that of users harden, because the password stays', async () => {
    await db()
      .update(users)
      .set({ passwordHash: identityHash('secret') })
      .where(eq(users.id, 'A1'));
    expect(await answer('harden')).toContain('Hardened 1 hashes');
    expect(await find('A1')).toMatchObject({
      passwordHash: expect.stringMatching(/^\$portero\$/),
      passwordSetAt: null,
    });
  });
});
