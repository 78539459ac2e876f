/**
 * Portero's database, after long work on the staging database.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import { connect, type Database } from '../../src/db/connection.ts';
import type { DatabaseAddress } from '../../src/db/database-address.ts';
import { databaseFailure } from '../../src/db/failure.ts';
import { BATCH_DEADLINE_MS } from '../hash-row.ts';

/**
 * Connects for one use. SQLite works synchronously, and meanwhile nobody sees that the server has closed a connection that
 * was kept for the next request. So the event loop turns first, and the closed connection is not used again.
 */
export async function connectTo(database: DatabaseAddress): Promise<Database> {
  await setImmediate();
  await setImmediate();
  return connect(database, BATCH_DEADLINE_MS);
}

/** Reads, and once more where the connection failed: the server may close one just when it is used again. */
export async function readTwice<T>(
  database: DatabaseAddress,
  read: (db: Database) => Promise<T>,
): Promise<T> {
  try {
    return await read(await connectTo(database));
  } catch (error) {
    if (databaseFailure(error).reason !== 'database_unreachable') throw error;
    return read(await connectTo(database));
  }
}
