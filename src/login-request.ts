/**
 * The body of a login: `{"UserName", "Password", "CaptchaToken"}`.
 *
 * @module
 */
import * as v from 'valibot';
import { type BodyFault, readMembers } from './json-body.ts';

/** A blank member is the same as a missing one. */
const member = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => (text.trim() === '' ? undefined : text)),
  ),
);

/**
 * Every member is optional here: one that is missing or blank is a refused login (401), not a
 * malformed body.
 */
export const LoginRequest = v.object({ userName: member, password: member, captchaToken: member });
export type LoginRequest = v.InferOutput<typeof LoginRequest>;

/** Without the `u` flag, `i` folds ASCII letters only: `ſ` and the Kelvin sign match nothing. */
const MEMBER_NAMES = {
  userName: /^userName$/i,
  password: /^password$/i,
  captchaToken: /^(captchaToken|turnstileToken)$/i,
};

/** Reads and parses a request's body. */
export async function readLoginRequest(
  request: Request,
): Promise<LoginRequest | BodyFault | 'member_of_wrong_type'> {
  const members = await readMembers(request, MEMBER_NAMES);
  if (typeof members === 'string') return members;
  const result = v.safeParse(LoginRequest, members);
  return result.success ? result.output : 'member_of_wrong_type';
}
