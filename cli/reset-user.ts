/**
 * `users reset`: a link with which a user sets a new password.
 *
 * @module
 */
import { makePasswordLink } from '../src/account/password-link.ts';
import type { Database } from '../src/db/connection.ts';
import { replaceLinks } from '../src/db/password-links.ts';
import { readPasswordHash } from '../src/db/stored-passwords.ts';
import { audit } from './audit.ts';
import { readLinkHours, readLinkOrigin } from './link-settings.ts';
import { printLink } from './links.ts';
import { OperatorError } from './operator-error.ts';
import { withUser } from './with-user.ts';

/**
 * The new link ends the earlier ones of the user. The old password goes on until a new one is set. A user who has none yet is
 * invited once more.
 */
export async function resetUser(text: string): Promise<void> {
  await withUser(text, async (db, { id: userId, userName, active }, target) => {
    if (!active) throw new OperatorError(`${userName} is inactive. Activate the user first.`);
    const { kind, hours, sentence } = await chooseLink(db, userId);
    const { link, tokenDigest } = await makePasswordLink(await readLinkOrigin(target));
    const isMade = await replaceLinks(db, { userId, kind, tokenDigest, hours, isMailed: false });
    if (!isMade) {
      throw new OperatorError(`${userName} has been deactivated or deleted meanwhile.`);
    }
    audit({ event: 'link_made', link: kind, userId, userName });
    printLink(link, `${userName} ${sentence}:`);
  });
}

async function chooseLink(db: Database, userId: string) {
  if ((await readPasswordHash(db, userId)) === null) {
    const hours = readLinkHours('INVITATION_HOURS');
    const sentence = `sets the first password with this link. It is good once, for ${hours} h`;
    return { kind: 'invitation', hours, sentence } as const;
  }
  const hours = readLinkHours('RESET_HOURS');
  const sentence = `sets a new password with this link. It is good once, for ${hours} h. The old password goes on until then`;
  return { kind: 'reset', hours, sentence } as const;
}
