/**
 * The driver of SQL Server, as far as it is used.
 *
 * @module
 */
import type { EventEmitter } from 'node:events';
import { OperatorError } from '../../operator-error.ts';

/** What is used of the driver, by its documentation (https://tediousjs.github.io/tedious/). */
export interface Tedious {
  Connection: new (config: object) => Connection;
  Request: new (sql: string, done: (error?: Error | null) => void) => Request;
}
export interface Connection extends EventEmitter {
  connect(done: (error?: Error) => void): void;
  execSqlBatch(request: Request): void;
  close(): void;
}
export interface Request extends EventEmitter {
  pause(): void;
  resume(): void;
  cancel(): boolean;
}
export type Cell = { value: unknown; metadata: { colName: string } };

/** The driver is no dependency, because few need it. */
export async function loadTedious(): Promise<Tedious> {
  const driver = 'tedious';
  try {
    return await import(driver);
  } catch {
    throw new OperatorError(
      'SQL Server needs a driver that is not installed. Run this first: npm install --no-save tedious@20.3.9',
    );
  }
}
