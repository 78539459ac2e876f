/**
 * The settings of mail: the binding `EMAIL`, `MAIL_FROM` and `PUBLIC_URL`. Mail is set up where all three are there.
 *
 * @module
 */
import * as v from 'valibot';
import { isEmailAddress } from '../email-address.ts';
import type { MailSettings } from '../mail/send-mail.ts';
import type { SettingFault } from './fault.ts';
import { PUBLIC_URL_PROBLEM, readPublicUrl } from './public-url.ts';

const MAIL_FROM_PROBLEM =
  'is neither an address such as login@example.org nor a name before one: Example <login@example.org>';

/** `Name <address>`. The name may have quotation marks around it. */
const NAMED_ADDRESS = /^"?(?<name>[^<>"\p{Cc}]*[^<>"\p{Cc}\s])"? *<(?<address>[^<>]+)>$/u;

/** Reads an address, or a name before one. `undefined` for anything else. */
function readSender(text: string): string | EmailAddress | undefined {
  const { name, address = text } = NAMED_ADDRESS.exec(text)?.groups ?? {};
  if (!isEmailAddress(address)) return undefined;
  return name === undefined ? address : { name, email: address };
}

/** @param read returns `undefined` for a faulty text */
const readAs = <T>(read: (text: string) => T | undefined, problem: string) =>
  v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
    const value = read(dataset.value);
    if (value !== undefined) return value;
    addIssue({ message: problem });
    return NEVER;
  });

/** The settings of mail in the schema of the environment. @param text the schema of a setting that is a text */
export const mailEntries = (text: v.GenericSchema<unknown, string>) => ({
  EMAIL: v.optional(
    v.custom<SendEmail>(
      (binding) => typeof (binding as Partial<SendEmail> | null)?.send === 'function',
      'is not a send_email binding',
    ),
  ),
  MAIL_FROM: v.optional(v.pipe(text, readAs(readSender, MAIL_FROM_PROBLEM))),
  PUBLIC_URL: v.optional(v.pipe(text, readAs(readPublicUrl, PUBLIC_URL_PROBLEM))),
});

interface MailEnvironment {
  EMAIL?: SendEmail | undefined;
  MAIL_FROM?: string | EmailAddress | undefined;
  PUBLIC_URL?: string | undefined;
}

/** @returns `undefined` where mail is not set up */
export function toMailSettings(env: MailEnvironment): MailSettings | undefined {
  const { EMAIL: email, MAIL_FROM: from, PUBLIC_URL: publicUrl } = env;
  if (email === undefined || from === undefined || publicUrl === undefined) return undefined;
  return { email, from, publicUrl };
}

/** Where there is a sender or the binding, somebody wants mail. What is missing then is a mistake, and the log names it. */
export function missingForMail(env: MailEnvironment): SettingFault[] {
  if (env.MAIL_FROM === undefined && env.EMAIL === undefined) return [];
  const names = ['EMAIL', 'MAIL_FROM', 'PUBLIC_URL'] as const;
  return names
    .filter((name) => env[name] === undefined)
    .map((setting) => ({ setting, problem: 'is missing, so no mail is sent' }));
}
