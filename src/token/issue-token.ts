/**
 * Issues a token to a user who has logged in.
 *
 * @module
 */
import { type Issuance, MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { log } from '../log.ts';
import type { AddedClaims } from './added-claims.ts';
import { buildClaims, type Subject } from './build-claims.ts';
import { type SigningKey, signToken } from './sign.ts';

export interface TokenSettings {
  issuance: Issuance;
  signingKey: SigningKey;
  addedClaims: AddedClaims;
}

/**
 * Issues a token. Where only the added claims make it longer than verifiers read, it is issued without them: Portero's own routes
 * and services need none of them.
 *
 * @returns the token, unless it is too long even so
 */
export async function issueToken(
  subject: Subject,
  { issuance, signingKey, addedClaims }: TokenSettings,
): Promise<Result<string, 'token_too_long'>> {
  const instance = { now: Date.now(), id: crypto.randomUUID() };
  const sign = (added: AddedClaims) =>
    signToken(buildClaims(subject, issuance, instance, added), signingKey);
  const token = await sign(addedClaims);
  if (token.length <= MAX_TOKEN_LENGTH) return succeed(token);
  // A constant in `role` stays: without it, a database would read the role's name.
  const shorter = await sign({ ...addedClaims, texts: [], lists: [] });
  if (shorter.length > MAX_TOKEN_LENGTH) return fail('token_too_long');
  log({ event: 'claims_left_out', userId: subject.id });
  return succeed(shorter);
}
