/**
 * Issues a token to a user who has logged in.
 *
 * @module
 */
import { type Issuance, MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { buildClaims, type Subject } from './build-claims.ts';
import { type SigningKey, signToken } from './sign.ts';

/** @returns the token, unless it is longer than verifiers read */
export async function issueToken(
  subject: Subject,
  { issuance, signingKey }: { issuance: Issuance; signingKey: SigningKey },
): Promise<Result<string, 'token_too_long'>> {
  const claims = buildClaims(subject, issuance, { now: Date.now(), id: crypto.randomUUID() });
  const token = await signToken(claims, signingKey);
  return token.length > MAX_TOKEN_LENGTH ? fail('token_too_long') : succeed(token);
}
