/** The commands for modules, roles and users, as processes on a local database. */
import { eq, inArray, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { beginLogin } from '../../src/db/login-statement.ts';
import {
  foreignLayers,
  loginAttempts,
  modules,
  roleGrants,
  roles,
  users,
} from '../../src/db/schema.ts';
import { parseStoredHash } from '../../src/password/stored-hash.ts';
import { findUntypable } from '../../src/user-name.ts';
import { expectValue } from '../support/expect-value.ts';
import { useLocalDatabase } from '../support/operator.ts';

const { db, portero, asProcess, eventsOf } = useLocalDatabase();

async function answer(...args: string[]) {
  const { exitCode, output } = await portero(args);
  return `${exitCode} ${output}`;
}

const json = async (...args: string[]) => JSON.parse((await portero([...args, '--json'])).output);

describe('modules', () => {
  test('are added once, and listed', async () => {
    expect(await answer('modules', 'add', 'invoices', '--name', 'Invoices & more')).toBe(
      '0 Added the module invoices to the local database.\n',
    );
    expect(await answer('modules', 'add', 'invoices', '--name', 'Again')).toBe(
      '1 There is a module invoices in the local database already.\n',
    );
    expect(await answer('modules', 'list')).toBe(
      '0 key       name\ninvoices  Invoices & more\nusers     Users\n',
    );
    expect(await json('modules', 'list')).toEqual([
      { key: 'invoices', name: 'Invoices & more' },
      { key: 'users', name: 'Users' },
    ]);
  });

  test.each(['Invoices', '1st', 'in.voices', 'x'.repeat(51)])('have no key %s', async (key) => {
    expect(await answer('modules', 'add', key, '--name', 'x')).toBe(
      '1 A module key has 1 to 50 characters: small letters, digits and hyphens, a letter first.\n',
    );
  });
});

describe('roles', () => {
  test('are added, granted permissions and shown', async () => {
    await portero(['modules', 'add', 'orders', '--name', 'Orders']);
    expect(await answer('roles', 'add', 'Support')).toContain('0 Added the role Support');
    expect(await answer('roles', 'add', 'Support')).toContain('1 There is a role Support in');
    expect(
      await answer('roles', 'grant', 'Support', 'orders.read', 'orders.list', 'orders.read'),
    ).toBe(
      '0 Granted 2 permissions to Support in the local database; 0 were granted already. ' +
        'It counts from the next login.\n',
    );
    expect(await answer('roles', 'grant', 'Support', 'orders.read', 'orders.create')).toContain(
      'Granted 1 permission to Support in the local database; 1 were granted already.',
    );
    const permissions = ['orders.create', 'orders.list', 'orders.read'];
    expect(await json('roles', 'show', 'Support')).toEqual({
      role: 'Support',
      admin: false,
      users: 0,
      permissions,
    });
    expect(await answer('roles', 'show', 'Support')).toBe(
      `0 role         Support\nadmin        no\nusers        0\npermissions  ${permissions.join(', ')}\n`,
    );
    expect(await json('roles', 'list')).toContainEqual(
      expect.objectContaining({ role: 'Sales', permissions: ['users.list', 'users.read'] }),
    );
    expect(await answer('roles', 'list')).toMatch(/^0 role +admin +users +permissions\n/);

    expect(await answer('roles', 'revoke', 'Support', 'orders.create', 'orders.update')).toContain(
      'Revoked 1 permission of Support in the local database; 1 were not granted.',
    );
    expect((await json('roles', 'show', 'Support')).permissions).toEqual(permissions.slice(1));
  });

  test('are not revoked what cannot be granted', async () => {
    expect(await answer('roles', 'revoke', 'Sales', 'ghosts.read')).toContain(
      '1 There is no module ghosts.',
    );
  });

  test.each([
    ['no role', ['Nobody', 'users.read'], 'There is no role Nobody in the local database.'],
    ['no module', ['Sales', 'users.read', 'ghosts.read'], 'There is no module ghosts.'],
    ['no permission', ['Sales', 'users.fly'], '"users.fly" is no permission.'],
    ['three parts', ['Sales', 'users.read.all'], '"users.read.all" is no permission.'],
    ["an administrator's role", ['Administrator', 'users.read'], 'which may do everything.'],
  ])('are granted nothing where there is %s', async (_, args, sentence) => {
    const before = await db().select().from(roleGrants);
    const { exitCode, output } = await portero(['roles', 'grant', ...args]);
    expect(output).toContain(sentence);
    expect(exitCode).toBe(1);
    expect(await db().select().from(roleGrants)).toEqual(before);
  });

  test('are refused a grant that would make a token too long, and keep what they had', async () => {
    const keys = Array.from(
      { length: 70 },
      (_, index) => `a-module-with-a-rather-long-name-${index}`,
    );
    await db().execute(sql`
      insert into modules select key, key
      from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) key`);
    await portero(['roles', 'add', 'Broad']);
    const grant = (action: string) =>
      portero(['roles', 'grant', 'Broad', ...keys.map((key) => `${key}.${action}`)]);
    expect((await grant('read')).exitCode).toBe(0);
    expect(await grant('list')).toEqual({
      exitCode: 1,
      output:
        'With that, a token of Broad could have more than 8192 characters. Nothing was granted.\n',
    });
    expect((await json('roles', 'show', 'Broad')).permissions).toHaveLength(70);
    // What is there already takes no more room.
    expect((await grant('read')).exitCode).toBe(0);
  });
});

describe('white space around a name is not part of it', () => {
  test('where a user is named', async () => {
    for (const name of ['jdoe ', '\tjdoe', '\u00a0JDOE\u0085', '\ufeffjdoe\u3000']) {
      expect(await json('users', 'show', name)).toMatchObject({ userName: 'jdoe' });
    }
    expect(await answer('users', 'deactivate', ' jdoe')).toContain('0 jdoe cannot log in');
    expect(await answer('users', 'activate', 'jdoe\n')).toBe('0 jdoe can log in.\n');
    expect(await answer('users', 'set-role', 'jdoe ', ' Sales\u2003')).toBe(
      '0 jdoe has the role Sales from the next login on.\n',
    );
    const password = 'another perfectly good passphrase';
    expect(
      await portero(['users', 'set-password', 'jdoe ', '--password-stdin'], `${password}\n`),
    ).toEqual({ exitCode: 0, output: 'Set the password of jdoe.\n' });
  });

  test('where users are searched, and a blank filter is no filter', async () => {
    const count = async (...args: string[]) => (await json('users', 'list', ...args)).length;
    const all = await count();
    expect(await count('--search', ' garcia ')).toBe(1);
    expect(await count('--role', 'Administrator ')).toBe(await count('--role', 'Administrator'));
    expect(await count('--search', ' ', '--role', '')).toBe(all);
  });

  test('where roles and modules are named', async () => {
    expect(await answer('roles', 'add', ' Padded\t')).toContain('0 Added the role Padded to');
    expect(await answer('roles', 'add', 'Padded')).toContain('1 There is a role Padded in');
    expect(await answer('roles', 'grant', 'Padded ', 'users.read')).toContain('0 Granted 1');
    expect(await answer('roles', 'revoke', ' Padded', 'users.read')).toContain('0 Revoked 1');
    expect(await json('roles', 'show', '\u00a0Padded')).toMatchObject({ role: 'Padded' });
    await portero(['modules', 'add', 'padded', '--name', ' Padded\u0085']);
    expect(await json('modules', 'list')).toContainEqual({ key: 'padded', name: 'Padded' });
  });
});

describe('a name that people cannot type', () => {
  const REFUSED =
    'has the character U+200B. Leave it out, because people cannot see it or type it.';

  test('is refused for a role and for a module', async () => {
    expect(await answer('roles', 'add', 'Sal\u200bes')).toBe(`1 The role name ${REFUSED}\n`);
    expect(await answer('modules', 'add', 'x', '--name', 'In\u200bvoices')).toBe(
      `1 The module name ${REFUSED}\n`,
    );
  });

  test('can still be given to a command, where such a user is stored already', async () => {
    const [sales] = await db().select().from(roles).where(eq(roles.name, 'Sales'));
    const userName = 'ad\u200bmin';
    const normalizedUserName = 'AD\u200bMIN';
    await db()
      .insert(users)
      .values({ id: 'untypable', userName, normalizedUserName, roleId: sales?.id ?? 0 });
    expect(await answer('users', 'deactivate', userName)).toBe(
      String.raw`0 ad\u200bmin cannot log in any more. Tokens that are out stay valid, 30 minutes at most.` +
        '\n',
    );
    await db().delete(users).where(eq(users.id, 'untypable'));
  });
});

describe('data are printed with escapes', () => {
  const CLEAR = '\u001b[2J\u009b2J\r\n\u202e\u200b\u2028\u{e0041}';
  const ESCAPED = String.raw`\u001b[2J\u009b2J\u000d\u000a\u202e\u200b\u2028\udb40\udc41`;
  const evil = { userName: `evil${CLEAR}x`, email: `${CLEAR}@x` };

  async function withHostileData(use: () => Promise<void>) {
    const name = `Role${CLEAR}x`;
    const [role] = await db().insert(roles).values({ name, isAdmin: true }).returning();
    const roleId = role?.id ?? 0;
    const normalizedUserName = evil.userName.toUpperCase();
    await db()
      .insert(users)
      .values({ id: `id${CLEAR}x`, ...evil, normalizedUserName, roleId });
    await db()
      .insert(modules)
      .values({ key: 'evil', name: `Module${CLEAR}x` });
    try {
      await use();
    } finally {
      await db().delete(users).where(eq(users.roleId, roleId));
      await db().delete(roles).where(eq(roles.id, roleId));
      await db().delete(modules).where(eq(modules.key, 'evil'));
    }
  }

  test.each([
    [['users', 'list'], `evil${ESCAPED}x`],
    [
      ['users', 'list', '--search', 'evil', '--json'],
      `${ESCAPED.replaceAll('\\u000d\\u000a', '\\r\\n')}@x`,
    ],
    [['users', 'show', evil.userName], `id${ESCAPED}x`],
    [['users', 'deactivate', evil.userName], `evil${ESCAPED}x cannot log in any more.`],
    [['users', 'activate', evil.userName], `evil${ESCAPED}x can log in.`],
    [['users', 'set-role', evil.userName, `Role${CLEAR}x`, '--admin'], `the role Role${ESCAPED}x`],
    [['users', 'set-role', 'jdoe', `Role${CLEAR}x`], `Role${ESCAPED}x is an administrator's role`],
    [['roles', 'list'], `Role${ESCAPED}x`],
    [['roles', 'show', `Role${CLEAR}x`], `Role${ESCAPED}x`],
    [['roles', 'grant', `Role${CLEAR}x`, 'users.read'], `Role${ESCAPED}x is an administrator's`],
    [['modules', 'list'], `Module${ESCAPED}x`],
    [['modules', 'add', `x${CLEAR}`, '--name', 'x'], 'A module key has'],
    [['users', 'show', `nobody${CLEAR}x`], `There is no user nobody${ESCAPED}x in`],
    [['users', 'unlock', `nobody${CLEAR}x`], `no failed login of nobody${ESCAPED}x counts`],
    [['users', 'set-role', 'jdoe', `None${CLEAR}x`], `There is no role None${ESCAPED}x in`],
    [['roles', 'grant', 'Sales', `x${CLEAR}.fly`], 'is no permission.'],
    [['users', 'import', `/none${CLEAR}x`, '--role', 'Sales'], `/none${ESCAPED}x cannot be read`],
  ])('by %j', async (args, expected) => {
    await withHostileData(async () => {
      const { output } = await portero(args);
      expect(output).toContain(expected);
      expect(findUntypable(output.replaceAll('\n', ''))).toBeUndefined();
    });
  });

  test('one row is one line, and JSON reads as what is stored', async () => {
    await withHostileData(async () => {
      const { output } = await portero(['users', 'list']);
      expect(output.split('\n')).toHaveLength((await db().$count(users)) + 2);
      expect(await json('users', 'show', evil.userName)).toMatchObject(evil);
    });
  });

  test('in events too, which stay the same when they are read', async () => {
    await withHostileData(async () => {
      const [event] = await eventsOf(['users', 'deactivate', evil.userName]);
      expect(event).toMatchObject({ event: 'user_deactivated', userName: evil.userName });
      const { output } = await portero(['users', 'activate', evil.userName]);
      expect(output).not.toContain('event'); // so an event is one line
    });
  });
});

describe('users', () => {
  test('are listed by name and filter, and shown', async () => {
    const names = async (...args: string[]) =>
      (await json('users', 'list', ...args)).map((user: { userName: string }) => user.userName);
    expect(await names()).toEqual(['admin', 'jdoe', 'mgarcia']);
    expect(await names('--no-active')).toEqual(['mgarcia']);
    expect(await names('--active', '--role', 'Sales')).toEqual(['jdoe']);
    expect(await names('--search', 'GARCIA')).toEqual(['mgarcia']);
    expect(await answer('users', 'list', '--search', 'nothing')).toBe('0 None.\n');
    expect(await answer('users', 'list')).toMatch(/^0 userName +role +active +email /);
    expect(await json('users', 'show', 'JDOE')).toMatchObject({
      userName: 'jdoe',
      role: 'Sales',
      active: true,
      lastLoginAt: null,
    });
    expect((await portero(['users', 'show', 'jdoe'])).output).not.toContain('$portero');
    expect(await answer('users', 'show', 'nobody')).toBe(
      '1 There is no user nobody in the local database.\n',
    );
  });

  test('are deactivated, activated and given another role, each an event', async () => {
    const [jdoe] = await db().select().from(users).where(eq(users.userName, 'jdoe'));
    const user = { userId: jdoe?.id, userName: 'jdoe' };
    expect(await eventsOf(['users', 'deactivate', 'jdoe'])).toEqual([
      { event: 'user_deactivated', ...user },
    ]);
    expect((await json('users', 'show', 'jdoe')).active).toBe(false);
    expect(await eventsOf(['users', 'activate', 'jdoe'])).toEqual([
      { event: 'user_activated', ...user },
    ]);
    expect(await eventsOf(['users', 'set-role', 'jdoe', 'Administrator', '--admin'])).toEqual([
      { event: 'role_set', ...user, role: 'Administrator' },
    ]);
    expect(await answer('users', 'set-role', 'jdoe', 'Sales')).toBe(
      '0 jdoe has the role Sales from the next login on.\n',
    );
    expect(await json('users', 'show', 'jdoe')).toMatchObject({ active: true, role: 'Sales' });
  });

  test("are given an administrator's role only when told so, and no other then", async () => {
    expect(await answer('users', 'set-role', 'jdoe', 'Administrator')).toContain('use --admin');
    expect(await answer('users', 'set-role', 'jdoe', 'Sales', '--admin')).toContain('is not an');
    expect(await answer('users', 'set-role', 'jdoe', 'Nobody')).toContain('There is no role');
    expect((await json('users', 'show', 'jdoe')).role).toBe('Sales');
  });

  test('are given a new password, which frees them of old layers and of a lock', async () => {
    const password = 'a perfectly good passphrase';
    const shape = { hash: 'SHA-1', iterations: 1000, saltLength: 16, keyLength: 32 } as const;
    const [layer] = await db().insert(foreignLayers).values(shape).returning();
    await db().update(users).set({ foreignLayerId: layer?.id });
    const login = { normalizedUserName: 'JDOE', attemptId: crypto.randomUUID() };
    await beginLogin(db(), login, { failures: 5, minutes: 5 });
    const [before] = await db().select().from(users).where(eq(users.userName, 'jdoe'));
    expect(
      await portero(['users', 'set-password', 'jdoe', '--password-stdin'], `${password}\n`),
    ).toEqual({ exitCode: 0, output: 'Set the password of jdoe.\n' });
    const [jdoe] = await db().select().from(users).where(eq(users.userName, 'jdoe'));
    expect(expectValue(parseStoredHash(jdoe?.passwordHash ?? '')).foreign).toBeUndefined();
    expect(jdoe?.foreignLayerId).toBeNull();
    expect(await db().$count(loginAttempts)).toBe(0);
    expect(jdoe?.passwordHash).not.toBe(before?.passwordHash);
    expect(await answer('users', 'set-password', 'nobody', '--password-stdin')).toContain(
      'There is no user nobody',
    );
    expect(
      await portero(['users', 'set-password', 'jdoe', '--password-stdin'], 'jdoe@example.com'),
    ).toEqual({ exitCode: 1, output: "The password is the user's own name or e-mail address.\n" });
  });
});

describe('the last active administrator', () => {
  const LAST = '1 admin is the last active administrator. Add another one first.\n';

  test('can be neither deactivated nor given another role', async () => {
    expect(await answer('users', 'deactivate', 'admin')).toBe(LAST);
    expect(await answer('users', 'set-role', 'admin', 'Sales')).toBe(LAST);
    expect(await json('users', 'show', 'admin')).toMatchObject({
      active: true,
      role: 'Administrator',
    });
  });

  test('is not the last one beside another, unless that is inactive', async () => {
    await portero(['users', 'set-role', 'mgarcia', 'Administrator', '--admin']);
    expect(await answer('users', 'deactivate', 'admin')).toBe(LAST);
    await portero(['users', 'activate', 'mgarcia']);
    expect(await answer('users', 'deactivate', 'admin')).toContain('0 admin cannot log in');
    expect(await answer('users', 'deactivate', 'mgarcia')).toContain('mgarcia is the last');
    // Who is none already, can be deactivated again.
    expect(await answer('users', 'deactivate', 'admin')).toContain('0 admin cannot log in');
    await portero(['users', 'activate', 'admin']);
  });

  test('is left by two commands at once that would deactivate one each', async () => {
    const answers = await Promise.all(
      ['admin', 'mgarcia'].map((name) => asProcess(['users', 'deactivate', name])),
    );
    expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    const active = await db()
      .select()
      .from(users)
      .innerJoin(roles, eq(roles.id, users.roleId))
      .where(inArray(users.userName, ['admin', 'mgarcia']));
    expect(active.filter((row) => row.users.active && row.roles.isAdmin)).toHaveLength(1);
  });
});

test.each([
  [['modules', 'add', 'x']],
  [['roles']],
  [['roles', 'grant', 'Sales']],
  [['users', 'set-role', 'jdoe']],
])('%j explains the right usage, with exit code 2', async (args) => {
  const { exitCode, output } = await portero(args);
  expect(output).toContain('Usage: npm run portero -- ');
  expect(exitCode).toBe(2);
});
