/**
 * Public: verifies tokens with the secret that signs them, where no service binding to Portero is possible.
 *
 * HS256 has one key for both: whoever holds the secret can also mint tokens, for any user and any
 * permission. Prefer the binding.
 *
 * @module
 */
import {
  importVerificationKeys,
  MIN_SECRET_BYTES,
  type VerificationKey,
} from './token/signing-key.ts';
import { verifyJwt } from './token/verify.ts';
import type { Verifier } from './verifier.ts';

export type { Caller, Verification, Verifier } from './verifier.ts';

export interface SecretVerifierOptions {
  /** Portero's `JWT_SECRET`, at least 32 bytes in UTF-8. */
  secret: string;
  /** Portero's `JWT_ISSUER`. */
  issuer: string;
  /** Portero's `JWT_AUDIENCE`. */
  audience: string;
  /** While keys are rotated: Portero's `JWT_SECRET_PREVIOUS`, and until when it is accepted. */
  previous?: { secret: string; until: Date };
}

/**
 * Makes a verifier that holds the secret.
 *
 * @throws TypeError for options that are wrong
 */
export function secretVerifier(options: SecretVerifierOptions): Verifier {
  const { secret, issuer, audience, previous, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`secretVerifier has no option ${unknown}`);
  for (const value of previous === undefined ? [secret] : [secret, previous.secret]) {
    if (typeof value !== 'string' || new TextEncoder().encode(value).length < MIN_SECRET_BYTES) {
      throw new TypeError(`a secret is shorter than ${MIN_SECRET_BYTES} bytes`);
    }
  }
  if (!issuer || !audience) throw new TypeError('issuer and audience are both needed');
  if (previous !== undefined && !isDate(previous.until)) {
    throw new TypeError('previous.until is not a date');
  }

  // The keys, not a promise of them, which would belong to the request that made it.
  let keys: VerificationKey[] | undefined;
  return {
    async verify(token) {
      keys ??= await importVerificationKeys(
        secret,
        previous && { secret: previous.secret, until: previous.until.getTime() },
      );
      const verdict = await verifyJwt(token, keys, { issuer, audience }, Date.now());
      return verdict.valid ? { outcome: 'valid', caller: verdict.claims } : { outcome: 'invalid' };
    },
  };
}

/** A key without an end would be accepted for ever. */
function isDate(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}
