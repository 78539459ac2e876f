/**
 * Public: verifies tokens with the secret that signs them, where a service binding to Portero is not possible.
 *
 * HS256 has one key for both. A service that holds the secret can also make tokens, for any user and any permission.
 * Prefer the binding.
 *
 * @module
 */
import { createJwtVerifier, type JwtVerifier } from './internal/jwt-verifier.ts';
import { importPreviousSecret, importSecretKey, problemOfSecret } from './internal/secret-key.ts';
import type { VerificationKey } from './internal/verification-key.ts';
import { checkOptions, type VerifierOptions } from './internal/verifier-options.ts';
import type { Verifier } from './verifier.ts';

export type { Caller, TokenReason, Verification, Verifier } from './verifier.ts';

export interface SecretVerifierOptions extends VerifierOptions {
  /** Portero's `JWT_SECRET`: at least 32 bytes in UTF-8. */
  secret: string;
  /** While keys are rotated: Portero's `JWT_SECRET_PREVIOUS`, and until when it is accepted. */
  previous?: { secret: string; until: Date };
}

/**
 * Makes a verifier that holds the secret.
 *
 * @example
 * ```ts
 * import { createSecretVerifier } from 'portero/secret-verifier';
 * import { verifyToken } from 'portero/verifier';
 *
 * const verifier = createSecretVerifier({
 *   secret: 'the value of JWT_SECRET, 32 bytes or more',
 *   issuer: 'portero',
 *   audience: 'portero',
 * });
 * const verdict = await verifyToken(new Request('https://example.org'), verifier);
 * ```
 *
 * @throws TypeError where an option is wrong
 */
export function createSecretVerifier(options: SecretVerifierOptions): Verifier {
  checkOptions(options, 'createSecretVerifier', ['secret', 'previous']);
  const { secret, issuer, audience, previous, clockToleranceSeconds } = options;
  for (const value of previous === undefined ? [secret] : [secret, previous.secret]) {
    const problem = typeof value === 'string' ? problemOfSecret(value) : 'is no text';
    if (problem !== undefined) throw new TypeError(`a secret ${problem}`);
  }
  if (previous !== undefined && !isDate(previous.until)) {
    throw new TypeError('previous.until is not a date');
  }

  // The verifier is kept and not a promise of it: Workers bind a promise to the request that made it.
  let verifier: JwtVerifier | undefined;
  return {
    async verify(token) {
      verifier ??= createJwtVerifier({
        keys: await importKeys({ secret, previous }),
        issuance: { issuer, audience },
        clockToleranceSeconds,
      });
      return verifier.verify(token, Date.now());
    },
  };
}

async function importKeys({
  secret,
  previous,
}: Pick<SecretVerifierOptions, 'secret' | 'previous'>): Promise<VerificationKey[]> {
  const key = await importSecretKey(secret);
  if (previous === undefined) return [key];
  const until = previous.until.getTime();
  return [key, await importPreviousSecret({ secret: previous.secret, until })];
}

/** A key without an end would be accepted for ever. */
function isDate(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
