/**
 * `users invite`: a new user without a password, and a link that sets one. Nobody but the user ever knows the password
 * (ASVS 5.0, requirement 6.4.1).
 *
 * @module
 */
import { makePasswordLink } from '../src/account/password-link.ts';
import { connect } from '../src/db/connection.ts';
import { insertLink } from '../src/db/password-links.ts';
import { findUserByName } from '../src/db/users.ts';
import { normalizeUserName } from '../src/user-name.ts';
import { audit } from './audit.ts';
import { type Target, withDatabase } from './database.ts';
import { readLinkHours, readLinkOrigin } from './link-settings.ts';
import { printLink } from './links.ts';
import { makeUser, type NewUserOptions, readNewUser } from './new-user.ts';
import { OperatorError } from './operator-error.ts';
import { printLine } from './print.ts';
import { takenName } from './taken-name.ts';

export async function inviteUser(name: string, options: NewUserOptions): Promise<void> {
  const user = readNewUser(name, options);
  const { userName, roleName } = user;
  const hours = readLinkHours('INVITATION_HOURS');
  await withDatabase(async (target) => {
    await refuseKnownUser(target, userName);
    const { link, tokenDigest } = await makePasswordLink(await readLinkOrigin(target));
    const kind = 'invitation';
    const userId = await makeUser(target, user, {}, (db, userId) => [
      insertLink(db, { userId, kind, tokenDigest, hours, isMailed: false }),
    ]);
    audit({ event: 'link_made', link: kind, userId, userName });
    printLine(`Added ${userName} (${roleName}) to ${target.name}, without a password.`);
    printLink(link, `${userName} sets one with this link. It is good once, for ${hours} h:`);
  });
}

/** An invitation may have expired. The user is there then, and only needs another link. */
async function refuseKnownUser(target: Target, userName: string): Promise<void> {
  const known = await findUserByName(connect(target.database), normalizeUserName(userName));
  if (known === undefined) return;
  const { message } = takenName(target, userName);
  throw new OperatorError(`${message} To print another link: users reset ${known.userName}`);
}
