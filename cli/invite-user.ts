/**
 * `users invite`: a new user without a password, and a link that sets one. Nobody but the user ever knows the password
 * (ASVS 5.0, requirement 6.4.1).
 *
 * @module
 */
import { makePasswordLink } from '../src/account/password-link.ts';
import { insertLink } from '../src/db/password-links.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { readLinkHours, readLinkOrigin } from './link-settings.ts';
import { makeUser, type NewUserOptions, readNewUser } from './new-user.ts';
import { printLine } from './print.ts';

export async function inviteUser(name: string, options: NewUserOptions): Promise<void> {
  const user = readNewUser(name, options);
  const { userName, roleName } = user;
  const hours = readLinkHours('INVITATION_HOURS');
  await withDatabase(async (target) => {
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

/** @param sentence what the link is for */
export function printLink(link: string, sentence: string): void {
  printLine(sentence);
  printLine(link);
  printLine('Pass it on by a way that only this user reads: the link is as good as the password.');
}
