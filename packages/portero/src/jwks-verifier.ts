/**
 * Public: verifies tokens with Portero's public keys, which it fetches from their address. It works in Workers, in Node and in
 * browsers. What it holds verifies tokens and can make none.
 *
 * Portero needs a key pair (`JWT_PRIVATE_KEY`): there are no public keys of a secret.
 *
 * @module
 */
import { createJwtVerifier, type JwtVerifier } from './internal/jwt-verifier.ts';
import type { PublicKey } from './internal/public-key.ts';
import { RemoteKeys } from './internal/remote-keys.ts';
import { fail } from './internal/result.ts';
import { checkOptions, type VerifierOptions } from './internal/verifier-options.ts';
import type { Verification, Verifier } from './verifier.ts';

export type { Caller, TokenReason, Verification, Verifier } from './verifier.ts';

export interface JwksVerifierOptions extends VerifierOptions {
  /** Where the keys are: `/.well-known/jwks.json` of your Portero. An https address, or http on this machine. */
  jwksUrl: string;
}

/** A token of a key that was published just now is refused so. */
const MAY_BE_NEW = ['ERR_JWKS_NO_MATCHING_KEY', 'ERR_JOSE_ALG_NOT_ALLOWED'];

/**
 * Makes a verifier that fetches the public keys. Make one for the life of your program, and not one for each request.
 *
 * The keys are fetched when the first token comes, again after five minutes, and for a token of an unknown key, but then at
 * most every 30 s. While Portero is away, the verifier goes on with the keys that it has, for at most an hour after the last
 * fetch that succeeded. After that, or without any key, its answer is `verifier_unavailable`: a 503.
 *
 * @example
 * ```ts
 * import { createJwksVerifier } from 'portero/jwks-verifier';
 * import { verifyToken } from 'portero/verifier';
 *
 * const verifier = createJwksVerifier({
 *   jwksUrl: 'https://login.example.org/.well-known/jwks.json',
 *   issuer: 'https://login.example.org',
 *   audience: 'portero',
 * });
 * const verdict = await verifyToken(new Request('https://example.org'), verifier);
 * ```
 *
 * @throws TypeError where an option is wrong
 */
export function createJwksVerifier(options: JwksVerifierOptions): Verifier {
  checkOptions(options, 'createJwksVerifier', ['jwksUrl']);
  const { jwksUrl, issuer, audience, clockToleranceSeconds } = options;
  if (!isSafe(jwksUrl)) throw new TypeError('jwksUrl is not an https address');
  const remote = new RemoteKeys(jwksUrl);
  /** What a verifier remembers is true for its keys only. */
  let current: { keys: PublicKey[]; verifier: JwtVerifier } | undefined;

  async function verifyWith(keys: PublicKey[], token: string): Promise<Verification> {
    if (keys.length === 0) return fail('verifier_unavailable');
    if (current?.keys !== keys) {
      const issuance = { issuer, audience };
      current = { keys, verifier: createJwtVerifier({ keys, issuance, clockToleranceSeconds }) };
    }
    return current.verifier.verify(token, Date.now());
  }

  return {
    async verify(token) {
      const verification = await verifyWith(await remote.read(), token);
      if (verification.ok || !MAY_BE_NEW.includes(verification.reason)) return verification;
      const again = await verifyWith(await remote.readAgain(), token);
      const isStillUnknown = !again.ok && MAY_BE_NEW.includes(again.reason);
      return isStillUnknown && remote.isAway ? fail('verifier_unavailable') : again;
    },
  };
}

/** Over plain http, anybody on the way could put in keys of their own. */
function isSafe(address: unknown): boolean {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url?.protocol === 'https:') return true;
  return url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
}
