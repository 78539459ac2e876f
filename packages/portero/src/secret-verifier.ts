/**
 * Public: verifies tokens with the secret that signs them, where a service binding to Portero is not possible.
 *
 * HS256 has one key for both. A service that holds the secret can also make tokens, for any user and any permission.
 * Prefer the binding.
 *
 * @module
 */
import { createJwtVerifier, type JwtVerifier } from './internal/jwt-verifier.ts';
import { importVerificationKeys, MIN_SECRET_BYTES } from './internal/signing-key.ts';
import { MAX_CLOCK_TOLERANCE_SECONDS } from './internal/verify-jwt.ts';
import type { Verifier } from './verifier.ts';

export type { Caller, TokenReason, Verification, Verifier } from './verifier.ts';

export interface SecretVerifierOptions {
  /** Portero's `JWT_SECRET`: at least 32 bytes in UTF-8. */
  secret: string;
  /** Portero's `JWT_ISSUER`. */
  issuer: string;
  /** Portero's `JWT_AUDIENCE`. */
  audience: string;
  /** While keys are rotated: Portero's `JWT_SECRET_PREVIOUS`, and until when it is accepted. */
  previous?: { secret: string; until: Date };
  /**
   * How far the clocks of this service and of Portero may differ: whole seconds from 0 to 60, and 5 by default. A token
   * is accepted this much before its beginning and after its end.
   */
  clockToleranceSeconds?: number;
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
  if (typeof options !== 'object' || options === null) throw new TypeError('options are needed');
  const { secret, issuer, audience, previous, clockToleranceSeconds, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`createSecretVerifier has no option ${unknown}`);
  for (const value of previous === undefined ? [secret] : [secret, previous.secret]) {
    if (typeof value !== 'string' || new TextEncoder().encode(value).length < MIN_SECRET_BYTES) {
      throw new TypeError(`a secret is shorter than ${MIN_SECRET_BYTES} bytes`);
    }
  }
  if (!issuer || !audience) throw new TypeError('issuer and audience are both needed');
  if (previous !== undefined && !isDate(previous.until)) {
    throw new TypeError('previous.until is not a date');
  }
  if (clockToleranceSeconds !== undefined && !isTolerance(clockToleranceSeconds)) {
    throw new TypeError(
      `clockToleranceSeconds is not a whole number from 0 to ${MAX_CLOCK_TOLERANCE_SECONDS}`,
    );
  }

  // The verifier is kept and not a promise of it: Workers bind a promise to the request that made it.
  let verifier: JwtVerifier | undefined;
  return {
    async verify(token) {
      verifier ??= createJwtVerifier({
        keys: await importVerificationKeys(
          secret,
          previous && { secret: previous.secret, until: previous.until.getTime() },
        ),
        issuance: { issuer, audience },
        clockToleranceSeconds,
      });
      return verifier.verify(token, Date.now());
    },
  };
}

function isTolerance(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_CLOCK_TOLERANCE_SECONDS;
}

/** A key without an end would be accepted for ever. */
function isDate(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
