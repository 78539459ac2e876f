/**
 * The policy for new passwords, for the pages. `npm run generate` bundles it into `public/password-policy.js`.
 *
 * @module
 */
import { commonestPasswords } from '../src/password/commonest-passwords.ts';
import {
  checkNewPassword,
  DEFAULT_MIN_LENGTH,
  explainPolicy,
  MAX_LENGTH,
  type PasswordPolicyReason,
  POLICY_REASONS,
} from '../src/password/policy.ts';

export const MIN_LENGTH = DEFAULT_MIN_LENGTH;
export { MAX_LENGTH };

const policy = { minLength: DEFAULT_MIN_LENGTH, commonPasswords: commonestPasswords() };

/** @returns the first rule that the password breaks, or `undefined` for a good one */
export function assessPassword(
  password: string,
  ownNames: string[],
): PasswordPolicyReason | undefined {
  const checked = checkNewPassword(password, ownNames, policy);
  return checked.ok ? undefined : checked.reason;
}

/** @param detail of the service, in English. @returns the rule that it is about */
export function reasonOf(detail: string | undefined): PasswordPolicyReason | undefined {
  return POLICY_REASONS.find((reason) => explainPolicy(reason, policy) === detail);
}
