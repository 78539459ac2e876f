/**
 * E-mail addresses.
 *
 * @module
 */

/** As long as a user name, as in ASP.NET Core Identity. No mailbox has a longer address (RFC 5321, section 4.5.3.1.3). */
export const MAX_EMAIL_LENGTH = 256;

/**
 * One address and nothing else. The characters that are left out separate addresses or names in the header of a mail (RFC
 * 5322, section 3.4), so a mail could go to somebody else.
 */
const EMAIL_ADDRESS = /^[^\s<>@",;]+@[^\s<>@",;]+$/;

/**
 * Whether a mail can go to the text.
 *
 * ```ts
 * isEmailAddress('jdoe@example.org'); // true
 * isEmailAddress('evil<jdoe@example.org>'); // false
 * ```
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= MAX_EMAIL_LENGTH && EMAIL_ADDRESS.test(text);
}
