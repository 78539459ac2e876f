/** `users import`: nobody logs in after it who could not before, and nothing is lost silently. */
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { identityHash } from '../support/identity-hash.ts';
import { type OldTables, stockUser, useImports } from '../support/old-tables.ts';

const old = useImports();
const { importTables, stored } = old;
const ROLE = ['--role', 'Sales'];

beforeEach(() => old.reset());

const importUsers = (users: object[], ...options: string[]) =>
  importTables({ AspNetUsers: users }, ...ROLE, ...options);

async function activeOf(): Promise<Record<string, boolean>> {
  return Object.fromEntries((await stored()).map(({ id, active }) => [id, active]));
}

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('a lock', () => {
  test('of more than a day makes a user inactive, and a shorter one does not arrive', async () => {
    const { output } = await importUsers([
      stockUser('forever', { LockoutEnd: '9999-12-31 23:59:59.9999999 +00:00' }),
      stockUser('long', { LockoutEnd: inHours(25) }),
      stockUser('short', { LockoutEnd: inHours(23) }),
      stockUser('over', { LockoutEnd: inHours(-1) }),
      stockUser('exempt', { LockoutEnd: inHours(25), LockoutEnabled: false }),
    ]);
    expect(await activeOf()).toEqual({
      exempt: true,
      forever: false,
      long: false,
      over: true,
      short: true,
    });
    expect(output).toContain(
      'The source keeps 2 users out, because LockoutEnd is more than a day away: 9999-12-31 at the latest.\n' +
        '1 lock of less than a day did not arrive.\n',
    );
  });

  test('whose end cannot be read rejects the user', async () => {
    const { output } = await importUsers([stockUser('a', { LockoutEnd: 'next year' })]);
    expect(output).toMatch(/^item 1: LockoutEnd /);
    expect(await stored()).toEqual([]);
  });
});

describe('a flag', () => {
  test.each([
    ['Activo', 'IsDeleted'],
    ['is_active', 'Disabled'],
  ])(
    'of the columns %s and %s makes a user inactive, also where the two disagree',
    async (yes, no) => {
      const { output } = await importUsers([
        stockUser('a', { [yes]: 1, [no]: 0 }),
        stockUser('b', { [yes]: 0, [no]: 0 }),
        stockUser('c', { [yes]: 1, [no]: 1 }),
      ]);
      expect(await activeOf()).toEqual({ a: true, b: false, c: false });
      expect(output).toMatch(/^The source keeps 2 users out, by \w+ and \w+\.$/m);
    },
  );

  test('of NULL or left out, where others have one, makes a user inactive', async () => {
    const { output } = await importUsers([
      stockUser('a', { Activo: 1 }),
      stockUser('b', { Activo: null }),
      stockUser('c'),
    ]);
    expect(await activeOf()).toEqual({ a: true, b: false, c: false });
    expect(output).toContain('The source keeps 2 users out, because Activo is NULL.\n');
  });

  test('of a column of one’s own is read with --active-column or --inactive-column', async () => {
    const users = [stockUser('a', { Vigente: 'S' }), stockUser('b', { Vigente: 'N' })];
    await importUsers(users, '--active-column', 'vigente');
    expect(await activeOf()).toEqual({ a: true, b: false });
    await old.reset();
    await importUsers(users, '--inactive-column', 'Vigente');
    expect(await activeOf()).toEqual({ a: false, b: true });
  });

  test('of several columns of one’s own, with times among them', async () => {
    const users = [
      stockUser('a', { DeletedAt: null, Vigente: 1 }),
      stockUser('b', { DeletedAt: '2024-01-02', Vigente: 1 }),
      stockUser('c', { DeletedAt: null, Vigente: 0 }),
    ];
    await importUsers(users, '--inactive-column', 'DeletedAt', '--active-column', 'Vigente');
    expect(await activeOf()).toEqual({ a: true, b: false, c: false });
    await old.reset();
    await importUsers(
      users,
      ...['DeletedAt', 'Vigente'].flatMap((name) => ['--inactive-column', name]),
    );
    expect(await activeOf()).toEqual({ a: false, b: false, c: true });
  });

  test('of a column that no row has stops the import', async () => {
    const { output } = await importUsers(
      [stockUser('a')],
      ...['--active-column', 'Vigent', '--role-column', 'Perfl'],
    );
    expect(output).toContain('- No row has the column Perfl, which --role-column names.\n');
    expect(output).toContain('- No row has the column Vigent, which --active-column names.\n');
  });

  test('that nobody reads is told, with the number of users who have it', async () => {
    const users = [stockUser('a', { Bloqueado: true }), stockUser('b', { Bloqueado: false })];
    const { output } = await importUsers(users);
    expect(output).toContain(
      'The column bloqueado looks like a flag and is not read. It is set for 1 user. --active-column or --inactive-column reads it.\n',
    );
    expect(output).toContain('All users are active, because no column says who is not.\n');
  });
});

describe('an address that is not confirmed', () => {
  const users = [
    stockUser('a'),
    stockUser('b', { EmailConfirmed: false }),
    stockUser('c', { EmailConfirmed: false, LockoutEnd: '9999-12-31' }),
  ];

  test('stops the import with the number of users, whom something else lets in', async () => {
    expect((await importUsers(users)).output).toContain(
      '- EmailConfirmed is 0 for 1 user. Where the old system asks for a confirmed account, they cannot log in there. ' +
        '--unconfirmed inactive keeps it so, and --unconfirmed active lets them in.\n',
    );
  });

  test('makes the user what --unconfirmed says', async () => {
    await importUsers(users, '--unconfirmed', 'active');
    expect(await activeOf()).toEqual({ a: true, b: true, c: false });
    await old.reset();
    const { output } = await importUsers(users, '--unconfirmed', 'inactive');
    expect(await activeOf()).toEqual({ a: true, b: false, c: false });
    expect(output).toContain('The source keeps 1 user out, because EmailConfirmed is 0.\n');
  });

  test('says nothing where no row has the column', async () => {
    const { EmailConfirmed: _, ...user } = stockUser('a');
    expect((await importUsers([user])).exitCode).toBe(0);
  });
});

test('a second factor stops the import with the number of users, until it is dropped', async () => {
  const users = [stockUser('a', { TwoFactorEnabled: true }), stockUser('b')];
  expect((await importUsers(users)).output).toContain(
    '- 1 user has a second factor (TwoFactorEnabled), and Portero has none yet. With Portero, the password alone would let ' +
      'them in. --drop-second-factor accepts that.\n',
  );
  const { output } = await importUsers(users, '--drop-second-factor');
  expect(output).toContain('  second factors: 1\n');
  expect(await activeOf()).toEqual({ a: true, b: true });
});

test('everything that does not arrive is counted by kind, also in a dry run', async () => {
  const tables: OldTables = {
    AspNetUsers: [
      stockUser('a', { PhoneNumber: '+34600000000', Email: 'same@example.com' }),
      stockUser('b', { PasswordHash: null, Email: 'SAME@example.com' }),
    ],
    AspNetUserClaims: [
      { UserId: 'a', ClaimType: 'department', ClaimValue: '1' },
      { UserId: 'b', ClaimType: 'department', ClaimValue: '2' },
    ],
    AspNetUserLogins: [{ UserId: 'a', LoginProvider: 'Google', ProviderKey: '1' }],
    AspNetUserTokens: [
      { UserId: 'a', LoginProvider: '[AspNetUserStore]', Name: 'AuthenticatorKey', Value: 'x' },
    ],
    AspNetUserPasskeys: [{ UserId: 'a', CredentialId: 'x' }],
    AspNetRoles: [{ Id: 'r1', Name: 'Ventas' }],
    AspNetUserRoles: [
      { UserId: 'a', RoleId: 'r1' },
      { UserId: 'nobody', RoleId: 'r1' },
    ],
  };
  for (const options of [['--dry-run'], []]) {
    const { output } = await importTables(tables, ...ROLE, ...options);
    expect(output).toContain(
      'These did not arrive:\n  external logins (Google): 1\n  passkeys: 1\n  user claims (department): 2\n' +
        '  user tokens (AuthenticatorKey): 1\n  phone numbers: 1\n  roles of users who are not there: 1\n' +
        '1 user has no password in the source.\n1 e-mail address belongs to several users.\n',
    );
  }
});

test('rows of the other tables that cannot be read are told', async () => {
  const { output, exitCode } = await importTables(
    {
      AspNetUsers: [stockUser('a')],
      AspNetRoles: [{ Id: 'r1', Name: null }, { Id: 'r2', Name: 'Ven\u200btas' }, { Id: 'r3' }],
    },
    ...ROLE,
  );
  expect(output).toContain(
    'AspNetRoles.json, 2 rows: Name is missing (item 1, item 3)\n' +
      'AspNetRoles.json, item 2: Name has the character U+200B, which people cannot see or type\n',
  );
  expect(exitCode).toBe(1);
});

test('a source without any password hash is refused, in JSON too', async () => {
  const { PasswordHash: _, ...user } = stockUser('a');
  const { output, exitCode } = await importUsers([user]);
  expect(exitCode).toBe(1);
  expect(output).toContain('- No row has a PasswordHash, so nobody could log in.');
  expect(await stored()).toEqual([]);
});

test('roles of users without a table of roles are refused', async () => {
  const tables = { AspNetUsers: [stockUser('a')], AspNetUserRoles: [{ UserId: 'a', RoleId: 'r' }] };
  const { output } = await importTables(tables, ...ROLE);
  expect(output).toContain('- The source has roles of users or of claims, but no table of roles.');
});

test('a hash of another system rejects its user, or is left out with --drop-other-hashes', async () => {
  const bcrypt = '$2a$11$Lr0m5qIuGvJ9CzVtWb4pfeX8kYdNsHa2RoPu6TiMg1EwQxZyOcBjK';
  const users = [stockUser('a', { PasswordHash: bcrypt }), stockUser('b')];
  const { output } = await importUsers(users);
  expect(output).toMatch(
    /^item 1: PasswordHash was made with bcrypt, which Portero cannot verify\./,
  );
  const dropped = await importUsers(users, '--drop-other-hashes');
  expect(dropped.output).toContain('  passwords (bcrypt): 1\n');
  expect((await stored()).map(({ id, passwordHash }) => [id, passwordHash === null])).toEqual([
    ['a', true],
    ['b', false],
  ]);
});

describe('a question mark in a name', () => {
  const names = (...all: string[]) =>
    all.map((UserName, index) => stockUser(`u${index}`, { UserName }));

  test('rejects the row where other names have letters beyond ASCII', async () => {
    const { output } = await importUsers(names('Jos?', 'Núñez', 'ana'));
    expect(output).toContain('item 1: has a ? where a letter was lost. Export in UTF-8\n');
    expect((await stored()).map(({ userName }) => userName)).toEqual(['Núñez', 'ana']);
  });

  test('is told where all names are ASCII', async () => {
    const { output } = await importUsers(names('Jos?', 'ana'));
    expect(output).toContain(
      '1 name has a ?. Where it stands for a letter, the export has lost the letter',
    );
    expect(await stored()).toHaveLength(2);
  });
});

describe('a normalised name', () => {
  test('that is NULL, where others have one, makes a user inactive, because Identity finds nobody without it', async () => {
    const { output } = await importUsers([
      stockUser('a', { NormalizedUserName: 'USER-A' }),
      stockUser('b', { NormalizedUserName: null }),
      stockUser('c'),
    ]);
    expect(await activeOf()).toEqual({ a: true, b: false, c: false });
    expect(output).toContain(
      'The source keeps 2 users out, because NormalizedUserName is NULL: it finds nobody without it.\n',
    );
  });

  test('that is not made of the name is told', async () => {
    const { output } = await importUsers([
      stockUser('a', { NormalizedUserName: 'SOMEBODY' }),
      stockUser('b', { NormalizedUserName: 'user-b' }),
    ]);
    expect(output).toContain(
      '1 user has a NormalizedUserName that is not made of the UserName. They log in with the UserName.\n',
    );
    expect(await activeOf()).toEqual({ a: true, b: true });
  });
});

test('columns of Identity that keep users out, and are not there, are told', async () => {
  const { LockoutEnd: _, TwoFactorEnabled: __, ...user } = stockUser('a');
  expect((await importUsers([user])).output).toContain(
    'The source has no LockoutEnd, TwoFactorEnabled. Users whom the old system keeps out by it can log in.\n',
  );
  await old.reset();
  const complete = { ...user, LockoutEndDateUtc: null, TwoFactorEnabled: 0 };
  expect((await importUsers([complete])).output).not.toContain('The source has no');
});

test('a column of states is told', async () => {
  const { output } = await importUsers([stockUser('a', { Estado: 'Baja' })]);
  expect(output).toContain('The column estado looks like a flag and is not read.');
});

test('of two users of one name, the active one goes in where the other is deleted', async () => {
  const twins = [
    stockUser('a', { UserName: 'ana', IsDeleted: 1 }),
    stockUser('b', { UserName: 'ana', IsDeleted: 0 }),
  ];
  for (const rows of [twins, twins.toReversed()]) {
    await old.reset();
    expect((await importUsers(rows)).output).toContain(
      ' 1 created, 0 updated, 0 unchanged, 1 rejected.',
    );
    expect(await activeOf()).toEqual({ b: true });
  }
});

test('a hash that is shorter than others of its kind was cut', async () => {
  const whole = identityHash('p', { prf: 'sha512', iterations: 210_000 });
  const users = ['a', 'b'].map((id) => stockUser(id, { PasswordHash: whole }));
  const cut = stockUser('c', { PasswordHash: whole.slice(0, 60) });
  expect((await importUsers([...users, cut])).output).toContain(
    'item 3: PasswordHash is shorter than others of its kind: it was cut. Export the whole column\n',
  );
});

describe('tenants', () => {
  const users = [
    stockUser('a', { TenantId: 't1', UserName: 'ana' }),
    stockUser('b', { TenantId: 't2', UserName: 'ana' }),
    stockUser('c', { TenantId: null, UserName: 'admin' }),
  ];

  test('of more than one stop the import, with the users of each', async () => {
    expect((await importUsers(users)).output).toContain(
      '- TenantId has 3 values, and Portero has no tenants. --tenant ID imports the users of one of them.\n' +
        "    1 user of no tenant: --tenant ''\n    1 user of --tenant t1\n    1 user of --tenant t2\n",
    );
  });

  test.each([
    ['T1', 'a'],
    ['t2', 'b'],
    ['', 'c'],
  ])('are chosen with --tenant %j, and only its rows count', async (tenant, id) => {
    const { output } = await importUsers(users, '--tenant', tenant);
    expect((await stored()).map((user) => user.id)).toEqual([id]);
    expect(output).toContain('Read 1 row for the local database. 1 created,');
    expect(output).toContain('  users of other tenants: 2\n');
  });

  test('that nobody is of stop the import, and a damaged row of another one is not of this one', async () => {
    expect((await importUsers(users, '--tenant', 't9')).output).toContain(
      '- No user has the TenantId t9.\n',
    );
    const damaged = stockUser('d', { TenantId: 't2', UserName: null });
    const { output, exitCode } = await importUsers([...users, damaged], '--tenant', 't1');
    expect(output).toContain(
      'Read 1 row for the local database. 1 created, 0 updated, 0 unchanged, 0 rejected.',
    );
    expect(exitCode).toBe(0);
  });

  test('give no user a role of another tenant, in a dry run too', async () => {
    const tables = {
      AspNetUsers: [stockUser('a', { TenantId: 't1' })],
      AspNetRoles: [{ Id: 'r1', Name: 'Root', TenantId: 't2' }],
      AspNetUserRoles: [{ UserId: 'a', RoleId: 'r1' }],
    };
    for (const options of [['--dry-run'], []]) {
      const { output } = await importTables(tables, '--tenant', 't1', ...options);
      expect(output).toContain('item 1: has a role that the table of roles does not have');
    }
  });

  test('count what does not arrive of the chosen one alone', async () => {
    const claim = { ClaimType: 'city', ClaimValue: 'Lima' };
    const tables = {
      AspNetUsers: users,
      AspNetRoles: [{ Id: 'r1', Name: 'Ventas' }],
      AspNetUserRoles: users.map(({ Id }) => ({ UserId: Id, RoleId: 'r1' })),
      AspNetUserClaims: users.map(({ Id }) => ({ UserId: Id, ...claim })),
    };
    const { output } = await importTables(tables, '--tenant', 't1');
    expect(output).toContain(
      'These did not arrive:\n  user claims (city): 1\n  users of other tenants: 2\n',
    );
  });

  test('whose roles have one name each are those of the tenant', async () => {
    const roles = [
      { Id: 'r1', Name: 'Ventas', TenantId: 't1' },
      { Id: 'r2', Name: 'Compras', TenantId: 't2' },
    ];
    const tables = { AspNetUsers: users, AspNetRoles: roles };
    const { output } = await importTables(tables, ...ROLE, '--tenant', 't1');
    expect(output).toContain('Made 1 role: Ventas.\n');
  });
});

test('renamed tables are found with --users-table', async () => {
  const tables = {
    AbpUsers: [stockUser('a')],
    AbpRoles: [{ Id: 'r1', Name: 'Ventas' }],
    AbpUserRoles: [{ UserId: 'a', RoleId: 'r1' }],
  };
  await importTables(tables, '--users-table', 'AbpUsers');
  expect(await old.rolesOfUsers()).toEqual({ a: 'Ventas' });
});

test('a creation time comes along', async () => {
  await importUsers([stockUser('a', { CreationTime: '2019-03-04T05:06:07Z' })]);
  expect((await stored())[0]?.createdAt.toISOString()).toBe('2019-03-04T05:06:07.000Z');
});

describe('--report', () => {
  const lines = (path: string) =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('has a line a user, and no hash', async () => {
    const path = join(old.folder, 'report-1');
    const users = [
      stockUser('a'),
      stockUser('b', { LockoutEnd: '9999-12-31' }),
      stockUser('c', { PasswordHash: null }),
      stockUser('d', { Email: 'x\u200by' }),
    ];
    await importUsers(users, '--report', path);
    expect(lines(path).sort((one, other) => one.item - other.item)).toEqual([
      {
        item: 1,
        id: 'a',
        userName: 'user-a',
        outcome: 'created',
        role: 'Sales',
        active: true,
        why: [],
      },
      {
        item: 2,
        id: 'b',
        userName: 'user-b',
        outcome: 'created',
        role: 'Sales',
        active: false,
        why: ['inactive, because LockoutEnd is 9999-12-31'],
      },
      {
        item: 3,
        id: 'c',
        userName: 'user-c',
        outcome: 'created',
        role: 'Sales',
        active: true,
        why: ['without a password'],
      },
      {
        item: 4,
        id: 'd',
        userName: null,
        outcome: 'rejected',
        why: ['Email has the character U+200B, which people cannot see or type'],
      },
    ]);
    expect(readFileSync(path, 'utf8')).not.toContain(identityHash('x').slice(0, 3));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('never overwrites what is imported, and is another file than --rejects', async () => {
    const folder = old.folderOf({ AspNetUsers: [stockUser('a')] });
    const table = join(folder, 'AspNetUsers.json');
    const database = join(old.folder, 'old.db');
    writeFileSync(database, 'SQLite');
    for (const [source, path] of [
      [folder, table],
      [`sqlite:${database}`, database],
    ] as const) {
      const before = readFileSync(path, 'utf8');
      const { output } = await old.portero([
        ...['users', 'import', source, ...ROLE, '--report', path, '--force', '--dry-run'],
      ]);
      expect(output).toBe(`${path} is a file that is imported. It would be overwritten.\n`);
      expect(readFileSync(path, 'utf8')).toBe(before);
    }
    const both = await importUsers([stockUser('a')], '--report', 'same', '--rejects', './same');
    expect(both.output).toBe('--report and --rejects are two files.\n');
  });

  test.each(['--report', '--rejects'])(
    '%s never overwrites a file without --force',
    async (option) => {
      const path = join(old.folder, `there${option}`);
      writeFileSync(path, 'mine');
      const users = [stockUser('a'), stockUser('b', { UserName: null })];
      const { output, exitCode } = await importUsers(users, option, path);
      expect([exitCode, output]).toEqual([1, `${path} is there already. --force overwrites it.\n`]);
      expect(readFileSync(path, 'utf8')).toBe('mine');
      chmodSync(path, 0o644);
      await importUsers(users, option, path, '--force');
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(lines(path)).toContainEqual(expect.objectContaining({ item: 2 }));
    },
  );
});
