/**
 * The members that the bodies of several routes have.
 *
 * @module
 */
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { type BodyReason, readMembers } from './http/json-body.ts';
import { trimName } from './user-name.ts';

/** A blank member is the same as a missing one. */
const toMember = v.transform((text: string) => (text.trim() === '' ? undefined : text));

/** A text that may be missing. A route refuses a missing member after the captcha, so the body is not malformed. */
export const textMember = v.optional(v.pipe(v.string(), toMember));

/**
 * A user name. White space around it is removed here, before limits, slots, lockout and lookup see the name. Otherwise every
 * padding would be another name for them, with five more guesses.
 */
export const userNameMember = v.optional(v.pipe(v.string(), v.transform(trimName), toMember));

/**
 * The spellings of the members. Without the flag `u`, the flag `i` folds ASCII letters only: `ſ` and the Kelvin sign match
 * nothing.
 */
export const SPELLINGS = {
  userName: /^userName$/i,
  password: /^password$/i,
  currentPassword: /^currentPassword$/i,
  newPassword: /^newPassword$/i,
  token: /^token$/i,
  captchaToken: /^(captchaToken|turnstileToken)$/i,
};

/** Reads and parses a body whose faults need not be named. */
export async function readBody<T>(
  request: Request,
  schema: v.GenericSchema<unknown, T>,
  spellings: Record<string, RegExp>,
): Promise<Result<T, BodyReason | 'member_of_wrong_type'>> {
  const members = await readMembers(request, spellings);
  if (!members.ok) return members;
  const result = v.safeParse(schema, members.value);
  return result.success ? succeed(result.output) : fail('member_of_wrong_type');
}
