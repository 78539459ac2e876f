/**
 * A user name that another user has already.
 *
 * @module
 */
import { databaseFailure } from '../src/db/failure.ts';
import type { Target } from './database.ts';
import { OperatorError } from './operator-error.ts';

/** `unique_violation`: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';

/** Whether a statement failed because a name, or another value that has to be unique, is there already. */
export function isTaken(error: unknown): boolean {
  return databaseFailure(error).details?.sqlState === UNIQUE_VIOLATION;
}

export function takenName({ name }: Target, userName: string): OperatorError {
  return new OperatorError(`A user of the name ${userName} is already in ${name}.`);
}
