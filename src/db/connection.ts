/**
 * The connection to Neon: SQL over HTTP. It has no socket and no state, so every use makes a new one.
 *
 * @module
 */
import { type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless';
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http';
import { type Result, succeed } from '#portero/internal/result.ts';
import { isLoopback } from './database-url.ts';
import { type DatabaseDetails, type DatabaseReason, databaseFailure } from './failure.ts';

export type Database = NeonHttpDatabase & { $client: NeonQueryFunction<false, false> };

/**
 * How long one statement may take. Neon wakes a suspended database in a few hundred milliseconds. The driver itself
 * would wait for ever.
 */
const STATEMENT_DEADLINE_MS = 5_000;

/** The driver knows Neon's own addresses. A loopback address is the local endpoint. */
const neonsOwnEndpoint = neonConfig.fetchEndpoint;
neonConfig.fetchEndpoint = (host, port, options) => {
  if (isLoopback(host)) return `http://${host}:${port}/sql`;
  return typeof neonsOwnEndpoint === 'string'
    ? neonsOwnEndpoint
    : neonsOwnEndpoint(host, port, options);
};

/**
 * Connects for one use. The deadline starts now.
 *
 * @param databaseUrl a PostgreSQL URL that `settings.ts` has accepted. The driver's message about a malformed URL holds
 *   the whole URL with its password
 */
export function connect(databaseUrl: string, deadlineMs = STATEMENT_DEADLINE_MS): Database {
  const fetchOptions = {
    signal: AbortSignal.timeout(deadlineMs),
    redirect: 'manual', // every request carries the password, so it goes to this address alone
  };
  return drizzle(neon(databaseUrl, { fetchOptions }));
}

/**
 * Connects, and runs statements. A failure of the database is a result and not an exception.
 *
 * @param use may also throw a `ValiError` for rows that are not as they should be
 */
export async function askDatabase<T>(
  databaseUrl: string,
  use: (db: Database) => Promise<T>,
  deadlineMs?: number,
): Promise<Result<T, DatabaseReason, DatabaseDetails>> {
  try {
    return succeed(await use(connect(databaseUrl, deadlineMs)));
  } catch (error) {
    return databaseFailure(error);
  }
}
