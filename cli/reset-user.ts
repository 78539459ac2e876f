/**
 * `users reset`: a link with which a user sets a new password.
 *
 * @module
 */
import { makePasswordLink } from '../src/account/password-link.ts';
import { replaceLinks } from '../src/db/password-links.ts';
import { audit } from './audit.ts';
import { printLink } from './invite-user.ts';
import { readLinkHours, readLinkOrigin } from './link-settings.ts';
import { OperatorError } from './operator-error.ts';
import { withUser } from './with-user.ts';

/** The new link ends the earlier ones of the user. The old password goes on until a new one is set. */
export async function resetUser(text: string): Promise<void> {
  const hours = readLinkHours('RESET_HOURS');
  await withUser(text, async (db, { id: userId, userName, active }, target) => {
    if (!active) throw inactive(userName);
    const { link, tokenDigest } = await makePasswordLink(await readLinkOrigin(target));
    const kind = 'reset';
    const isMade = await replaceLinks(db, { userId, kind, tokenDigest, hours, isMailed: false });
    if (!isMade) throw inactive(userName);
    audit({ event: 'link_made', link: kind, userId, userName });
    printLink(
      link,
      `${userName} sets a new password with this link. It is good once, for ${hours} h. An old password goes on until then:`,
    );
  });
}

function inactive(userName: string): OperatorError {
  return new OperatorError(
    `${userName} is inactive, or has been deleted meanwhile: users activate ${userName} comes first.`,
  );
}
