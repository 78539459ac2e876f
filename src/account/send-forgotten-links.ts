/**
 * What happens after the answer to a forgotten password. The caller does not wait for it, so its time tells nothing about
 * a user. Every outcome is a line in the log.
 *
 * @module
 */
import { askDatabase, readDatabase } from '../db/connection.ts';
import { type ForgetfulUser, findForgetfulUsers } from '../db/forgotten-requests.ts';
import { addForgottenLink, deleteLink } from '../db/password-links.ts';
import { deliverMail } from '../deliver-mail.ts';
import { log } from '../log.ts';
import type { Language } from '../mail/language.ts';
import type { Settings } from '../settings.ts';
import { isPossibleUserName } from '../user-name.ts';
import { makePasswordLink } from './password-link.ts';

/** A request that was counted. */
export interface ForgottenPassword {
  /** A user name or an e-mail address, without white space around it. */
  typed: string;
  normalizedUserName: string;
  /** How many requests with the same text count. This one is among them. */
  requests: number;
  language: Language;
}

/**
 * More requests in an hour look no user up. It is more than the three mails that a user gets, so that a mail that fails can
 * be asked for again.
 */
const MOST_REQUESTS_PER_HOUR = 10;

/** Mails a link to each user whose name or address was typed. */
export async function sendForgottenLinks(
  { typed, normalizedUserName, requests, language }: ForgottenPassword,
  settings: Settings,
): Promise<void> {
  if (requests > MOST_REQUESTS_PER_HOUR) {
    return log({ event: 'link_not_made', reason: 'asked_too_often' });
  }
  if (!isPossibleUserName(typed)) {
    return log({ event: 'link_not_made', reason: 'impossible_user_name' });
  }
  const found = await readDatabase(settings.database, (db) =>
    findForgetfulUsers(db, typed, normalizedUserName),
  );
  if (!found.ok) return log({ event: 'link_not_made', reason: found.reason, ...found.details });
  if (found.value.length === 0) return log({ event: 'link_not_made', reason: 'unknown_user' });
  await Promise.all(found.value.map((user) => sendLink(user, language, settings)));
}

async function sendLink(
  { id: userId, userName, email, emailConfirmed, active }: ForgetfulUser,
  language: Language,
  { mail, database, resetHours: hours }: Settings,
): Promise<void> {
  if (mail === undefined) return;
  if (!active) return log({ event: 'link_not_made', userId, reason: 'inactive' });
  if (email === null) return log({ event: 'link_not_made', userId, reason: 'no_address' });
  if (!emailConfirmed) {
    return log({ event: 'link_not_made', userId, reason: 'address_not_confirmed' });
  }
  const { link, tokenDigest } = await makePasswordLink(mail.publicUrl);
  const added = await askDatabase(database, (db) =>
    addForgottenLink(db, { userId, tokenDigest, hours, address: email }),
  );
  if (!added.ok) {
    return log({ event: 'link_not_made', userId, reason: added.reason, ...added.details });
  }
  if (!added.value) return log({ event: 'link_not_made', userId, reason: 'too_many_links' });
  log({ event: 'link_made', link: 'forgotten', userId });
  const content = { kind: 'forgotten', userName, link, hours } as const;
  const delivery = { userId, address: email, content, languages: [language] };
  const sent = await deliverMail(delivery, mail);
  if (sent.ok || sent.reason === 'mail_timeout') return;
  // A link that nobody has does not count, so the user can ask again at once. Where this fails, it counts for an hour.
  await askDatabase(database, (db) => deleteLink(db, tokenDigest));
}
