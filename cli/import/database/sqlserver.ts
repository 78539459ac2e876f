/**
 * SQL Server. The statements are those of the other databases. **It is written by the driver's documentation, and has never
 * run against a server**: there is none where this was made.
 *
 * @module
 */
import { EventEmitter, once } from 'node:events';
import type { SourceColumns } from '../source.ts';
import { type Adapter, type DatabaseColumn, sayGoodbye } from './adapter.ts';
import type { ServerAddress } from './connection-string.ts';
import { type Fault, refusedWith } from './faults.ts';
import { codeOf, networkFault } from './network-faults.ts';
import { type Cell, type Connection, loadTedious, type Tedious } from './tedious.ts';
import { tlsOptions } from './tls.ts';

/** Rows that wait in memory. */
const BATCH_ROWS = 1000;

const COLUMNS = `
  select TABLE_SCHEMA as [schema], TABLE_NAME as [table], COLUMN_NAME as [column], DATA_TYPE as [type]
  from INFORMATION_SCHEMA.COLUMNS order by TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`;

const SNAPSHOT =
  'select snapshot_isolation_state as [state] from sys.databases where name = db_name()';
const ALLOWED = 1;

const TEXTS = /^(?:n?char|n?varchar|n?text)$/i;
const VALUES =
  /^(?:bit|(?:tiny|small|big)?int|decimal|numeric|(?:small)?money|float|real|date|(?:small)?datetime2?|datetimeoffset|uniqueidentifier)$/i;

export class SqlServerAdapter implements Adapter {
  readonly notices: string[] = [];
  readonly #address: ServerAddress;
  #tedious: Tedious | undefined;
  #connection: Connection | undefined;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  async open(): Promise<void> {
    this.#tedious = await loadTedious();
    const { host, port, user, password, database, instance } = this.#address;
    const tls = tlsOptions(this.#address);
    const connection = new this.#tedious.Connection({
      server: host,
      authentication: { type: 'default', options: { userName: user, password } },
      options: {
        ...(instance === undefined ? { port } : { instanceName: instance }),
        database,
        encrypt: tls !== undefined,
        trustServerCertificate: tls?.rejectUnauthorized === false,
        ...(tls?.ca === undefined ? {} : { cryptoCredentialsDetails: { ca: tls.ca } }),
        ...{ connectTimeout: 60_000, requestTimeout: 0 }, // who calls has shorter deadlines; 0 is none
        lowerCaseGuids: true, // as .NET writes them
        appName: 'portero users import',
      },
    });
    connection.on('error', () => {}); // each request is told too
    this.#connection = connection;
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    const [row] = await this.#all(SNAPSHOT);
    const isAllowed = Number(row?.state) === ALLOWED;
    await this.#all(`set transaction isolation level ${isAllowed ? 'snapshot' : 'read committed'}`);
    if (isAllowed) await this.#all('begin transaction');
    else {
      this.notices.push(
        'The database does not allow snapshots (ALLOW_SNAPSHOT_ISOLATION is off), so the tables are read one after the other. ' +
          'What changes meanwhile may be half there.',
      );
    }
  }

  async columns(): Promise<DatabaseColumn[]> {
    const rows = (await this.#all(COLUMNS)) as unknown as DatabaseColumn[];
    return rows.map((row) => ({ ...row, kind: kindOf(row.type) }));
  }

  quote(name: string): string {
    return `[${name.replaceAll(']', ']]')}]`;
  }

  async *batches(select: string): AsyncGenerator<SourceColumns[]> {
    if (this.#connection === undefined || this.#tedious === undefined)
      throw new Error('is not open');
    const news = new EventEmitter();
    let rows: SourceColumns[] = [];
    let ending: { error?: Error | null } | undefined;
    const request = new this.#tedious.Request(select, (error) => {
      ending = { error };
      news.emit('news');
    });
    request.on('row', (cells: Cell[]) => {
      const row = cells.map(({ value, metadata }) => [metadata.colName, value]);
      if (rows.push(Object.fromEntries(row)) >= BATCH_ROWS) request.pause();
      news.emit('news');
    });
    this.#connection.execSqlBatch(request);
    try {
      for (;;) {
        if (rows.length === 0 && ending === undefined) await once(news, 'news');
        const batch = rows;
        rows = [];
        request.resume();
        if (batch.length > 0) yield batch;
        else if (ending?.error) throw ending.error;
        else if (ending !== undefined) return;
      }
    } finally {
      if (ending === undefined) request.cancel();
    }
  }

  faultOf(error: unknown): Fault {
    const { number = 0, cause } = error as { number?: number; cause?: unknown };
    const code = codeOf(error);
    const fault = NUMBERS[number] ?? CODES[code];
    // A host with several addresses fails with one error for each of them.
    const [first] = cause instanceof AggregateError ? cause.errors : [cause ?? error];
    return fault ?? networkFault(first) ?? refusedWith(number || code);
  }

  async close(): Promise<void> {
    if (this.#connection === undefined) return;
    const ended = once(this.#connection, 'end');
    this.#connection.close();
    await sayGoodbye(ended);
  }

  async #all(select: string): Promise<SourceColumns[]> {
    const rows: SourceColumns[] = [];
    for await (const batch of this.batches(select)) rows.push(...batch);
    return rows;
  }
}

function kindOf(type: string): DatabaseColumn['kind'] {
  if (TEXTS.test(type)) return 'text';
  return VALUES.test(type) ? 'value' : 'bytes';
}

/** The numbers of SQL Server's errors (Database Engine events and errors). */
const NUMBERS: Record<number, Fault> = {
  208: 'no_such_table',
  229: 'not_allowed',
  230: 'not_allowed',
  1222: 'locked',
  4060: 'no_such_database',
  18456: 'wrong_password',
};

/** The driver's own codes. */
const CODES: Record<string, Fault> = {
  ELOGIN: 'wrong_password',
  EENCRYPT: 'tls_missing',
  ETIMEOUT: 'unreachable',
  EINSTLOOKUP: 'unreachable',
  ESOCKET: 'unreachable',
};
