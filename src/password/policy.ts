/**
 * The rules for a new password. It must be long and not well known, and nothing else: composition rules make passwords
 * weaker (NIST SP 800-63B-4, section 3.1.1.2).
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/** NIST SP 800-63B-4 asks for 15 characters where the password is the only factor. */
export const DEFAULT_MIN_LENGTH = 15;

/** A setting may not lower it further (NIST SP 800-63B-4). */
export const LOWEST_MIN_LENGTH = 8;

/** Long enough for every passphrase. A longer password might not fit into the body of a login. */
export const MAX_LENGTH = 1_024;

export const POLICY_REASONS = [
  'too_short',
  'blank',
  'too_long',
  'holds_nul',
  'malformed',
  'common',
  'repetitive',
  'is_own_name',
] as const;

export type PasswordPolicyReason = (typeof POLICY_REASONS)[number];

export interface PasswordPolicy {
  /** In Unicode code points. */
  minLength: number;
  /** Well-known passwords, in lower case. */
  commonPasswords: ReadonlySet<string>;
}

/**
 * Checks a new password. Stored passwords are not held to the policy.
 *
 * @param ownNames the user's name and e-mail address
 * @returns the password, or the first rule that it breaks
 */
export function checkNewPassword(
  password: string,
  ownNames: string[],
  { minLength, commonPasswords }: PasswordPolicy,
): Result<string, PasswordPolicyReason> {
  const length = Array.from(password).length;
  const folded = password.toLowerCase();
  if (length < minLength) return fail('too_short');
  if (password.trim() === '') return fail('blank'); // a login treats it as a missing password
  if (length > MAX_LENGTH) return fail('too_long');
  // HMAC pads a short key with zero bytes. So passwords that differ only in U+0000 at the end would be the same.
  if (password.includes('\0')) return fail('holds_nul');
  if (!password.isWellFormed()) return fail('malformed');
  if (ownNames.some((name) => name.toLowerCase() === folded)) return fail('is_own_name');
  if (RUNS.some((run) => run.includes(folded))) return fail('common');
  // Few common passwords are this long. People repeat a short one, or put digits behind it.
  const unit = repeatedUnit(folded.replace(/\d+$/, '') || folded);
  if (commonPasswords.has(folded) || commonPasswords.has(unit)) return fail('common');
  return isRepetitive(folded) ? fail('repetitive') : succeed(password);
}

/** Says for people which rule a password breaks. The text continues a sentence: `The password …`. */
export function explainPolicy(reason: PasswordPolicyReason, { minLength }: PasswordPolicy): string {
  return {
    too_short: `has fewer than ${minLength} characters`,
    blank: 'is nothing but white space',
    too_long: `has more than ${MAX_LENGTH} characters`,
    holds_nul: 'holds the character U+0000',
    malformed: 'is not valid Unicode',
    common: 'is among the commonest, which are guessed first',
    repetitive: 'only repeats a few characters',
    is_own_name: "is the user's own name or e-mail address",
  }[reason];
}

function isRepetitive(text: string): boolean {
  const { length } = repeatedUnit(text);
  return length < LOWEST_MIN_LENGTH && 2 * length <= text.length;
}

/** The keyboard and the alphabet, forwards and backwards, twice over. */
const RUNS = ['1234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm']
  .flatMap((run) => [run, Array.from(run).reverse().join('')])
  .map((run) => run + run);

/** Returns the shortest text that makes `text` when it is repeated: `abc` for `abcabca`, all of `abcd` for `abcd`. */
function repeatedUnit(text: string): string {
  let length = 1;
  while (!text.startsWith(text.slice(length))) length++;
  return text.slice(0, length);
}
