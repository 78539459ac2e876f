/**
 * What a new password must be. Long, not well known, and nothing else: composition rules make
 * passwords weaker (NIST SP 800-63B-4, section 3.1.1.2).
 *
 * @module
 */

/** NIST SP 800-63B-4 asks for 15 characters where the password is the only factor. */
export const DEFAULT_MIN_LENGTH = 15;

/** The least that a setting may lower it to (NIST SP 800-63B-4). */
export const LOWEST_MIN_LENGTH = 8;

/** Long enough for every passphrase; a longer one might not fit into the body of a login. */
export const MAX_LENGTH = 1_024;

export type PasswordFault =
  | 'too_short'
  | 'too_long'
  | 'holds_nul'
  | 'malformed'
  | 'common'
  | 'repetitive'
  | 'is_own_name';

export interface PasswordPolicy {
  /** In Unicode code points. */
  minLength: number;
  /** The commonest passwords, in lower case. */
  commonPasswords: ReadonlySet<string>;
}

/**
 * Checks a new password. Stored ones are not held to it.
 *
 * @param ownNames the user's name and e-mail address
 * @returns the first fault, or `null`
 */
export function findPasswordFault(
  password: string,
  ownNames: string[],
  { minLength, commonPasswords }: PasswordPolicy,
): PasswordFault | null {
  const length = Array.from(password).length;
  const folded = password.toLowerCase();
  if (length < minLength) return 'too_short';
  if (length > MAX_LENGTH) return 'too_long';
  // HMAC pads a short key with zero bytes, so that passwords which differ in them would be the same.
  if (password.includes('\0')) return 'holds_nul';
  if (!password.isWellFormed()) return 'malformed';
  if (ownNames.some((name) => name.toLowerCase() === folded)) return 'is_own_name';
  if (commonPasswords.has(folded)) return 'common';
  const unit = repeatedUnit(folded);
  if (unit.length < Math.min(LOWEST_MIN_LENGTH, folded.length)) return 'repetitive';
  if (commonPasswords.has(unit)) return 'common';
  return null;
}

/** The shortest text that `text` is a repetition of: `abc` of `abcabc`, all of `abcd`. */
function repeatedUnit(text: string): string {
  return text.slice(0, (text + text).indexOf(text, 1));
}
