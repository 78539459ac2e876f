/**
 * The connection to Neon: SQL over HTTP, no socket and no state, so that one is made for each use.
 *
 * @module
 */
import { type NeonQueryFunction, neon, neonConfig } from '@neondatabase/serverless';
import { drizzle, type NeonHttpDatabase } from 'drizzle-orm/neon-http';
import { isLoopback } from './database-url.ts';

export type Database = NeonHttpDatabase & { $client: NeonQueryFunction<false, false> };

/**
 * How long one statement may take. Neon wakes a compute that scaled to zero in a few hundred
 * milliseconds; the driver itself would wait for ever.
 */
const STATEMENT_DEADLINE_MS = 5_000;

/** Neon's own addresses follow the driver's rule; a loopback address is the local endpoint. */
const neonsOwnEndpoint = neonConfig.fetchEndpoint;
neonConfig.fetchEndpoint = (host, port, options) => {
  if (isLoopback(host)) return `http://${host}:${port}/sql`;
  return typeof neonsOwnEndpoint === 'string'
    ? neonsOwnEndpoint
    : neonsOwnEndpoint(host, port, options);
};

/**
 * Connects for one use: the deadline starts now.
 *
 * @param databaseUrl a PostgreSQL URL that `settings.ts` has accepted; the driver repeats a
 *   malformed one, password and all, in its error message
 */
export function connect(databaseUrl: string, deadlineMs = STATEMENT_DEADLINE_MS): Database {
  const fetchOptions = {
    signal: AbortSignal.timeout(deadlineMs),
    redirect: 'manual', // every request carries the password, and goes to this address alone
  };
  return drizzle(neon(databaseUrl, { fetchOptions }));
}
