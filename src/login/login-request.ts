/**
 * The body of a login: `{"UserName", "Password", "CaptchaToken"}`.
 *
 * @module
 */
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { type BodyReason, readMembers } from '../http/json-body.ts';

/** A blank member is the same as a missing one. */
const member = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => (text.trim() === '' ? undefined : text)),
  ),
);

/**
 * Every member is optional here. Where a member is missing or blank, the login is refused with 401. The body is not
 * malformed.
 */
export const LoginRequest = v.object({ userName: member, password: member, captchaToken: member });
export type LoginRequest = v.InferOutput<typeof LoginRequest>;

/** Without the flag `u`, the flag `i` folds ASCII letters only: `ſ` and the Kelvin sign match nothing. */
const MEMBER_NAMES = {
  userName: /^userName$/i,
  password: /^password$/i,
  captchaToken: /^(captchaToken|turnstileToken)$/i,
};

/** Reads and parses the body of a login. */
export async function readLoginRequest(
  request: Request,
): Promise<Result<LoginRequest, BodyReason | 'member_of_wrong_type'>> {
  const members = await readMembers(request, MEMBER_NAMES);
  if (!members.ok) return members;
  const result = v.safeParse(LoginRequest, members.value);
  return result.success ? succeed(result.output) : fail('member_of_wrong_type');
}
