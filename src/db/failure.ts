/**
 * Why a statement failed. The driver's message is never passed on: it can hold the parameters of the statement or the
 * whole connection string.
 *
 * @module
 */
import { NeonDbError } from '@neondatabase/serverless';
import { DrizzleQueryError } from 'drizzle-orm';
import * as v from 'valibot';
import { type Failure, fail } from '#portero/internal/result.ts';

export type DatabaseReason =
  | 'database_unreachable'
  | 'database_timeout'
  | 'database_bad_answer'
  | 'database_error';

export interface DatabaseDetails {
  /** PostgreSQL's SQLSTATE, where it answered with an error. */
  sqlState?: string;
}

/**
 * Tells why a statement failed.
 *
 * @param error from a statement, or from the check of its rows
 * @throws the error itself where it does not come from the database
 */
export function databaseFailure(error: unknown): Failure<DatabaseReason, DatabaseDetails> {
  const isFromDatabase =
    error instanceof DrizzleQueryError ||
    error instanceof NeonDbError ||
    error instanceof v.ValiError;
  if (!isFromDatabase) throw error;
  const chain = [...causes(error)];
  const neonError = chain.find((cause) => cause instanceof NeonDbError);
  const sqlState = neonError?.code;
  if (sqlState !== undefined && SQLSTATE.test(sqlState))
    return fail('database_error', { sqlState });
  if (chain.some((cause) => cause.name === 'TimeoutError')) return fail('database_timeout');
  // The driver wraps a failed connection, and every status other than 200 and 400. Any other error is an answer that
  // could not be read.
  if (neonError !== undefined) return fail('database_unreachable');
  return fail('database_bad_answer');
}

/** The form of a SQLSTATE (PostgreSQL, appendix A). It is logged, so nothing else may stand there. */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Yields the error and its causes. Drizzle names a cause `cause`, and the driver names it `sourceError`. */
function* causes(error: unknown): Generator<Error> {
  let current = error;
  while (current instanceof Error) {
    yield current;
    current = current instanceof NeonDbError ? current.sourceError : current.cause;
  }
}
