/** `users import`: the roles of the old system, and what they may do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { modules, roles } from '../../src/db/schema.ts';
import { type OldTables, stockUser, useImports } from '../support/old-tables.ts';

const old = useImports();
const { db, importTables, rolesOfUsers, grants } = old;

beforeEach(() => old.reset());

const ROLES = [
  { Id: 'r1', Name: 'Ventas' },
  { Id: 'r2', Name: 'Almacén' },
];

/** @param memberships the ids of the roles of each user */
function system(memberships: string[][], further: OldTables = {}): OldTables {
  const ids = memberships.map((_, index) => `u${index}`);
  return {
    AspNetUsers: ids.map((id) => stockUser(id)),
    AspNetRoles: ROLES,
    AspNetUserRoles: memberships.flatMap((roleIds, index) =>
      roleIds.map((RoleId) => ({ UserId: ids[index], RoleId })),
    ),
    ...further,
  };
}

const roleNames = async () => (await db().select().from(roles)).map(({ name }) => name).sort();

describe('roles', () => {
  test('of the source are made as needed, those without users too', async () => {
    const { output, exitCode } = await importTables(system([['r1'], ['r1']]));
    expect(output).toContain('Made 2 roles: Almacén, Ventas.\n');
    expect(exitCode).toBe(0);
    expect(await rolesOfUsers()).toEqual({ u0: 'Ventas', u1: 'Ventas' });
    expect(await roleNames()).toEqual(['Administrator', 'Almacén', 'Sales', 'Ventas']);
  });

  test('that Portero has in another case are the same roles', async () => {
    await db().insert(roles).values({ name: 'VENTAS' });
    await importTables(system([['r1']]));
    expect(await rolesOfUsers()).toEqual({ u0: 'VENTAS' });
  });

  test('are given to users who have none by --role, and otherwise stop the import with their count', async () => {
    const tables = system([['r1'], [], []]);
    expect(await importTables(tables)).toEqual({
      exitCode: 1,
      output:
        'Nothing was imported, because one thing has to be decided first:\n' +
        '- 2 users have no role. --role ROLE gives them one.\n',
    });
    expect(await roleNames()).toEqual(['Administrator', 'Sales']);
    await importTables(tables, '--role', 'Sales');
    expect(await rolesOfUsers()).toEqual({ u0: 'Ventas', u1: 'Sales', u2: 'Sales' });
  });

  test.each([
    ['one name', [{ Id: 'r3', Name: 'Ventas ' }], 'The source has 2 roles of the name Ventas.'],
    [
      'one name in another case',
      [{ Id: 'r3', Name: 'ventas' }],
      'The source has 2 roles of the name Ventas.',
    ],
  ])('two of %s stop the import', async (_, further, sentence) => {
    const tables = { ...system([['r1']]), AspNetRoles: [...ROLES, ...further] };
    expect((await importTables(tables)).output).toContain(`- ${sentence}`);
  });

  test('two of one Id are told, and the second one is nobody’s', async () => {
    const tables = { ...system([['r1']]), AspNetRoles: [...ROLES, { Id: 'r1', Name: 'Root' }] };
    const { output, exitCode } = await importTables(tables);
    expect(output).toContain('AspNetRoles.json, item 3: has the Id of another role\n');
    expect(exitCode).toBe(1);
    expect(await roleNames()).not.toContain('Root');
  });

  test('stop the import where a row of memberships cannot be read', async () => {
    const tables = system([['r1'], []]);
    tables.AspNetUserRoles?.push({ UserId: 'u1', RoleId: null });
    expect((await importTables(tables, '--role', 'Sales')).output).toContain(
      '- 1 row of the table that says which user has which role cannot be read, so users would get other roles.',
    );
  });

  test('that are not in the table of roles, or cannot be read there, reject their users', async () => {
    const tables = {
      ...system([['r1'], ['gone'], ['r1', 'r9']]),
      AspNetRoles: [...ROLES, { Id: 'r9', Name: 'Root\u200b' }],
    };
    const { output, exitCode } = await importTables(tables, '--role', 'Sales');
    expect(output).toContain(
      '2 rows: has a role that the table of roles does not have, or that cannot be read there (item 2, item 3)\n',
    );
    expect(exitCode).toBe(1);
    expect(await rolesOfUsers()).toEqual({ u0: 'Ventas' });
  });

  test('that --role names are found in the source too, whatever their case', async () => {
    await db().insert(roles).values({ name: 'VENTAS' });
    await importTables(system([['r1'], []]), '--role', 'Ventas');
    expect(await rolesOfUsers()).toEqual({ u0: 'VENTAS', u1: 'VENTAS' });
  });

  test('without a table that says who has which are told, and so is a role column beside them', async () => {
    const { AspNetUserRoles: _, ...tables } = system([['r1']]);
    expect((await importTables(tables, '--role', 'Sales')).output).toContain(
      'The source has roles, but no table that says which user has which.\n',
    );
    const named = { ...system([['r1']]), AspNetUsers: [stockUser('u0', { Rol: 'Sales' })] };
    expect((await importTables(named, '--role-column', 'Rol')).output).toContain(
      'The tables of roles are not read, because of --role-column.\n',
    );
  });

  test('are joined whatever case the two tables write a GUID in', async () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    await importTables({
      AspNetUsers: [stockUser(id)],
      AspNetRoles: ROLES,
      AspNetUserRoles: [{ UserId: id.toUpperCase(), RoleId: 'r1' }],
    });
    expect(await rolesOfUsers()).toEqual({ [id]: 'Ventas' });
  });
});

test('a role that is not there is told with escapes', async () => {
  const { output } = await importTables(system([[]]), '--role', 'None\u001b[2J');
  expect(output).toContain('- There is no role None\\u001b[2J in Portero. roles add makes it.\n');
});

describe('several roles of a user', () => {
  const tables = system([['r1', 'r2'], ['r2', 'r1'], ['r1']]);

  test('stop the import with each combination and its count', async () => {
    expect((await importTables(tables)).output).toContain(
      '- 2 users have several roles, and a user of Portero has one. --combine-roles makes one role of each combination, ' +
        'which may do what all of them may.\n    2 users: Almacén, Ventas\n',
    );
  });

  test('become one role with --combine-roles, which may do what all of them may', async () => {
    const claims = [
      { RoleId: 'r1', ClaimType: 'permission', ClaimValue: 'invoices.read' },
      { RoleId: 'r2', ClaimType: 'permission', ClaimValue: 'stock.list' },
    ];
    const options = ['--combine-roles', '--permission-claim', 'permission'];
    await importTables({ ...tables, AspNetRoleClaims: claims }, ...options);
    expect(await rolesOfUsers()).toEqual({
      u0: 'Almacén + Ventas',
      u1: 'Almacén + Ventas',
      u2: 'Ventas',
    });
    expect(await grants()).toEqual({
      'Almacén + Ventas': ['invoices.read', 'stock.list'],
      Almacén: ['stock.list'],
      Ventas: ['invoices.read'],
    });
  });

  test.each<[string, { Id: string; Name: string }[], string[][]]>([
    [
      'of another role of the source',
      [{ Id: 'r3', Name: 'Almacén + Ventas' }],
      [['r1', 'r2'], ['r3']],
    ],
    [
      'of another combination',
      [
        { Id: 'r3', Name: 'Ventas + Compras' },
        { Id: 'r4', Name: 'Compras' },
        { Id: 'r5', Name: 'Almacén + Ventas' },
      ],
      [
        ['r2', 'r3'],
        ['r5', 'r4'],
      ],
    ],
  ])('that would get the name %s stop the import', async (_, further, memberships) => {
    const tables = { ...system(memberships), AspNetRoles: [...ROLES, ...further] };
    const { output, exitCode } = await importTables(tables, '--combine-roles');
    expect(output).toMatch(
      /^- The combination of the roles .* would have the name of another role\./m,
    );
    expect(exitCode).toBe(1);
    expect(await roleNames()).toEqual(['Administrator', 'Sales']);
  });

  test('of whom one is the administrators’, are that role', async () => {
    await importTables(tables, '--admin-role', 'ventas', '--admin');
    expect(await rolesOfUsers()).toEqual({ u0: 'Ventas', u1: 'Ventas', u2: 'Ventas' });
  });
});

describe('administrators', () => {
  const tables = system([['r1'], ['r2']]);

  test('are made of the role that --admin-role names, with --admin', async () => {
    const { output } = await importTables(tables, '--admin-role', 'Ventas');
    expect(output).toContain('- --admin-role Ventas makes administrators. --admin allows that.\n');
    const { output: done } = await importTables(tables, '--admin-role', 'VENTAS', '--admin');
    expect(done).toContain('Made 2 roles: Almacén, Ventas (administrators).');
    const all = await db().select().from(roles);
    expect(all.find(({ name }) => name === 'Ventas')?.isAdmin).toBe(true);
  });

  test('are not made by a coincidence of names, --admin or not', async () => {
    const named = { ...tables, AspNetRoles: [{ Id: 'r1', Name: 'administrator' }, ROLES[1] ?? {}] };
    for (const options of [[], ['--admin']]) {
      expect(await importTables(named, ...options)).toEqual({
        exitCode: 1,
        output:
          'Nothing was imported, because one thing has to be decided first:\n' +
          "- 1 user has the role Administrator in the source, and in Portero it is an administrator's. " +
          '--admin-role Administrator with --admin allows that.\n',
      });
    }
    await importTables(named, '--admin', '--admin-role', 'administrator');
    expect(await rolesOfUsers()).toEqual({ u0: 'Administrator', u1: 'Almacén' });
  });

  test('are not made of a role that administrates Portero with permissions', async () => {
    await db().insert(modules).values({ key: 'users', name: 'Users' });
    await db().insert(roles).values({ name: 'Ventas' });
    await old.portero(['roles', 'grant', 'Ventas', 'users.create']);
    expect((await importTables(tables)).output).toContain(
      '- 1 user has the role Ventas in the source, and in Portero it may administrate users, roles, modules or the audit log. ' +
        '--grant-administration allows that.\n',
    );
    expect((await importTables(tables, '--grant-administration')).exitCode).toBe(0);
  });

  test.each([
    ['Nobody', 'The source has no role Nobody for --admin-role.'],
    ['Almacén', "The role Almacén is in Portero already, and is not an administrator's there."],
  ])('are not made of the role %s', async (role, sentence) => {
    await db().insert(roles).values({ name: 'Almacén' });
    const { output } = await importTables(tables, '--admin-role', role, '--admin');
    expect(output).toContain(`- ${sentence}\n`);
  });

  test('come from --role with --admin alone, because the operator names a role of Portero', async () => {
    const { output } = await importTables(system([[]]), '--role', 'Administrator');
    expect(output).toContain(
      "- The role Administrator is an administrator's. --admin allows that.",
    );
    expect((await importTables(system([[]]), '--role', 'Administrator', '--admin')).exitCode).toBe(
      0,
    );
  });
});

describe('role claims', () => {
  const claim = (RoleId: string, ClaimValue: string, ClaimType = 'permiso') => ({
    RoleId,
    ClaimType,
    ClaimValue,
  });
  const withClaims = (...claims: object[]) => system([['r1']], { AspNetRoleClaims: claims });
  const CLAIM = ['--permission-claim', 'permiso'];

  function mapFile(map: unknown): string {
    const path = join(old.folder, 'map.json');
    writeFileSync(path, typeof map === 'string' ? map : JSON.stringify(map));
    return path;
  }

  test('that read as permissions become grants, with their modules', async () => {
    const tables = withClaims(
      claim('r1', 'invoices.read'),
      claim('r1', 'invoices.list'),
      claim('r1', 'north', 'region'),
    );
    const { output } = await importTables(tables, ...CLAIM);
    expect(output).toContain('Granted 2 permissions to 1 role.\n');
    expect(output).toContain('These did not arrive:\n  role claims (region): 1\n');
    expect(await grants()).toEqual({ Ventas: ['invoices.list', 'invoices.read'] });
  });

  test('do not arrive without --permission-claim, which is told', async () => {
    const { output } = await importTables(withClaims(claim('r1', 'invoices.read')));
    expect(output).toContain('  role claims (permiso): 1\n');
    expect(await grants()).toEqual({});
  });

  test('in other spellings stop the import, until a map says what they stand for', async () => {
    const tables = withClaims(
      claim('r1', 'factura.editar'),
      claim('r2', 'factura.editar'),
      claim('r1', 'factura.todo'),
      claim('r1', 'vieja'),
    );
    expect((await importTables(tables, ...CLAIM)).output).toContain(
      '- 3 values of the claim permiso cannot be read as a permission such as invoices.read. --permission-map FILE says what ' +
        'they stand for, or null to leave one out.\n' +
        '    factura.editar (2 roles)\n    factura.todo (1 role)\n    vieja (1 role)\n',
    );
    const map = {
      'factura.editar': 'invoices.update',
      'factura.todo': ['invoices.read', 'invoices.list'],
      vieja: null,
    };
    await importTables(tables, ...CLAIM, '--permission-map', mapFile(map));
    expect(await grants()).toEqual({
      Almacén: ['invoices.update'],
      Ventas: ['invoices.list', 'invoices.read', 'invoices.update'],
    });
  });

  test.each([
    ['{', 'cannot be read, or is not JSON.'],
    [[], 'is not one JSON object.'],
    [
      { 'factura.editar': 'editar' },
      'gives "factura.editar" something else than a permission such as invoices.read, a list of them, or null.',
    ],
  ])('cannot be mapped by %j', async (map, sentence) => {
    const path = mapFile(map);
    const { output, exitCode } = await importTables(
      withClaims(),
      ...CLAIM,
      '--permission-map',
      path,
    );
    expect([exitCode, output]).toEqual([1, `${path} ${sentence}\n`]);
  });

  test('of no such type are told with the types that there are', async () => {
    const tables = withClaims(claim('r1', 'invoices.read', 'Permission'));
    expect((await importTables(tables, ...CLAIM)).output).toContain(
      '- No role of the source has a claim of the type permiso for --permission-claim.\n    1 claim of the type Permission\n',
    );
  });

  test("grant nothing on Portero's own modules without --grant-administration", async () => {
    const tables = withClaims(claim('r1', 'users.create'), claim('r1', 'invoices.read'));
    expect((await importTables(tables, ...CLAIM)).output).toContain(
      '- 1 role would administrate Portero itself. --grant-administration allows that. --permission-map can give these claims ' +
        'other modules.\n    Ventas: users.create\n',
    );
    await importTables(tables, ...CLAIM, '--grant-administration');
    expect(await grants()).toEqual({ Ventas: ['invoices.read', 'users.create'] });
  });

  test('grant nothing to a role that Portero has already, without --merge-roles', async () => {
    await db().insert(roles).values({ name: 'Ventas' });
    const tables = withClaims(claim('r1', 'invoices.read'));
    const { output, exitCode } = await importTables(tables, ...CLAIM);
    expect(output).toContain(
      'The role Ventas is in Portero already, and does not get 1 permission that it has in the source: invoices.read. ' +
        '--merge-roles grants them.\n',
    );
    expect(exitCode).toBe(0);
    expect(await grants()).toEqual({});
    await importTables(tables, ...CLAIM, '--merge-roles');
    expect(await grants()).toEqual({ Ventas: ['invoices.read'] });
  });

  test('that a token could not hold stop the import', async () => {
    const claims = Array.from({ length: 300 }, (_, index) =>
      claim('r1', `a-module-with-a-long-name-${index}.read`),
    );
    const { output } = await importTables(withClaims(...claims), ...CLAIM);
    expect(output).toContain(
      '- A token of the role Ventas could have more than 8192 characters: it would have 300 permissions.',
    );
    expect(await roleNames()).toEqual(['Administrator', 'Sales']);
  });

  test('stay taken away where an operator has taken them away in Portero', async () => {
    const tables = withClaims(claim('r1', 'invoices.read'), claim('r1', 'invoices.list'));
    await importTables(tables, ...CLAIM);
    await old.portero(['roles', 'revoke', 'Ventas', 'invoices.list']);
    await importTables(tables, ...CLAIM, '--update');
    expect(await grants()).toEqual({ Ventas: ['invoices.read'] });
  });
});

test('everything that stops an import is told in one run, and nothing is written', async () => {
  const tables = {
    ...system([[], ['r1', 'r2']], {
      AspNetRoleClaims: [{ RoleId: 'r1', ClaimType: 'permiso', ClaimValue: 'factura.editar' }],
    }),
    AspNetUsers: [
      stockUser('u0', { TwoFactorEnabled: true }),
      stockUser('u1', { EmailConfirmed: false }),
    ],
  };
  const { output, exitCode } = await importTables(tables, '--permission-claim', 'permiso');
  expect(exitCode).toBe(1);
  expect(output).toMatch(/^Nothing was imported, because 5 things have to be decided first:\n/);
  for (const option of [
    '--role ROLE',
    '--combine-roles',
    '--permission-map',
    '--drop-second-factor',
    '--unconfirmed inactive',
  ]) {
    expect(output).toContain(option);
  }
  expect(await roleNames()).toEqual(['Administrator', 'Sales']);
  expect(await old.stored()).toEqual([]);
});
