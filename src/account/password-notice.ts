/**
 * Tells a user by mail that the password was set (ASVS 5.0, requirement 6.3.7).
 *
 * @module
 */
import type { Context } from 'hono';
import type { AppEnv } from '../app-env.ts';
import { deliverMail } from '../deliver-mail.ts';
import { languageOf } from '../mail/language.ts';

interface Owner {
  userId: string;
  userName: string;
  /** The confirmed address. Without one there is no mail. */
  address: string | null;
}

/** Sends the mail after the answer, where mail is set up. */
export function sendPasswordNotice(
  context: Context<AppEnv>,
  { userId, userName, address }: Owner,
): void {
  const { mail } = context.get('settings');
  if (mail === undefined || address === null) return;
  const content = { kind: 'password_set', userName, at: new Date() } as const;
  const languages = [languageOf(context.req.header('Accept-Language'))];
  context.executionCtx.waitUntil(deliverMail({ userId, address, content, languages }, mail));
}
