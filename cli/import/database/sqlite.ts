/**
 * SQLite.
 *
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { OperatorError } from '../../operator-error.ts';
import type { SourceColumns } from '../source.ts';
import type { Adapter, DatabaseColumn } from './adapter.ts';
import type { FileAddress } from './connection-string.ts';
import { type Fault, refusedWith } from './faults.ts';
import { noticesOfLog } from './sqlite-log.ts';

/** Reading holds up everything else in the process, so others get a turn after this many rows. */
const ROWS_PER_TURN = 1000;

/** How long SQLite waits for another program's lock, in milliseconds. */
const LOCK_WAIT_MS = 2000;

const TABLES = `
  select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`;

/** So many rows show what a column that is declared as bytes has in it. */
const ROWS_LOOKED_AT = 1000;

/** `hidden` is 1 for what a virtual table hides. https://www.sqlite.org/pragma.html#pragma_table_xinfo */
const COLUMNS = 'select name, type from pragma_table_xinfo(?) where hidden <> 1';

export class SqliteAdapter implements Adapter {
  readonly notices: string[] = [];
  readonly #file: string;
  #database: DatabaseSync | undefined;

  constructor({ file }: FileAddress) {
    this.#file = file;
  }

  async open(): Promise<void> {
    if (!existsSync(this.#file)) throw new OperatorError(`There is no file ${this.#file}.`);
    if (statSync(this.#file).isDirectory()) throw new OperatorError(`${this.#file} is a folder.`);
    // Opening the file makes an empty log beside it.
    this.notices.push(...noticesOfLog(this.#file));
    const database = new DatabaseSync(this.#file, { readOnly: true, timeout: LOCK_WAIT_MS });
    this.#database = database;
    // The snapshot begins with the first statement that reads.
    database.exec('pragma query_only = on; begin; select count(*) from sqlite_schema');
  }

  async columns(): Promise<DatabaseColumn[]> {
    const database = this.#opened();
    const tables = database.prepare(TABLES).all() as { name: string }[];
    return tables.flatMap(({ name: table }) =>
      columnsOf(database, table).map(({ name: column, type }) => ({
        ...{ schema: null, table, column, type: type || 'without a type' },
        kind: kindOf(type) ?? this.#kindOfValues(table, column),
      })),
    );
  }

  quote(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
  }

  async *batches(select: string): AsyncGenerator<SourceColumns[]> {
    const statement = this.#opened().prepare(select);
    statement.setReadBigInts(true);
    let batch: SourceColumns[] = [];
    for (const row of statement.iterate()) {
      if (batch.push(withValues(row)) < ROWS_PER_TURN) continue;
      yield batch;
      batch = [];
      await nextTurn();
    }
    if (batch.length > 0) yield batch;
  }

  faultOf(error: unknown): Fault {
    if (error instanceof Error && 'errcode' in error) {
      const primary = Number(error.errcode) & 0xff; // https://www.sqlite.org/rescode.html
      return CODES[primary] ?? refusedWith(`SQLITE_${primary}`);
    }
    return 'unknown';
  }

  async close(): Promise<void> {
    if (this.#database?.isOpen) this.#database.close();
  }

  /**
   * A declaration binds no value: a column that is declared as bytes may hold flags. Where bytes come later than in the rows
   * that are looked at, the row is refused.
   */
  #kindOfValues(table: string, column: string): DatabaseColumn['kind'] {
    const [from, name] = [this.quote(table), this.quote(column)];
    const rows = `select ${name} as value from ${from} limit ${ROWS_LOOKED_AT}`;
    const bytes = `select 1 from (${rows}) where typeof(value) = 'blob' and length(value) > 1 limit 1`;
    try {
      return this.#opened().prepare(bytes).get() === undefined ? 'text' : 'bytes';
    } catch {
      return 'bytes'; // a view that nobody may need cannot be read
    }
  }

  #opened(): DatabaseSync {
    if (this.#database === undefined) throw new Error('is not open');
    return this.#database;
  }
}

/** @returns nothing for a view whose tables have gone, or a table of an extension that is not there */
function columnsOf(database: DatabaseSync, table: string): { name: string; type: string }[] {
  try {
    return database.prepare(COLUMNS).all(table) as { name: string; type: string }[];
  } catch {
    return [];
  }
}

/**
 * SQLite takes nearly any word for a type (https://www.sqlite.org/datatype3.html).
 *
 * @returns `undefined` where only the values tell it
 */
function kindOf(type: string): DatabaseColumn['kind'] | undefined {
  if (/blob|binary/i.test(type)) return undefined;
  return /char|clob|text|json/i.test(type) ? 'text' : 'value';
}

/** A whole number that a double cannot hold stays a bigint. One byte may be a flag, and becomes a character: U+0001. */
function withValues(row: SourceColumns): SourceColumns {
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) row[name] = Number(value);
    else if (value instanceof Uint8Array && value.length === 1)
      row[name] = String.fromCharCode(value[0] ?? 0);
  }
  return row;
}

const CODES: Record<number, Fault> = {
  3: 'unreadable_file', // PERM
  5: 'locked', // BUSY
  6: 'locked', // LOCKED
  8: 'unreadable_file', // READONLY: the index of the write-ahead log has to be made
  10: 'unreadable_file', // IOERR
  11: 'not_a_database', // CORRUPT
  14: 'unreadable_file', // CANTOPEN
  26: 'not_a_database', // NOTADB
};
