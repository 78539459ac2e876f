import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openDatabase } from '../../cli/import/database/open-database.ts';
import { countRows, readTable } from '../support/old-system-read.ts';
import { oldSchema } from '../support/old-system-sql.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Makes a database, and opens it as a source. */
function open(statements: string[], usersTable?: string) {
  const file = `${temporaryFolder()}/old.db`;
  const database = new DatabaseSync(file);
  for (const statement of statements) database.exec(statement);
  database.close();
  return openDatabase(`sqlite:${file}`, { usersTable });
}

const users = (name: string, more = '') =>
  `create table "${name}" (Id text, UserName text, PasswordHash text${more})`;
const user = (name: string) => `insert into "${name}" values ('1', 'ana', null)`;

it('finds every table of the stock schema', async () => {
  const source = await open(oldSchema('sqlite'));
  expect(await countRows(source)).toEqual({
    ...{ users: 0, roles: 0, userRoles: 0, roleClaims: 0 },
    ...{ userClaims: 0, userLogins: 0, userTokens: 0, userPasskeys: 0 },
  });
  expect(source.notices).toEqual([]);
});

it.each(['aspnetusers', 'ASPNETUSERS', 'asp_net_users'])('finds %s', async (name) => {
  const source = await open([users(name), user(name)]);
  expect(source.tables.get('users')?.name).toBe(name);
  expect(await readTable(source, 'users')).toEqual([
    { id: '1', username: 'ana', passwordhash: null },
  ]);
});

it('finds the tables beside a renamed one', async () => {
  const roles = 'create table abp_roles (id text, name text)';
  const source = await open([users('abp_users'), roles], 'AbpUsers');
  expect([...source.tables.keys()]).toEqual(['users', 'roles']);
});

it('reads views', async () => {
  const source = await open(
    [users('t'), user('t'), 'create view PorteroUsers as select * from t'],
    'PorteroUsers',
  );
  expect(await countRows(source)).toEqual({ users: 1 });
});

it('leaves out a view whose table has gone', async () => {
  const source = await open([
    ...[users('AspNetUsers'), users('gone')],
    ...['create view AspNetRoles as select * from gone', 'drop table gone'],
  ]);
  expect([...source.tables.keys()]).toEqual(['users']);
});

it('tells which tables look like that of the users', async () => {
  const tables = [users('AbpUsers'), users('Cuentas'), 'create table Facturas (Id text)'];
  await expect(open(tables)).rejects.toThrow(
    /^There is no table AspNetUsers in the database .*--users-table.*: AbpUsers, Cuentas\.$/,
  );
  await expect(open(['create table Facturas (Id text)'])).rejects.toThrow(
    /If the table of users has another name, say so with --users-table\.$/,
  );
});

it('asks which one where two tables are meant', async () => {
  const tables = [users('AspNetUsers'), users('asp_net_users'), user('asp_net_users')];
  await expect(open(tables)).rejects.toThrow(
    /more than one table of users .*: AspNetUsers, asp_net_users\. Say which one/,
  );
  expect(await countRows(await open(tables, 'asp_net_users'))).toEqual({ users: 1 });
});

it('takes the roles whose name begins as that of the users does', async () => {
  const source = await open(
    [
      ...[users('AspNetUsers'), users('asp_net_users')],
      ...['AspNetRoles', 'asp_net_roles'].map(
        (name) => `create table ${name} (Id text, Name text)`,
      ),
      "insert into asp_net_roles values ('1', 'Ventas')",
    ],
    'asp_net_users',
  );
  expect(await countRows(source)).toEqual({ users: 0, roles: 1 });
});

it('tells which tables are not there', async () => {
  const source = await open([users('AspNetUsers')]);
  expect(source.notices).toEqual([
    expect.stringMatching(
      /ends with roles, userroles, roleclaims, userclaims, userlogins, usertok/,
    ),
  ]);
});

it('tells which table is not read because it lacks a column', async () => {
  const source = await open([users('Users'), 'create table Roles (Id text, Label text)'], 'Users');
  expect(source.tables.has('roles')).toBe(false);
  expect(source.notices).toContain('Roles is not read, because it has no column Name.');
});

it.each(['Id', 'UserName', 'PasswordHash'])('refuses users without the column %s', async (name) => {
  const statement = users('AspNetUsers').replace(`${name} text`, 'Other text');
  await expect(open([statement])).rejects.toThrow(`AspNetUsers has no column ${name}.`);
});

it('refuses two columns that it cannot tell apart', async () => {
  await expect(open([users('AspNetUsers', ', "Is_Active" int, IsActive int')])).rejects.toThrow(
    /has the columns Is_Active and IsActive, which this command cannot tell apart/,
  );
});

it('refuses ids that are bytes, and says what to do', async () => {
  const statement = users('AspNetUsers').replace('Id text', 'Id blob');
  const bytes = "insert into AspNetUsers values (x'0102', 'ana', null)";
  await expect(open([statement, bytes])).rejects.toThrow(
    /^Id of AspNetUsers is BLOB and not text\. .*Make views in which these columns are text/i,
  );
});

it.each([
  ...[
    'NormalizedUserName',
    'Email',
    'EmailConfirmed',
    'PhoneNumber',
    'SecurityStamp',
    'lockout_end',
  ],
  ...[
    'LockoutEnabled',
    'LockoutEndDateUtc',
    'TwoFactorEnabled',
    'tenant_id',
    'Activo',
    'IsDeleted',
  ],
])('refuses bytes in %s of users, and drops it not in silence', async (column) => {
  const insert = "insert into AspNetUsers values ('1', 'ana', null, x'0102')";
  await expect(open([users('AspNetUsers', `, ${column} blob`), insert])).rejects.toThrow(
    `${column} of AspNetUsers is BLOB and not text.`,
  );
});

it('refuses bytes that say whose tenant a role is', async () => {
  await expect(
    open([
      users('AspNetUsers'),
      'create table AspNetRoles (Id text, Name text, TenantId blob)',
      "insert into AspNetRoles values ('1', 'Ventas', x'0102')",
    ]),
  ).rejects.toThrow('TenantId of AspNetRoles is BLOB and not text.');
});

it('tells which columns of users are not read', async () => {
  const own = ['Foto', 'RowVersion', 'a', 'b', 'c', 'd', 'e'];
  const source = await open([
    users('AspNetUsers', own.map((name) => `, ${name} blob`).join('')),
    `insert into AspNetUsers values ('1', 'ana', null${own.map(() => ", x'0102'").join('')})`,
  ]);
  expect(await readTable(source, 'users')).toEqual([
    { id: '1', username: 'ana', passwordhash: null },
  ]);
  expect(source.notices).toContainEqual(
    expect.stringMatching(
      /^7 of the columns of AspNetUsers hold bytes and are not read: Foto, RowVersion, a, b, c and 2 more\./,
    ),
  );
});

it('reads a column whose name has quotes in it', async () => {
  const source = await open([
    users('AspNetUsers', `, "say ""yes"" o'clock" text`),
    "insert into AspNetUsers values ('1', 'ana', null, 'x')",
  ]);
  expect(await readTable(source, 'users')).toMatchObject([{ 'say"yes"o\'clock': 'x' }]);
});

it('reads only what an import needs, and all that may be a flag', async () => {
  const source = await open([
    users('AspNetUsers', ', Photo blob, Data json, Activo int, Nota text'),
    "insert into AspNetUsers values ('1', 'ana', null, x'ffd8', '{}', 1, 'nota')",
    'create table AspNetUserTokens (UserId text, LoginProvider text, Name text, Value text)',
    "insert into AspNetUserTokens values ('1', 'x', 'AuthenticatorKey', 'JBSWY3DPEHPK3PXP')",
  ]);
  expect(await readTable(source, 'users')).toEqual([
    { id: '1', username: 'ana', passwordhash: null, data: '{}', activo: 1, nota: 'nota' },
  ]);
  expect(await readTable(source, 'userTokens')).toEqual([
    { userid: '1', loginprovider: 'x', name: 'AuthenticatorKey' },
  ]);
});

it("cuts a long text of the system's own, and nothing that Identity keeps", async () => {
  const long = 'x'.repeat(5000);
  const source = await open([
    users('AspNetUsers', ', Foto text'),
    `insert into AspNetUsers values ('1', '${long}', '${long}', '${long}')`,
  ]);
  expect(await readTable(source, 'users')).toEqual([
    { id: '1', username: long, passwordhash: long, foto: 'x'.repeat(1000) },
  ]);
});
