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
  | 'blank'
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
  if (password.trim() === '') return 'blank'; // a login takes it for a missing one
  if (length > MAX_LENGTH) return 'too_long';
  // HMAC pads a short key with zero bytes, so that passwords which differ in them would be the same.
  if (password.includes('\0')) return 'holds_nul';
  if (!password.isWellFormed()) return 'malformed';
  if (ownNames.some((name) => name.toLowerCase() === folded)) return 'is_own_name';
  if (RUNS.some((run) => run.includes(folded))) return 'common';
  // Few common passwords are this long. What people do to a short one is repeat it, or count on.
  const unit = repeatedUnit(folded.replace(/\d+$/, '') || folded);
  if (commonPasswords.has(folded) || commonPasswords.has(unit)) return 'common';
  return isRepetitive(folded) ? 'repetitive' : null;
}

/** Goes on from `The password`, for people. */
export function describePasswordFault(fault: PasswordFault, { minLength }: PasswordPolicy): string {
  return {
    too_short: `has fewer than ${minLength} characters`,
    blank: 'is nothing but white space',
    too_long: `has more than ${MAX_LENGTH} characters`,
    holds_nul: 'holds the character U+0000',
    malformed: 'is not valid Unicode',
    common: 'is among the commonest, which are guessed first',
    repetitive: 'only repeats a few characters',
    is_own_name: "is the user's own name or e-mail address",
  }[fault];
}

function isRepetitive(text: string): boolean {
  const { length } = repeatedUnit(text);
  return length < LOWEST_MIN_LENGTH && 2 * length <= text.length;
}

/** The keyboard and the alphabet, on and back, twice over. */
const RUNS = ['1234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm']
  .flatMap((run) => [run, Array.from(run).reverse().join('')])
  .map((run) => run + run);

/** The shortest text whose repetition `text` begins: `abc` of `abcabca`, all of `abcd`. */
function repeatedUnit(text: string): string {
  let length = 1;
  while (!text.startsWith(text.slice(length))) length++;
  return text.slice(0, length);
}
