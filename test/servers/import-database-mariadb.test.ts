import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../cli/import/database/open-database.ts';
import { readTable } from '../support/old-system-read.ts';
import { OLD_SERVERS, type OldServer } from '../support/old-system-server.ts';

const { start } = OLD_SERVERS.find(({ name }) => name === 'MariaDB') ?? {};

const USERS = '(Id varchar(36), UserName text, PasswordHash text)';

describe.skipIf(start === undefined)('MariaDB', () => {
  let server: OldServer;
  beforeAll(async () => {
    if (start !== undefined) server = await start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await server.execute('drop table if exists AspNetUsers, AspNetRoles');
  });

  async function open(user?: { user: string; password: string }) {
    const source = await openDatabase(server.addressOf(user), {});
    onTestFinished(() => source.close());
    return source;
  }

  it('is read with every value as text, and without bytes', async () => {
    await server.execute(`create table AspNetUsers (
      Id char(36), UserName varchar(99), PasswordHash longtext, Activo bit(1), Bits bit(10), N bigint unsigned,
      M decimal(20, 2), LockoutEnd datetime(6), Seen timestamp null, Born date, Color enum('rojo'), Latin varchar(9) charset latin1,
      Photo longblob, Extra json, \`say \`\`yes\`\` "now" 'o'clock\` tinyint
    ) character set utf8mb4`);
    await server.execute("set time_zone = '-04:00', global time_zone = '+09:00'");
    await server.execute(`insert into AspNetUsers values (
      '5f0c0001-0000-4000-8000-000000000001', 'ana 🌵', null, b'1', b'1000000001', 18446744073709551615, 1.50,
      '9999-12-31 23:59:59.999999', '2030-01-02 03:04:05', '1980-05-06', 'rojo', 'ñandú', x'00', '{}', 7
    )`);
    expect(await readTable(await open(), 'users')).toEqual([
      {
        ...{ id: '5f0c0001-0000-4000-8000-000000000001', username: 'ana 🌵', passwordhash: null },
        ...{ activo: '1', bits: '513', n: '18446744073709551615', m: '1.50' },
        ...{ lockoutend: '9999-12-31 23:59:59.999999', seen: '2030-01-02 07:04:05' },
        ...{ born: '1980-05-06', color: 'rojo', latin: 'ñandú', 'say`yes`"now"\'o\'clock': '7' },
        extra: '{}', // which MariaDB keeps as text
      },
    ]);
  });

  it('is read in one snapshot, whatever the server is set to', async () => {
    await server.execute(`create table AspNetUsers ${USERS}`);
    await server.execute("set global tx_isolation = 'READ-COMMITTED'");
    const source = await open();
    await server.execute("insert into AspNetUsers values ('1', 'ana', null)");
    expect(await readTable(source, 'users')).toEqual([]);
  });

  it('is refused where ids are bytes, with what to do', async () => {
    await server.execute(`create table AspNetUsers ${USERS.replace('varchar(36)', 'binary(16)')}`);
    await expect(open()).rejects.toThrow(
      /^Id of AspNetUsers is binary\(16\) and not text\. .*Make views/,
    );
  });

  it('reads one byte as a character, which may be a flag', async () => {
    await server.execute(`create table AspNetUsers
      (Id varchar(36), UserName text, PasswordHash text, Activo binary(1), IsDeleted varbinary(1), Seen binary(1))`);
    await server.execute("insert into AspNetUsers values ('1', 'ana', null, x'00', x'01', '1')");
    expect(await readTable(await open(), 'users')).toEqual([
      {
        ...{ id: '1', username: 'ana', passwordhash: null },
        ...{ activo: '\0', isdeleted: '\u0001', seen: '1' },
      },
    ]);
  });

  it('is refused where a flag is bytes, and tells which other columns are', async () => {
    await server.execute(
      `create table AspNetUsers ${USERS.slice(0, -1)}, Foto longblob, Huella varbinary(32))`,
    );
    expect((await open()).notices).toContainEqual(
      expect.stringMatching(/^2 of the columns of AspNetUsers hold bytes .*: Foto, Huella\./),
    );
    await server.execute('alter table AspNetUsers add Activo varbinary(2)');
    await expect(open()).rejects.toThrow(/^Activo of AspNetUsers is varbinary\(2\) and not text\./);
  });

  it('says which columns a user does not see who may read only some', async () => {
    await server.execute(
      `create table AspNetUsers ${USERS.slice(0, -1)}, LockoutEnd datetime(6), TwoFactorEnabled bit(1))`,
    );
    await server.execute("create or replace user corto identified by 'Canario corto'");
    await server.execute('grant select (Id, UserName, PasswordHash) on old.AspNetUsers to corto');
    const corto = { user: 'corto', password: 'Canario corto' };
    expect((await open(corto)).notices).toContainEqual(
      expect.stringMatching(
        /^The user of the database may read only some columns of AspNetUsers, and not .*TwoFactorEnabled.*LockoutEnd\./,
      ),
    );
    expect((await open()).notices.join()).not.toContain('only some columns');
  });

  it('says which tables a user does not see who may not read them', async () => {
    await server.execute(`create table AspNetUsers ${USERS}`);
    await server.execute('create table AspNetRoles (Id varchar(36), Name text)');
    await server.execute("create or replace user corto identified by 'Canario corto'");
    await server.execute('grant select on old.AspNetUsers to corto');
    const source = await open({ user: 'corto', password: 'Canario corto' });
    expect([...source.tables.keys()]).toEqual(['users']);
    expect(source.notices).toEqual([
      expect.stringMatching(
        /ends with roles, .*Look whether the user of the database may read all/,
      ),
    ]);
  });

  it('keeps to the database of the connection string', async () => {
    await server.execute('create database if not exists otra');
    await server.execute(`create or replace table otra.AspNetUsers ${USERS}`);
    await server.execute('grant select on otra.* to lector');
    await expect(open()).rejects.toThrow(/^There is no table AspNetUsers in the database old at/);
  });
});
