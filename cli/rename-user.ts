/**
 * `users rename`: another name for a user.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { Database } from '../src/db/connection.ts';
import { insertNotice } from '../src/db/notices.ts';
import { lockUser } from '../src/db/password-links.ts';
import { users } from '../src/db/schema.ts';
import type { UserRow } from '../src/db/users.ts';
import { normalizeUserName } from '../src/user-name.ts';
import { audit } from './audit.ts';
import type { Target } from './database.ts';
import { countOpenLinks, tellEndedLinks } from './links.ts';
import { readNewName } from './names.ts';
import { OperatorError } from './operator-error.ts';
import { printLine } from './print.ts';
import { isTaken, takenName } from './taken-name.ts';
import { type UserReference, withUser } from './with-user.ts';

/**
 * Failed logins stay with the name that was typed, because names that no user has are counted too. So a lock does not
 * move. Only operators rename users, and operators may end a lock anyway.
 *
 * @param text the name, or the id
 */
export async function renameUser(
  text: string,
  newText: string,
  reference: UserReference,
): Promise<void> {
  const newName = readNewName('user name', newText);
  const rename = async (db: Database, user: UserRow, target: Target) => {
    const { id: userId, userName } = user;
    if (newName === userName) return printLine(`The user has the name ${newName} already.`);
    const endedLinks = await storeName(db, user, newName, target);
    audit({ event: 'user_renamed', userId, userName, newName });
    printLine(
      `Renamed ${userName} to ${newName} in ${target.name}. Tokens that are out keep the old name, 30 minutes at most.`,
    );
    tellEndedLinks(newName, endedLinks);
    if (normalizeUserName(newName) === normalizeUserName(userName)) return;
    printLine(`Failed logins belong to a name. Those of ${userName} do not count for ${newName}.`);
  };
  await withUser(text, rename, reference);
}

/** @returns how many links were open, and have ended */
async function storeName(
  db: Database,
  user: UserRow,
  newName: string,
  target: Target,
): Promise<number> {
  const { id, userName } = user;
  const update = sql`
    update ${users}
    set user_name = ${newName}, normalized_user_name = ${normalizeUserName(newName)}, updated_at = now()
    where id = ${id} and user_name = ${userName}`;
  try {
    const [, links, , { rowCount }] = await db.batch([
      lockUser(db, id),
      countOpenLinks(db, id),
      db.execute(insertNotice(id, 'renamed', sql`user_name = ${userName}`)),
      db.execute(update),
    ]);
    if (rowCount > 0) return links.rows[0]?.count ?? 0;
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw takenName(target, newName);
  }
  throw new OperatorError(`${userName} has been renamed or deleted meanwhile.`);
}
