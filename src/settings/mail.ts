/**
 * The settings of mail: the binding `EMAIL`, `MAIL_FROM` and `PUBLIC_URL`. Mail is set up where all three are there.
 *
 * @module
 */
import * as v from 'valibot';
import type { MailSettings } from '../mail/send-mail.ts';
import type { SettingFault } from './fault.ts';
import { PUBLIC_URL_PROBLEM, readPublicUrl } from './public-url.ts';

const MAIL_FROM_PROBLEM =
  'is neither an address such as login@example.org nor a name before one: Example <login@example.org>';

/** An address, or `Name <address>`. */
const MAIL_FROM =
  /^(?:(?<name>[^<>"\p{Cc}]*[^<>"\p{Cc}\s]) *<)?(?<email>[^\s<>@",;]+@[^\s<>@",;]+?)>?$/u;

/** The settings of mail in the schema of the environment. @param text the schema of a setting that is a text */
export const mailEntries = (text: v.GenericSchema<unknown, string>) => ({
  EMAIL: v.optional(
    v.custom<SendEmail>(
      (binding) => typeof (binding as Partial<SendEmail> | null)?.send === 'function',
      'is not a send_email binding',
    ),
  ),
  MAIL_FROM: v.optional(
    v.pipe(
      text,
      v.regex(MAIL_FROM, MAIL_FROM_PROBLEM),
      v.check((from) => from.includes('<') === from.includes('>'), MAIL_FROM_PROBLEM),
    ),
  ),
  PUBLIC_URL: v.optional(
    v.pipe(
      text,
      v.rawTransform(({ dataset, addIssue, NEVER }): string => {
        const url = readPublicUrl(dataset.value);
        if (url.ok) return url.value;
        addIssue({ message: PUBLIC_URL_PROBLEM });
        return NEVER;
      }),
    ),
  ),
});

interface MailEnvironment {
  EMAIL?: SendEmail | undefined;
  MAIL_FROM?: string | undefined;
  PUBLIC_URL?: string | undefined;
}

/** @returns `undefined` where mail is not set up */
export function toMailSettings(env: MailEnvironment): MailSettings | undefined {
  const { EMAIL: email, MAIL_FROM: from, PUBLIC_URL: publicUrl } = env;
  if (email === undefined || from === undefined || publicUrl === undefined) return undefined;
  const { name, email: address = '' } = MAIL_FROM.exec(from)?.groups ?? {};
  return { email, from: name === undefined ? address : { name, email: address }, publicUrl };
}

/** Without a sender nobody wants mail. With one, mail that is not sent is a mistake, and the log names it. */
export function missingForMail(env: MailEnvironment): SettingFault[] {
  if (env.MAIL_FROM === undefined && env.EMAIL === undefined) return [];
  const names = ['EMAIL', 'MAIL_FROM', 'PUBLIC_URL'] as const;
  return names
    .filter((name) => env[name] === undefined)
    .map((setting) => ({ setting, problem: 'is missing, so no mail is sent' }));
}
