/**
 * Sends a mail through Cloudflare Email Service.
 * https://developers.cloudflare.com/email-service/api/send-emails/workers-api/
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { Mail } from './texts.ts';

export interface MailSettings {
  /** The binding. */
  email: SendEmail;
  from: string | EmailAddress;
  /** The origin of the links in mails. */
  publicUrl: string;
}

/** Why a mail was not sent. After a timeout it may be sent all the same. */
export type MailReason = 'mail_refused' | 'mail_timeout';

/** Nobody waits for a mail. The runtime ends a request's work 30 s after its answer. */
const MAIL_DEADLINE_MS = 10_000;

/** Sends a mail. The result holds nothing of it. */
export async function sendMail(
  to: string,
  mail: Mail,
  { email, from }: MailSettings,
): Promise<Result<undefined, MailReason, { code?: string }>> {
  const deadline = scheduler.wait(MAIL_DEADLINE_MS).then(() => fail('mail_timeout'));
  try {
    const sending = email.send({ from, to, ...mail }).then(() => succeed());
    return await Promise.race([sending, deadline]);
  } catch (error) {
    // A message may quote the address. A code such as `E_SENDER_NOT_VERIFIED` cannot.
    const { code } = error as { code?: unknown };
    const isCode = typeof code === 'string' && /^E_[A-Z_]+$/.test(code);
    return fail('mail_refused', isCode ? { code } : {});
  }
}
