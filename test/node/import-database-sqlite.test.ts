import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../cli/import/database/open-database.ts';
import { SqliteAdapter } from '../../cli/import/database/sqlite.ts';
import { countRows, readTable } from '../support/old-system-read.ts';
import { fillOldSystem } from '../support/old-system-sql.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const COUNT = 200;
const USERS = 'create table AspNetUsers (Id text, UserName text, PasswordHash text)';

/** A database that stays open, as in a running system. */
function makeDatabase() {
  const folder = temporaryFolder();
  const file = `${folder}/old.db`;
  const database = new DatabaseSync(file);
  onTestFinished(() => database.close());
  return { folder, file, database };
}

async function open(file: string) {
  const source = await openDatabase(`sqlite:${file}`, {});
  onTestFinished(() => source.close());
  return source;
}

it('reads the whole old system', async () => {
  const { file, database } = makeDatabase();
  const system = await fillOldSystem((statement) => database.exec(statement), 'sqlite', {
    count: COUNT,
    now: new Date(),
  });
  const source = await open(file);
  const users = await readTable(source, 'users');
  const are = (column: string, value: unknown) =>
    users.filter((columns) => columns[column] === value).length;
  expect(users).toHaveLength(COUNT);
  expect(are('activo', 0)).toBe(system.inactive);
  expect(are('passwordhash', null)).toBe(system.withoutPassword);
  expect(are('lockoutend', '9999-12-31 23:59:59.9999999+00:00')).toBe(
    system.lockedForever + system.exemptFromLocks,
  );
  expect(await countRows(source)).toMatchObject({ roles: 4, userPasskeys: system.passkeys });
});

it('says how much of a table has been read', async () => {
  const { file, database } = makeDatabase();
  database.exec(`${USERS}; insert into AspNetUsers values (1, 'a', ''), (2, 'b', '')`);
  const table = (await open(file)).tables.get('users');
  expect(table?.readShare()).toBeUndefined();
  const shares: unknown[] = [];
  for await (const { number } of table?.rows() ?? []) shares.push([number, table?.readShare()]);
  expect(shares).toEqual([
    [1, 0.5],
    [2, 1],
  ]);
});

it('rounds no number', async () => {
  const { file, database } = makeDatabase();
  database.exec('create table AspNetUsers (Id integer, UserName text, PasswordHash text, N real)');
  database.exec(
    "insert into AspNetUsers values (9007199254740993, 'a', null, 1.5), (7, 'b', '', 2)",
  );
  expect(await readTable(await open(file), 'users')).toMatchObject([
    { id: 9007199254740993n, n: 1.5 },
    { id: 7, n: 2 },
  ]);
});

it('reads what the values of a column are, whatever it is declared as', async () => {
  const { file, database } = makeDatabase();
  database.exec(`create table AspNetUsers (
    Id blob, UserName blob, PasswordHash blob, Activo blob, IsDeleted binary(1), Foto blob)`);
  database.exec("insert into AspNetUsers values ('A1', 'ana', null, 0, x'01', null)");
  database.exec("insert into AspNetUsers values (7, 'ben', 'AQ==', '1', x'00', 'none')");
  expect(await readTable(await open(file), 'users')).toEqual([
    ...[
      {
        id: 'A1',
        username: 'ana',
        passwordhash: null,
        activo: '0',
        isdeleted: '\u0001',
        foto: null,
      },
    ],
    ...[
      { id: 7, username: 'ben', passwordhash: 'AQ==', activo: '1', isdeleted: '\0', foto: 'none' },
    ],
  ]);
});

describe('where the newest changes are in a second file', () => {
  async function noticesOf(file: string) {
    return (await open(file)).notices.filter((notice) => notice.includes('-wal'));
  }

  it('says nothing while that file is there', async () => {
    const { file, database } = makeDatabase();
    database.exec(`pragma journal_mode = wal; ${USERS}`);
    expect(await noticesOf(file)).toEqual([]);
  });

  it('says that they may be missing from a copy without it, each time', async () => {
    const { folder, file, database } = makeDatabase();
    database.exec(`pragma journal_mode = wal; ${USERS}; pragma wal_checkpoint(truncate)`);
    database.exec("insert into AspNetUsers values (1, 'a', '')");
    const copy = `${folder}/copy.db`;
    copyFileSync(file, copy);
    const told = [
      expect.stringMatching(
        /copy\.db-wal is missing or empty\. .*copy that file too, or run pragma wal_ch/,
      ),
    ];
    expect(await noticesOf(copy)).toEqual(told);
    expect(await noticesOf(copy)).toEqual(told);
  });

  it('says nothing of a database without one', async () => {
    const { file, database } = makeDatabase();
    database.exec(USERS);
    expect(await noticesOf(file)).toEqual([]);
  });
});

it('reads a database that another program writes to, as it was at the beginning', async () => {
  const { file, database } = makeDatabase();
  database.exec(`pragma journal_mode = wal; ${USERS}; insert into AspNetUsers values (1, 'a', '')`);
  const source = await open(file);
  database.exec("insert into AspNetUsers values (2, 'b', '')");
  expect(await countRows(source)).toEqual({ users: 1 });
});

it('cannot write', async () => {
  const { file, database } = makeDatabase();
  database.exec(`${USERS}; insert into AspNetUsers values (1, 'a', '')`);
  const adapter = new SqliteAdapter({ kind: 'sqlite', file });
  await adapter.open();
  onTestFinished(() => adapter.close());
  await expect(adapter.batches('delete from AspNetUsers returning id').next()).rejects.toThrow(
    /readonly/,
  );
});

it('tells when it was closed while a table was read', async () => {
  const { file, database } = makeDatabase();
  database.exec(`${USERS}; insert into AspNetUsers values (1, 'a', ''), (2, 'b', '')`);
  const source = await open(file);
  const rows = source.tables.get('users')?.rows();
  await rows?.next();
  await source.close();
  await source.close();
  const rest = async () => {
    for await (const _ of rows ?? []);
  };
  await expect(rest()).rejects.toThrow(/was closed, while AspNetUsers was read/);
});

describe('a file that cannot be read', () => {
  it('is named where there is none, and is not made', async () => {
    const folder = temporaryFolder();
    await expect(open(`${folder}/none.db`)).rejects.toThrow(`There is no file ${folder}/none.db.`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is told where it is no database', async () => {
    const file = `${temporaryFolder()}/users.csv`;
    writeFileSync(file, 'Id,UserName,PasswordHash\n'.repeat(100));
    await expect(open(file)).rejects.toThrow(`${file} is not a SQLite database, or it is encrypt`);
  });

  it('is told where it is a folder', async () => {
    await expect(open(temporaryFolder())).rejects.toThrow(/ is a folder\.$/);
  });

  it('is told where another program has locked it', async () => {
    const { file, database } = makeDatabase();
    database.exec(`${USERS}; begin exclusive`);
    await expect(open(file)).rejects.toThrow(/^Another program keeps .* locked\./);
  });
});
