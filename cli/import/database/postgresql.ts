/**
 * PostgreSQL.
 *
 * @module
 */
import { Socket } from 'node:net';
import { Client, escapeIdentifier } from 'pg';
import type { SourceColumns } from '../source.ts';
import { type Adapter, closeSocket, type DatabaseColumn, sayGoodbye } from './adapter.ts';
import type { ServerAddress } from './connection-string.ts';
import type { Fault } from './faults.ts';
import { codeOf } from './network-faults.ts';
import { postgresqlFault } from './postgresql-faults.ts';
import { tlsOptions } from './tls.ts';

/** Rows of one round trip. */
const BATCH_ROWS = 1000;

/**
 * Of the server's time limits only one counts: a statement that waits for a lock would wait on when this client has gone.
 *
 * Everything is set for the transaction alone, because a pooler such as PgBouncer hands the session to others after it.
 * A table whose row-level security would hide rows is refused instead.
 */
const BEGIN = `
  begin isolation level repeatable read read only;
  set local datestyle = 'ISO';
  set local timezone = 'UTC';
  set local row_security = off;
  set local lock_timeout = '50s';
  set local synchronize_seqscans = off;
  select set_config(name, '0', true) from pg_catalog.pg_settings
  where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;

/**
 * `information_schema` leaves out what the user may not read, and a table of roles would be missing in silence.
 *
 * Every type but `bytea` is read, because any of them may be that of a flag: `bit(1)`, `"char"`, a domain. Booleans, numbers,
 * dates, spans of time and enumerations are values (PostgreSQL's documentation, table 52.65), and what is no text becomes
 * text. A domain has the output function of the type under it, also where that is a domain too.
 */
const COLUMNS = `
  select n.nspname as schema, c.relname as table, a.attname as column, coalesce(b.typname, t.typname) as type,
    case
      when t.typoutput = 'pg_catalog.byteaout'::regproc then 'bytes'
      when t.typcategory in ('B', 'N', 'D', 'T', 'E') or coalesce(b.typname, t.typname) = 'uuid' then 'value'
      else 'text'
    end as kind,
    case when t.typcategory not in ('S', 'B', 'N', 'D', 'T', 'E') then 'text' end as cast
  from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_type b on b.oid = t.typbasetype
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
    and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
  order by n.nspname, c.relname, a.attnum`;

export class PostgresqlAdapter implements Adapter {
  readonly notices: string[] = [];
  readonly #client: Client;
  readonly #socket = new Socket();
  /** What has ended the connection. Statements after it fail with an error that says nothing. */
  #lost: unknown;

  constructor(address: ServerAddress) {
    const { host, port, user, password, database, channelBinding } = address;
    this.#client = new Client({
      ...{ host, port, user, password, database },
      ssl: tlsOptions(address) ?? false,
      enableChannelBinding: channelBinding,
      stream: () => this.#socket,
      types: { getTypeParser: () => (text: string) => text },
      application_name: 'portero users import',
    });
    this.#client.on('error', (error) => {
      this.#lost ??= error;
    });
  }

  async open(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(BEGIN);
    const { rows } = await this.#client.query('show server_encoding');
    if (rows[0].server_encoding === 'SQL_ASCII') {
      this.notices.push(
        'The database does not know how its texts are encoded (SQL_ASCII). Look whether names with letters beyond ASCII are right.',
      );
    }
  }

  async columns(): Promise<DatabaseColumn[]> {
    return (await this.#client.query<DatabaseColumn>(COLUMNS)).rows;
  }

  quote(name: string): string {
    return escapeIdentifier(name);
  }

  async *batches(select: string): AsyncGenerator<SourceColumns[]> {
    await this.#client.query(`declare portero_rows no scroll cursor for ${select}`);
    let next = this.#fetch();
    try {
      for (;;) {
        const batch = await next;
        if (batch.length > 0) {
          // The server reads on, while the rows are used.
          if (batch.length === BATCH_ROWS) next = this.#fetch();
          yield batch;
        }
        if (batch.length < BATCH_ROWS) break;
      }
    } finally {
      await next.catch(() => {});
      await this.#client.query('close portero_rows').catch(() => {});
    }
  }

  #fetch(): Promise<SourceColumns[]> {
    const fetched = this.#client.query(`fetch ${BATCH_ROWS} from portero_rows`);
    const rows = fetched.then((result) => result.rows);
    rows.catch(() => {}); // told when it is waited for
    return rows;
  }

  faultOf(error: unknown): Fault {
    const fault = postgresqlFault(codeOf(error) === '' ? (this.#lost ?? error) : error);
    return fault === 'wrong_password' && !this.#client.password ? 'no_password' : fault;
  }

  async close(): Promise<void> {
    await sayGoodbye(this.#client.end());
    await closeSocket(this.#socket);
  }
}
