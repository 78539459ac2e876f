/**
 * The user that a command works on.
 *
 * @module
 */
import { connect, type Database } from '../src/db/connection.ts';
import { findUser, findUserByName, type UserRow } from '../src/db/users.ts';
import { normalizeUserName } from '../src/user-name.ts';
import { type Target, withDatabase } from './database.ts';
import { quoteName } from './escape.ts';
import { readName } from './names.ts';
import { OperatorError } from './operator-error.ts';

/** How the operator names a user. */
export interface UserReference {
  /** The text is the id, exactly as it is stored. Otherwise it is the user name, in any case. */
  id?: boolean;
}

/**
 * Finds a user, and works on this user.
 *
 * ```ts
 * await withUser('jdoe', async (db, user) => printLine(user.role));
 * ```
 *
 * @param use has the time of one statement's deadline
 * @throws OperatorError where there is no such user, and for every fault of the database
 */
export async function withUser<T>(
  text: string,
  use: (db: Database, user: UserRow, target: Target) => Promise<T>,
  { id = false }: UserReference = {},
): Promise<T> {
  const wanted = id ? text : readName('user name', text);
  return withDatabase(async (target) => {
    const db = connect(target.database);
    const user = await (id ? findUser(db, wanted) : findUserByName(db, normalizeUserName(wanted)));
    if (user !== undefined) return use(db, user, target);
    const reference = id ? `with the id ${quoteName(wanted)}` : wanted;
    throw new OperatorError(`There is no user ${reference} in ${target.name}.`);
  });
}

/** A user who was there a moment ago. */
export function deletedMeanwhile(userName: string): OperatorError {
  return new OperatorError(`${userName} has been deleted meanwhile.`);
}
