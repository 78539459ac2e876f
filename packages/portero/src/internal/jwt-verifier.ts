/**
 * Verifies tokens, and remembers those that are valid.
 *
 * @module
 */
import type { Claims } from './claims.ts';
import { type Result, succeed } from './result.ts';
import { VerifiedTokens } from './verified-tokens.ts';
import { type TokenReason, type VerifyJwtOptions, verifyJwt } from './verify-jwt.ts';

export interface JwtVerifier {
  /**
   * Verifies the form, the signature, the header and the claims of a token.
   *
   * @param now milliseconds since 1970
   * @returns the claims, as an object that nobody else has
   */
  verify(token: string, now: number): Promise<Result<Claims, TokenReason>>;
}

/** Makes a verifier with a memory of its own: what it remembers is true for its keys and its issuance only. */
export function createJwtVerifier(options: VerifyJwtOptions): JwtVerifier {
  const verifiedTokens = new VerifiedTokens();
  return {
    async verify(token, now) {
      const known = verifiedTokens.recall(token, now);
      if (known !== undefined) return succeed(known);
      const verification = await verifyJwt(token, options, now);
      if (!verification.ok) return verification;
      verifiedTokens.remember(token, verification.value);
      return succeed(verification.value.claims);
    },
  };
}
