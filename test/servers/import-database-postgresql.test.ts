import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../cli/import/database/open-database.ts';
import { countRows, readTable } from '../support/old-system-read.ts';
import { OLD_SERVERS, type OldServer } from '../support/old-system-server.ts';
import { fillOldSystem } from '../support/old-system-sql.ts';

const { start } = OLD_SERVERS.find(({ name }) => name === 'PostgreSQL') ?? {};

const USERS = '(Id text, UserName text, PasswordHash text)';
const ROLES = '(Id text, Name text)';

describe.skipIf(start === undefined)('PostgreSQL', () => {
  let server: OldServer;
  beforeAll(async () => {
    if (start !== undefined) server = await start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await server.execute('drop schema if exists public, ventas, compras cascade');
    await server.execute('create schema public; grant usage on schema public to public');
  });

  async function open(usersTable?: string, user?: { user: string; password: string }) {
    const source = await openDatabase(server.addressOf(user), { usersTable });
    onTestFinished(() => source.close());
    return source;
  }

  it('is read with the names of EF Core conventions', async () => {
    const options = { count: 20, now: new Date() };
    await fillOldSystem(server.execute, 'postgresql-snake', options);
    const source = await open();
    expect(source.tables.get('userLogins')?.name).toBe('public.asp_net_user_logins');
    expect(await countRows(source)).toMatchObject({ users: 20, roles: 4 });
    expect(Object.keys((await readTable(source, 'users'))[0] ?? {})).toContain('lockoutenabled');
  });

  it('asks which schema is meant, and then keeps to it', async () => {
    for (const schema of ['ventas', 'compras']) {
      await server.execute(`create schema ${schema}; grant usage on schema ${schema} to lector`);
      await server.execute(`create table ${schema}.AspNetUsers ${USERS}`);
    }
    await server.execute(`create table ventas.AspNetRoles ${ROLES}`);
    await expect(open()).rejects.toThrow(
      /more than one table of users .*: compras\.aspnetusers, ventas\.aspnetusers\. Say which one/,
    );
    const sales = await open('ventas.AspNetUsers');
    expect(sales.tables.get('roles')?.name).toBe('ventas.aspnetroles');
    const purchases = await open('compras.AspNetUsers');
    expect(purchases.tables.has('roles')).toBe(false);
    expect(purchases.notices).toContain(
      'ventas.aspnetroles is not read, because compras.aspnetusers is in another schema.',
    );
  });

  it('says which table the user may not read', async () => {
    await server.execute(`create table AspNetUsers ${USERS}; create table AspNetRoles ${ROLES}`);
    await server.execute('revoke all on AspNetRoles from lector');
    const source = await open();
    expect(await readTable(source, 'users')).toEqual([]);
    await expect(readTable(source, 'roles')).rejects.toThrow(
      /^The user may not read all of public\.aspnetroles in the database old at localhost:\d+\. Let the/,
    );
  });

  it('refuses a table of which it would see only some rows', async () => {
    await server.execute(`create table AspNetUsers ${USERS}`);
    await server.execute('alter table AspNetUsers enable row level security');
    await expect(readTable(await open(), 'users')).rejects.toThrow(/let the user see every row\.$/);
  });

  it('refuses a table of which the user may read only some columns', async () => {
    await server.execute(`create table AspNetUsers ${USERS.replace(')', ', LockoutEnd text)')}`);
    await server.execute('revoke all on AspNetUsers from lector');
    await server.execute('grant select (Id, UserName, PasswordHash) on AspNetUsers to lector');
    await expect(readTable(await open(), 'users')).rejects.toThrow(
      /^The user may not read all of public\.aspnetusers in the database/,
    );
  });

  it('reads a flag of any type', async () => {
    await server.execute(`
      create domain sino as bit(1); create domain activo as sino; create type estado as enum ('si', 'no');
      create table AspNetUsers (
        Id "char", UserName text, PasswordHash text, Activo activo, Active bit varying(1), Deleted "char", Disabled estado,
        Enabled point, IsActive varchar(1)[], Inactive inet
      );
      insert into AspNetUsers values ('1', 'ana', null, '0', '1', 'N', 'no', '(1,2)', '{a}', '10.0.0.1')`);
    expect(await readTable(await open(), 'users')).toEqual([
      {
        ...{ id: '1', username: 'ana', passwordhash: null, activo: '0', active: '1', deleted: 'N' },
        ...{ disabled: 'no', enabled: '(1,2)', isactive: '{a}', inactive: '10.0.0.1/32' },
      },
    ]);
  });

  it('refuses bytes in a column that decides who may log in, also under domains', async () => {
    await server.execute(`create domain crudo as bytea; create domain bruto as crudo;
      create table AspNetUsers (Id text, UserName text, PasswordHash text, LockoutEnd bruto)`);
    await expect(open()).rejects.toThrow(
      /^lockoutend of public\.aspnetusers is crudo and not text\./,
    );
  });

  it('reads ids, times, enumerations and domains as text, and no bytes', async () => {
    await server.execute(`
      alter role lector set timezone = 'Asia/Tokyo'; alter role lector set datestyle = 'SQL, DMY';
      create type color as enum ('rojo'); create domain correo as varchar(100); create domain clave as uuid;
      create table AspNetUsers (
        Id clave, UserName text, PasswordHash text, Email correo, LockoutEnd timestamptz, Created timestamp, Born date,
        Color color, N bigint, M numeric(20, 2), Extra jsonb, Tags text[], Photo bytea
      );
      set timezone = 'America/Caracas';
      insert into AspNetUsers values (
        '5F0C0001-0000-4000-8000-000000000001', 'ana', null, 'a@b.c', '2030-01-02 03:04:05.678901-04',
        '2030-01-02 03:04:05', '1980-05-06', 'rojo', 9007199254740993, 1.50, '{}', '{a}', '\\x00'
      )`);
    expect(await readTable(await open(), 'users')).toEqual([
      {
        ...{ id: '5f0c0001-0000-4000-8000-000000000001', username: 'ana', passwordhash: null },
        ...{ email: 'a@b.c', lockoutend: '2030-01-02 07:04:05.678901+00' },
        ...{ created: '2030-01-02 03:04:05', born: '1980-05-06' },
        ...{ color: 'rojo', n: '9007199254740993', m: '1.50', extra: '{}', tags: '{a}' },
      },
    ]);
  });

  it('reads partitions once', async () => {
    await server.execute(`create table "AspNetUsers" ${USERS} partition by list (Id)`);
    await server.execute(
      'create table asp_net_users partition of "AspNetUsers" for values in (\'1\')',
    );
    await server.execute('insert into "AspNetUsers" values (1, 2, null)');
    expect(await countRows(await open())).toEqual({ users: 1 });
  });

  it('reads a database in another encoding', async () => {
    await server.execute(
      "create database latina encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0",
    );
    onTestFinished(() => void server.execute('drop database latina with (force)'));
    const { Client } = await import('pg');
    const client = new Client({
      ...{ host: '127.0.0.1', port: server.port },
      user: 'postgres',
      database: 'latina',
    });
    await client.connect();
    await client.query(`create table AspNetUsers ${USERS}; grant select on AspNetUsers to lector`);
    await client.query("insert into AspNetUsers values ('1', 'josé núñez', null)");
    await client.end();
    const source = await openDatabase(server.addressOf({ database: 'latina' }), {});
    onTestFinished(() => source.close());
    expect(await readTable(source, 'users')).toMatchObject([{ username: 'josé núñez' }]);
  });

  it('asks for the password also where the server wants it in plain text', async () => {
    await expect(open(undefined, { user: 'plano', password: '' })).rejects.toThrow(
      /^A password is needed for the database old at localhost:\d+\. Set SOURCE_PASSWORD/,
    );
  });
});
