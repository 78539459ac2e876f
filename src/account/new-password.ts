/**
 * The new password of a user, held to the policy.
 *
 * @module
 */
import type { MemberError } from '#portero/internal/problem.ts';
import { type Failure, fail, type Result } from '#portero/internal/result.ts';
import { commonestPasswords } from '../password/commonest-passwords.ts';
import { checkNewPassword, DEFAULT_MIN_LENGTH, explainPolicy } from '../password/policy.ts';

/** A result that names `newPassword`, for the caller. */
export type NewPasswordResult = Result<string, 'new_password_refused', { errors: MemberError[] }>;

/** @param ownNames the user's name and e-mail address */
export function readNewPassword(newPassword: string, ownNames: string[]): NewPasswordResult {
  const policy = { minLength: DEFAULT_MIN_LENGTH, commonPasswords: commonestPasswords() };
  const allowed = checkNewPassword(newPassword, ownNames, policy);
  return allowed.ok ? allowed : refuseNewPassword(explainPolicy(allowed.reason, policy));
}

/** @param detail continues the name of the member */
export function refuseNewPassword(
  detail: string,
): Failure<'new_password_refused', { errors: MemberError[] }> {
  return fail('new_password_refused', { errors: [{ member: 'newPassword', detail }] });
}
