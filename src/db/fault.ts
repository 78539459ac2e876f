/**
 * What went wrong with a statement, told without the driver's message: that can hold the
 * statement's parameters or the whole connection string.
 *
 * @module
 */
import { NeonDbError } from '@neondatabase/serverless';
import { DrizzleQueryError } from 'drizzle-orm';
import * as v from 'valibot';

export type DatabaseFault =
  | 'database_unreachable'
  | 'database_timeout'
  | 'database_bad_answer'
  | 'database_error';

/**
 * @param error from a statement, or from the check of its rows
 * @returns the fault, and PostgreSQL's SQLSTATE where it answered with one
 * @throws the error itself where it has nothing to do with the database
 */
export function databaseFault(error: unknown): { fault: DatabaseFault; sqlState?: string } {
  const isFromDatabase =
    error instanceof DrizzleQueryError ||
    error instanceof NeonDbError ||
    error instanceof v.ValiError;
  if (!isFromDatabase) throw error;
  const chain = [...causes(error)];
  const neonError = chain.find((cause) => cause instanceof NeonDbError);
  const sqlState = neonError?.code;
  if (sqlState !== undefined && SQLSTATE.test(sqlState))
    return { fault: 'database_error', sqlState };
  if (chain.some((cause) => cause.name === 'TimeoutError')) return { fault: 'database_timeout' };
  // The driver wraps a failed connection and a status other than 200 and 400; the rest is an
  // answer that it could not read.
  if (neonError !== undefined) return { fault: 'database_unreachable' };
  return { fault: 'database_bad_answer' };
}

/** It is logged, so it has to be one (PostgreSQL, appendix A). */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The error and what caused it: drizzle names it `cause`, the driver `sourceError`. */
function* causes(error: unknown): Generator<Error> {
  let current = error;
  while (current instanceof Error) {
    yield current;
    current = current instanceof NeonDbError ? current.sourceError : current.cause;
  }
}
