/**
 * What the import asks of a database. Each product has one adapter, and nothing behind it knows which product it was.
 *
 * @module
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { SourceColumns } from '../source.ts';
import type { Fault } from './faults.ts';

/** A connection that can only read. */
export interface Adapter {
  /** Sentences for the operator about how this database is read. */
  readonly notices: string[];
  /** Connects, and begins one snapshot in which everything is read, where the database has snapshots. */
  open(): Promise<void>;
  /** The columns of all tables and views that are not the product's own. */
  columns(): Promise<DatabaseColumn[]>;
  /** Writes the name of a table or a column as the database's SQL has it. */
  quote(name: string): string;
  /**
   * Runs one `select`. A batch holds one row or more. Their members are the columns that the statement names.
   *
   * The database sends no more rows than are asked for, apart from a small buffer.
   */
  batches(select: string): AsyncGenerator<SourceColumns[]>;
  /** What an error of this adapter means. */
  faultOf(error: unknown): Fault;
  /** Ends the connection within about a second, and leaves no socket. What is being read then fails. */
  close(): Promise<void>;
}

/** A column, and how it can be read. */
export interface DatabaseColumn {
  /** `null` where tables have no schema. */
  schema: string | null;
  table: string;
  column: string;
  /** The type, for people: `varbinary`. */
  type: string;
  /** `text` may be long. `bytes` are no text: no import reads them. */
  kind: 'text' | 'value' | 'bytes';
  /** The type of SQL that makes text of the column, where it is not text by itself. */
  cast?: string | null;
  /** Whether the user of the database has a right on the column, and not on its whole table. */
  isGrantedAlone?: boolean;
}

/** How long a database has to say goodbye, in milliseconds. Then its socket is closed. */
const GOODBYE_MS = 1000;

/** Waits for a goodbye, whether it succeeds or not. */
export async function sayGoodbye(goodbye: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const timer = setTimeout(resolve, GOODBYE_MS);
  goodbye.then(resolve, resolve);
  await promise;
  clearTimeout(timer);
}

/** Closes a socket, whatever state it is in. */
export async function closeSocket(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const closed = once(socket, 'close');
  socket.destroy();
  await closed;
}
