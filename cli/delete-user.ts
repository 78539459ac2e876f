/**
 * `users delete`: deletes a user for good.
 *
 * @module
 */
import { connect } from '../src/db/connection.ts';
import { deleteUnlessLastAdministrator } from './administrators.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { printLine, printRow } from './print.ts';
import { confirm } from './prompt.ts';
import { type UserReference, withUser } from './with-user.ts';

export interface DeleteUserOptions extends UserReference {
  /** Does not ask. */
  yes: boolean;
}

/** @param text the name, or the id */
export async function deleteUser(
  text: string,
  { yes, ...reference }: DeleteUserOptions,
): Promise<void> {
  const user = await withUser(text, async (_, found) => found, reference);
  const { id, userName, role, active, lastLoginAt } = user;
  const lastLogin = lastLoginAt?.toISOString() ?? null;
  printRow({ userName, role, active, lastLoginAt: lastLogin, id }, false);
  // Nothing holds the database while the question waits. The user keeps the id, whatever else changes in between.
  if (!yes) await confirm('Delete this user for good?');
  await withDatabase(async ({ database, name }) => {
    await deleteUnlessLastAdministrator(connect(database), user);
    audit({ event: 'user_deleted', userId: id, userName });
    printLine(
      `Deleted ${userName} from ${name}. Tokens that are out stay valid, 30 minutes at most.`,
    );
  });
}
