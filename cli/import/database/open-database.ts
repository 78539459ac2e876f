/**
 * The database of an ASP.NET Core Identity system as a source of an import.
 *
 * @module
 */

import { succeed } from '#portero/internal/result.ts';
import type { TableName } from '../identity-names.ts';
import { canonicalName } from '../identity-names.ts';
import type { Source, SourceTable } from '../source.ts';
import type { Adapter, DatabaseColumn } from './adapter.ts';
import { type Address, parseConnectionString } from './connection-string.ts';
import { Database, LIMITS, type Limits } from './database.ts';
import type { IdentityTable } from './identity-columns.ts';
import { findIdentityTables } from './identity-tables.ts';

export interface DatabaseOptions {
  /** The table of users, where it is not `AspNetUsers`. With a schema where two have it: `sales.AspNetUsers`. */
  usersTable?: string;
}

/**
 * Connects, and finds the tables. Everything is read in one transaction that cannot write.
 *
 * ```ts
 * const source = await openDatabase('postgresql://reader@db.example.org/shop', {});
 * ```
 *
 * A password in the connection string can be seen by others on the same machine, in its list of processes. Without one,
 * the password is that of the environment variable `SOURCE_PASSWORD`. PostgreSQL's `PGPASSWORD` and `~/.pgpass` come last.
 *
 * @throws OperatorError for every fault, with nothing of the password in it
 */
export async function openDatabase(
  source: string,
  options: DatabaseOptions,
  limits: Limits = LIMITS,
): Promise<Source> {
  const address = parseConnectionString(source, process.env.SOURCE_PASSWORD || undefined);
  const database = new Database(await adapterOf(address), placeOf(address), limits);
  try {
    await database.open();
    const columns = await database.columns();
    const found = findIdentityTables(columns, options.usersTable, database.place.database);
    const tables = Array.from(found.tables, ([name, table]): [TableName, SourceTable] => [
      name,
      new DatabaseTable(database, table),
    ]);
    return {
      tables: new Map(tables),
      notices: [...database.notices, ...found.notices],
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** A driver is loaded only where it is used: another command starts sooner without it. */
async function adapterOf(address: Address): Promise<Adapter> {
  switch (address.kind) {
    case 'postgresql':
      return new (await import('./postgresql.ts')).PostgresqlAdapter(address);
    case 'mysql':
      return new (await import('./mysql.ts')).MysqlAdapter(address);
    case 'sqlserver':
      return new (await import('./sqlserver.ts')).SqlServerAdapter(address);
    case 'sqlite':
      return new (await import('./sqlite.ts')).SqliteAdapter(address);
  }
}

function placeOf(address: Address) {
  if (address.kind === 'sqlite') {
    return { database: `the database ${address.file}`, address: address.file };
  }
  const { host, port, database } = address;
  const server = host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { database: `the database ${database} at ${server}`, address: server };
}

/** One table. Its rows are counted first, in the same snapshot. */
class DatabaseTable implements SourceTable {
  readonly name: string;
  readonly unit = 'row';
  readonly #database: Database;
  readonly #columns: DatabaseColumn[];
  readonly #from: string;
  #total: number | undefined;
  #read = 0;

  constructor(database: Database, { schema, table, label, columns }: IdentityTable) {
    this.name = label;
    this.#database = database;
    this.#columns = columns;
    const names = schema === null ? [table] : [schema, table];
    this.#from = `from ${names.map((name) => database.quote(name)).join('.')}`;
  }

  async *rows() {
    this.#read = 0;
    for await (const row of this.#database.rows(
      `select count(*) as ${this.#database.quote('count')} ${this.#from}`,
      this.name,
    )) {
      this.#total = Number(row.count);
    }
    const selected = this.#columns.map((column) => this.#select(column)).join(', ');
    for await (const row of this.#database.rows(`select ${selected} ${this.#from}`, this.name)) {
      this.#read++;
      yield { number: this.#read, columns: succeed(row) };
    }
  }

  readShare(): number | undefined {
    return this.#total ? this.#read / this.#total : undefined;
  }

  /** The database itself gives the columns their canonical names. */
  #select({ column, kind, cast }: DatabaseColumn): string {
    const name = canonicalName(column);
    const quoted = this.#database.quote(column);
    const isCut = kind === 'text' && !IDENTITY_COLUMNS.has(name);
    const text = cast ? `cast(${quoted} as ${cast})` : quoted;
    const value = isCut ? `substring(${text}, 1, ${MAX_OWN_TEXT_CHARACTERS})` : text;
    return `${value} as ${this.#database.quote(name)}`;
  }
}

/** The columns of text that Identity itself makes. They are never cut. */
const IDENTITY_COLUMNS = new Set(
  [
    ...['Id', 'UserName', 'NormalizedUserName', 'Email', 'NormalizedEmail', 'PasswordHash'],
    ...['SecurityStamp', 'ConcurrencyStamp', 'PhoneNumber', 'LockoutEnd', 'LockoutEndDateUtc'],
    ...['UserId', 'RoleId', 'Name', 'ClaimType', 'ClaimValue', 'LoginProvider', 'TenantId'],
  ].map(canonicalName),
);

/**
 * A column that somebody has added may hold a photograph as text. No flag, role or time is longer than this, in
 * characters.
 */
const MAX_OWN_TEXT_CHARACTERS = 1000;
