/**
 * MySQL and MariaDB.
 *
 * @module
 */
import { Socket } from 'node:net';
import { type Connection, createConnection, type Field, type RowDataPacket } from 'mysql2';
import type { SourceColumns } from '../source.ts';
import { type Adapter, closeSocket, type DatabaseColumn, sayGoodbye } from './adapter.ts';
import type { ServerAddress } from './connection-string.ts';
import type { Fault } from './faults.ts';
import { mysqlFault } from './mysql-faults.ts';
import { codeOf } from './network-faults.ts';
import { tlsOptions } from './tls.ts';

/** Rows that wait in memory. */
const BUFFERED_ROWS = 1000;

/** In order. Tables of InnoDB are read in the snapshot. Other tables have none, and Entity Framework makes no others. */
const BEGIN = [
  'set names utf8mb4',
  "set session time_zone = '+00:00'",
  'set session net_write_timeout = 3600', // in seconds: the server waits so long until rows are taken
  'set session transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
];

/**
 * Tables of other databases on the same server are not looked at. Who has a right on single columns sees no other columns, and
 * the server tells nothing of those.
 */
const COLUMNS = `
  select null as \`schema\`, TABLE_NAME as \`table\`, COLUMN_NAME as \`column\`,
    if(DATA_TYPE like '%binary', COLUMN_TYPE, DATA_TYPE) as \`type\`,
    (TABLE_NAME, COLUMN_NAME) in (
      select p.TABLE_NAME, p.COLUMN_NAME from information_schema.COLUMN_PRIVILEGES p
      where p.TABLE_SCHEMA = database() and p.PRIVILEGE_TYPE = 'SELECT'
    ) as isGrantedAlone
  from information_schema.COLUMNS where TABLE_SCHEMA = database() order by TABLE_NAME, ORDINAL_POSITION`;

const TEXTS = /^(?:char|varchar|(?:tiny|medium|long)?text|enum|set|json)$/i;

/** One byte may be a flag: U+0001, or the character `1`. */
const VALUES =
  /^(?:(?:var)?binary\(1\)|bit|(?:tiny|small|medium|big)?int|decimal|float|double|year|date|datetime|timestamp|time|uuid)$/i;

export class MysqlAdapter implements Adapter {
  readonly notices: string[] = [];
  readonly #address: ServerAddress;
  readonly #socket = new Socket();
  #connection: Connection | undefined;
  /** What has ended the connection. The driver does not tell it to the statement that is read. */
  #lost: unknown;
  #onLost = (_error: Error): void => {};
  #isReading = false;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  async open(): Promise<void> {
    const { host, port, user, password, database } = this.#address;
    const tls = tlsOptions(this.#address);
    this.#socket.setNoDelay(true);
    if (host.startsWith('/')) this.#socket.connect(host);
    else this.#socket.connect(port, host);
    const connection = createConnection({
      ...{ host, port, user, password, database },
      ...(tls === undefined ? {} : { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized } }),
      stream: this.#socket,
      connectTimeout: 0, // who calls has a deadline
      charset: 'utf8mb4',
      flags: ['-LOCAL_FILES'], // a server could ask for a file of this machine
      typeCast: asText,
    });
    this.#connection = connection;
    connection.on('error', (error) => {
      this.#lost ??= error;
      this.#onLost(error);
    });
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()));
    });
    for (const statement of BEGIN) await this.#all(statement);
  }

  async columns(): Promise<DatabaseColumn[]> {
    const rows = (await this.#all(COLUMNS)) as (RowDataPacket & Omit<DatabaseColumn, 'kind'>)[];
    return rows.map((row) => ({
      ...row,
      kind: kindOf(row.type),
      isGrantedAlone: String(row.isGrantedAlone) === '1',
    }));
  }

  quote(name: string): string {
    return `\`${name.replaceAll('`', '``')}\``;
  }

  async *batches(select: string): AsyncGenerator<SourceColumns[]> {
    if (this.#lost !== undefined) throw this.#lost;
    const rows = this.#connected().query(select).stream({ highWaterMark: BUFFERED_ROWS });
    this.#onLost = (error) => rows.destroy(error);
    this.#isReading = true;
    let batch: SourceColumns[] = [];
    for await (const row of rows) {
      batch.push(row);
      if (rows.readableLength > 0) continue;
      yield batch;
      batch = [];
    }
    this.#isReading = false;
    if (batch.length > 0) yield batch;
  }

  faultOf(error: unknown): Fault {
    const fault = mysqlFault(codeOf(error) === '' ? (this.#lost ?? error) : error);
    const hasPassword = this.#address.password !== undefined;
    return fault === 'wrong_password' && !hasPassword ? 'no_password' : fault;
  }

  async close(): Promise<void> {
    // While rows come, a goodbye would wait for the last of them.
    if (this.#connection !== undefined && !this.#isReading && this.#lost === undefined) {
      await sayGoodbye(this.#connection.promise().end());
    }
    await closeSocket(this.#socket);
  }

  async #all(statement: string) {
    const [rows] = await this.#connected().promise().query<RowDataPacket[]>(statement);
    return rows;
  }

  #connected(): Connection {
    if (this.#connection === undefined) throw new Error('is not open');
    return this.#connection;
  }
}

/** Every value is text. `bit` is sent as bytes, and becomes a number: `1`. */
function asText(field: Field): string | null {
  if (field.type !== 'BIT') return field.string();
  const bytes = field.buffer();
  return bytes === null ? null : BigInt(`0x${bytes.toString('hex')}`).toString();
}

function kindOf(type: string): DatabaseColumn['kind'] {
  if (TEXTS.test(type)) return 'text';
  return VALUES.test(type) ? 'value' : 'bytes';
}
