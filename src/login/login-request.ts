/**
 * The body of a login: `{"UserName", "Password", "CaptchaToken"}`.
 *
 * @module
 */
import * as v from 'valibot';
import type { Result } from '#portero/internal/result.ts';
import type { BodyReason } from '../http/json-body.ts';
import { readBody, SPELLINGS, textMember, userNameMember } from '../members.ts';

/**
 * Every member is optional here. Where a member is missing or blank, the login is refused with 401. The body is not
 * malformed. A password is taken as it is.
 */
export const LoginRequest = v.object({
  userName: userNameMember,
  password: textMember,
  captchaToken: textMember,
});
export type LoginRequest = v.InferOutput<typeof LoginRequest>;

const { userName, password, captchaToken } = SPELLINGS;

/** Reads and parses the body of a login. */
export function readLoginRequest(
  request: Request,
): Promise<Result<LoginRequest, BodyReason | 'member_of_wrong_type'>> {
  return readBody(request, LoginRequest, { userName, password, captchaToken });
}
