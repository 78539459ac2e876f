/**
 * The connection to Neon: SQL over HTTP. It has no socket and no state, so every use makes a new one.
 *
 * @module
 */
import { type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless';
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http';
import { type Result, succeed } from '#portero/internal/result.ts';
import { type DatabaseAddress, sqlEndpoint } from './database-address.ts';
import { type DatabaseDetails, type DatabaseReason, databaseFailure } from './failure.ts';

export type Database = NeonHttpDatabase & { $client: NeonQueryFunction<false, false> };

/**
 * How long one statement may take. Neon wakes a suspended database, which can take more than five seconds. The driver
 * itself would wait for ever.
 */
const STATEMENT_DEADLINE_MS = 10_000;

/** How long each of the two tries of a read may take. A database that the first try wakes answers the second one. */
const READ_TRY_DEADLINE_MS = 5_000;

/** What {@link connect} adds to the options of `fetch`. The driver passes them on with its own. */
interface FetchOptions extends RequestInit {
  /** The address of the SQL over HTTP. */
  endpoint: string;
}

// The driver would make the address of the host of any connection string. Here every connection has its own address.
neonConfig.fetchFunction = (_madeByTheDriver: string, { endpoint, ...init }: FetchOptions) =>
  fetch(endpoint, init);

/**
 * Connects for one use. The deadline starts now.
 *
 * @param database an address that `readDatabaseAddress` has accepted. The driver's message about a malformed URL holds the
 *   whole URL with its password
 * @throws TypeError where the database is neither at Neon nor on this machine, nor behind a named proxy. Nothing is sent
 */
export function connect(
  database: DatabaseAddress,
  deadlineMs: number = STATEMENT_DEADLINE_MS,
): Database {
  const endpoint = sqlEndpoint(database);
  if (endpoint === undefined) throw new TypeError('the database has no SQL over HTTP');
  const fetchOptions = {
    endpoint,
    signal: AbortSignal.timeout(deadlineMs),
    redirect: 'manual', // every request carries the password, so it goes to this address alone
  };
  return drizzle(neon(typeof database === 'string' ? database : database.url, { fetchOptions }));
}

/**
 * Connects, and runs statements, once. A failure of the database is a result and not an exception.
 *
 * @param use may also throw a `ValiError` for rows that are not as they should be
 */
export async function askDatabase<T>(
  database: DatabaseAddress,
  use: (db: Database) => Promise<T>,
  deadlineMs?: number,
): Promise<Result<T, DatabaseReason, DatabaseDetails>> {
  try {
    return succeed(await use(connect(database, deadlineMs)));
  } catch (error) {
    return databaseFailure(error);
  }
}

/**
 * Connects, and reads. A read that failed is repeated once, whatever the reason was.
 *
 * @param read changes nothing, so that a repetition does no harm. It may also throw a `ValiError`, as in
 *   {@link askDatabase}
 */
export async function readDatabase<T>(
  database: DatabaseAddress,
  read: (db: Database) => Promise<T>,
): Promise<Result<T, DatabaseReason, DatabaseDetails>> {
  const first = await askDatabase(database, read, READ_TRY_DEADLINE_MS);
  return first.ok ? first : askDatabase(database, read, READ_TRY_DEADLINE_MS);
}
