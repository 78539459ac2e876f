/** A folder with one file a table. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileOptions } from '../../cli/import/file/open-file.ts';
import { readPath } from '../support/read-file-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const USERS = 'Id,UserName,PasswordHash\nA1,ana,AQ==\n';
const ROLES = 'Id,Name\nR1,Sales\n';

function readFolder(files: Record<string, string>, options: FileOptions = {}) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return readPath(folder, options);
}

test('each table is read from a file of its own form', async () => {
  const { tables, notices } = await readFolder({
    'AspNetUsers.csv': USERS,
    'dbo.AspNetRoles.txt': 'Id     Name\n------ ------\nR1     Sales \n\n(1 rows affected)\n',
    'asp_net_user_roles.json': '[{"user_id":"A1","role_id":"R1"}]',
    'AspNetRoleClaims_202611261200.csv':
      '"RoleId";"ClaimType";"ClaimValue"\n"R1";"permission";"invoices.read"\n',
    'AspNetUserClaims.jsonl': '{"UserId":"A1","ClaimType":"city","ClaimValue":"Lima"}\n',
    AspNetUserLogins: 'LoginProvider\tUserId\nGoogle\tA1\n',
    'public.AspNetUserTokens (1).csv': 'UserId,LoginProvider,Name\nA1,x,y\n',
    '[dbo].[AspNetUserPasskeys].csv': 'UserId\tData\nA1\tx\n',
  });
  expect(Object.fromEntries(tables)).toEqual({
    users: [[2, { id: 'A1', username: 'ana', passwordhash: 'AQ==' }]],
    roles: [[3, { id: 'R1', name: 'Sales' }]],
    userRoles: [[1, { userid: 'A1', roleid: 'R1' }]],
    roleClaims: [[2, { roleid: 'R1', claimtype: 'permission', claimvalue: 'invoices.read' }]],
    userClaims: [[1, { userid: 'A1', claimtype: 'city', claimvalue: 'Lima' }]],
    userLogins: [[2, { loginprovider: 'Google', userid: 'A1' }]],
    userTokens: [[2, { userid: 'A1', loginprovider: 'x', name: 'y' }]],
    userPasskeys: [[2, { userid: 'A1', data: 'x' }]],
  });
  expect(notices).toEqual([]);
});

test.each([
  ['AbpUsers', 'AbpUsers.csv', 'AbpRoles.csv'],
  ['dbo.AbpUsers', 'abp_users.csv', 'dbo.AbpRoles.csv'],
  ['Users', 'users.csv', 'roles.csv'],
  ['Cuentas', 'Cuentas.csv', 'AspNetRoles.csv'],
])('the tables beside %s are found', async (usersTable, users, roles) => {
  const { tables } = await readFolder({ [users]: USERS, [roles]: ROLES }, { usersTable });
  expect([...tables.keys()]).toEqual(expect.arrayContaining(['users', 'roles']));
});

describe('a folder is refused', () => {
  test('without users', async () => {
    await expect(readFolder({ 'AspNetRoles.csv': ROLES })).rejects.toThrow(
      /has no file of users\. Call it AspNetUsers\.csv, or name the table with --users-table\.$/,
    );
  });

  test('where two files are of one table, with both names', async () => {
    await expect(
      readFolder({
        'AspNetUsers.csv': USERS,
        'AspNetRoles.csv': ROLES,
        'asp_net_roles.json': '[]',
      }),
    ).rejects.toThrow('AspNetRoles.csv and asp_net_roles.json are two files of one table.');
  });

  test.each<[string, string]>([
    ['AspNetRoles', 'Name'],
    ['AspNetUserRoles', 'RoleId'],
    ['AspNetRoleClaims', 'ClaimType'],
    ['AspNetUserClaims', 'ClaimType'],
    ['AspNetUserLogins', 'LoginProvider'],
    ['AspNetUserTokens', 'Name'],
    ['AspNetUserPasskeys', 'UserId'],
  ])('where %s has no column %s', async (table, column) => {
    const columns = ['Id', 'UserId', 'RoleId', 'Name', 'ClaimType', 'ClaimValue', 'LoginProvider'];
    const heading = columns.filter((one) => one !== column).join(',');
    await expect(
      readFolder({ 'AspNetUsers.csv': USERS, [`${table}.csv`]: `${heading}\n1,2,3,4,5,6\n` }),
    ).rejects.toThrow(new RegExp(`^${table}\\.csv has no column ${column} in its first line\\.`));
  });

  test('where a file has other tables', async () => {
    const text = JSON.stringify({ AspNetUsers: [{ Id: 'A1' }], AspNetRoles: [{ Id: 'R1' }] });
    await expect(readFolder({ 'AspNetUsers.json': text })).rejects.toThrow(
      'AspNetUsers.json has another table than its name says. Put each table into a file of its own.',
    );
    await expect(
      readFolder({ 'AspNetUsers.csv': USERS, 'AspNetRoles.json': '{"AspNetUsers":[{"Id":"A1"}]}' }),
    ).rejects.toThrow('AspNetRoles.json has another table than its name says.');
  });

  test('where it is missing', async () => {
    const path = join(temporaryFolder(), 'missing');
    const { openFolder } = await import('../../cli/import/file/open-file.ts');
    await expect(openFolder(path, {})).rejects.toThrow('there is no such file.');
  });
});

test('a table of users has rows, and any other one may have none', async () => {
  await expect(readFolder({ 'AspNetUsers.csv': '\n' })).rejects.toThrow(
    'AspNetUsers.csv is empty.',
  );
  const { tables, notices } = await readFolder({
    'AspNetUsers.csv': USERS,
    'AspNetUserTokens.csv': '',
  });
  expect(tables.get('userTokens')).toEqual([]);
  expect(notices).toEqual(['AspNetUserTokens.csv is empty.']);
});

test('files that are no tables are told, some by name and all by number', async () => {
  const others = Object.fromEntries('abcdefg'.split('').map((name) => [`${name}.log`, 'x']));
  const { notices } = await readFolder({ 'AspNetUsers.csv': USERS, '.DS_Store': 'x', ...others });
  expect(notices).toEqual([
    '7 files of the folder are no tables and are not read: a.log, b.log, c.log, d.log, e.log and 2 more.',
  ]);
});

test('a folder in the folder is not read', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'users.csv'), USERS);
  mkdirSync(join(folder, 'AspNetRoles'));
  const { notices, tables } = await readPath(folder, { usersTable: 'users' });
  expect([...tables.keys()]).toEqual(['users']);
  expect(notices.join()).toContain('AspNetRoles');
});

test('the names of columns are those of users alone', async () => {
  const { tables } = await readFolder(
    { 'AspNetUsers.csv': 'A1,ana,AQ==\n', 'AspNetRoles.csv': ROLES },
    { columns: 'Id,UserName,PasswordHash' },
  );
  expect(tables.get('users')).toMatchObject([[1, { username: 'ana' }]]);
  expect(tables.get('roles')).toEqual([[2, { id: 'R1', name: 'Sales' }]]);
});

describe('what mysqldump --tab wrote has escapes', () => {
  const definition = (columns: string) =>
    `CREATE TABLE \`AspNetUsers\` (\n${columns}\n) ENGINE=InnoDB;\n`;
  const columns = ['Id', 'Activo', 'UserName', 'PasswordHash', 'LockoutEnd'];
  const files = (...rows: string[]) => ({
    'AspNetUsers.sql': definition(columns.map((name) => `  \`${name}\` text`).join(',\n')),
    'AspNetUsers.txt': rows.join('\n').replaceAll(',', '\t'),
  });

  test('also with optional quotation marks, bits and dates', async () => {
    const { rows, notices } = await readFolder(
      files(
        '"A1",\u0001,"ana","AQ==",2999-12-31 00:00:00.000000',
        '"A2",\\0,"DOMAIN\\\\ben",\\N,\\N',
      ),
    );
    expect(rows).toMatchObject([
      [1, { id: 'A1', activo: '\u0001', username: 'ana' }],
      [2, { id: 'A2', activo: '\0', username: 'DOMAIN\\ben', passwordhash: null }],
    ]);
    expect(notices).toEqual([expect.stringMatching(/^AspNetUsers\.txt has backslashes as COPY/)]);
  });

  test('unless reading them finds faults', async () => {
    const { rows } = await readFolder(
      files('"A1",1,"ana\\\\b","AQ==",\\N', '"A2",1,"x\\","AQ==",\\N'),
    );
    expect(rows).toMatchObject([
      [1, { username: 'ana\\\\b' }],
      [2, { username: 'x\\' }],
    ]);
  });
});
