/**
 * Writes a mail to a user, sends it, and logs how that ended.
 *
 * @module
 */
import type { Result } from '#portero/internal/result.ts';
import { log } from './log.ts';
import type { Language } from './mail/language.ts';
import { type MailReason, type MailSettings, sendMail } from './mail/send-mail.ts';
import { type MailContent, writeMail } from './mail/texts.ts';

/** A mail, and the user who gets it. */
export interface Delivery {
  userId: string;
  /** The confirmed address of the user. It stays out of the log. */
  address: string;
  content: MailContent;
  languages: Language[];
}

export async function deliverMail(
  { userId, address, content, languages }: Delivery,
  settings: MailSettings,
): Promise<Result<undefined, MailReason>> {
  const mail = writeMail(content, settings.publicUrl, languages);
  const sent = await sendMail(address, mail, settings);
  const { kind } = content;
  if (sent.ok) log({ event: 'mail_sent', mail: kind, userId });
  else log({ event: 'mail_not_sent', mail: kind, userId, fault: sent.reason, ...sent.details });
  return sent;
}
