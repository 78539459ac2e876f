/**
 * The body of a login: `{"UserName", "Password", "CaptchaToken"}`.
 *
 * @module
 */
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { type BodyReason, readMembers } from '../http/json-body.ts';
import { trimName } from '../user-name.ts';

/** A blank member is the same as a missing one. */
const toMember = v.transform((text: string) => (text.trim() === '' ? undefined : text));

const member = v.optional(v.pipe(v.string(), toMember));

/**
 * White space around the name is removed here, before limits, slots, lockout and lookup see the name. Otherwise every padding
 * would be another name for them, with five more guesses. A password is taken as it is.
 */
const userName = v.optional(v.pipe(v.string(), v.transform(trimName), toMember));

/**
 * Every member is optional here. Where a member is missing or blank, the login is refused with 401. The body is not
 * malformed.
 */
export const LoginRequest = v.object({ userName, password: member, captchaToken: member });
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
