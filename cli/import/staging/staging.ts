/**
 * What an import has read, before anything is written: a temporary SQLite database.
 *
 * A source is read once, from its first row to its last. Every later step asks this database, so a million rows need no
 * memory, and a file that changes meanwhile changes nothing.
 *
 * @module
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { OperatorError } from '../../operator-error.ts';
import { STAGING_SCHEMA } from './staging-schema.ts';

export type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;

/** How much of it SQLite keeps in memory. The rest is in a file. */
const CACHE_KIB = 32 * 1024;

/** Prepared statements are kept, but not those that name single rows. */
const MAX_STATEMENTS = 100;

/** The temporary database. It ends with {@link close}, or with the process. */
export class Staging {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor() {
    // Without a name, SQLite makes a file that only this user can read, and unlinks it at once: even a crash leaves no copy
    // of the hashes (https://www.sqlite.org/inmemorydb.html, section 3).
    this.#database = new DatabaseSync('');
    this.#database.exec(`pragma journal_mode = off; pragma synchronous = off`);
    this.#database.exec(`pragma cache_size = -${CACHE_KIB}; ${STAGING_SCHEMA}`);
    this.#database.exec('begin'); // one transaction for all: nobody else sees this database
  }

  run(sql: string, ...values: SqlValue[]): void {
    explainFullDisk(() => this.#prepare(sql).run(...values));
  }

  /** @returns all rows, so only for a query of few */
  all<Row extends SqlRow>(sql: string, ...values: SqlValue[]): Row[] {
    return explainFullDisk(() => this.#prepare(sql).all(...values)) as Row[];
  }

  /** @returns the first row of a query that has one */
  get<Row extends SqlRow>(sql: string, ...values: SqlValue[]): Row {
    return explainFullDisk(() => this.#prepare(sql).get(...values)) as Row;
  }

  /** @returns the number of rows of `from …` */
  count(from: string, ...values: SqlValue[]): number {
    return this.get<{ count: number }>(`select count(*) as count ${from}`, ...values).count;
  }

  /**
   * Yields the users in batches, in the order of the source.
   *
   * @param where which of them. Another batch may be changed meanwhile, but not the rows after it
   */
  *batches<Row extends SqlRow>(select: string, where: string, size: number) {
    const sql = `select number, ${select} from users where number > ? and ${where} order by number limit ${size}`;
    for (let after = Number.MIN_SAFE_INTEGER; ; ) {
      const batch = this.all<Row & { number: number }>(sql, after);
      const last = batch.at(-1);
      if (last === undefined) return;
      yield batch;
      after = last.number;
    }
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    if (this.#statements.size < MAX_STATEMENTS) this.#statements.set(sql, statement);
    return statement;
  }
}

/** `SQLITE_FULL` (https://www.sqlite.org/rescode.html). */
const FULL = 13;

function explainFullDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const isFull = error instanceof Error && 'errcode' in error && error.errcode === FULL;
    if (!isFull) throw error;
    throw new OperatorError(
      'The disk for temporary files is full. Set SQLITE_TMPDIR to a folder with as much room as the source takes.',
    );
  }
}
