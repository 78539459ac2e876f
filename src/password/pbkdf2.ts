/**
 * PBKDF2 under the limits of the production runtime.
 *
 * @module
 */

/** The hash function of PBKDF2's HMAC, as WebCrypto names it. */
export type Pbkdf2Hash = 'SHA-1' | 'SHA-256' | 'SHA-512';

/** The input of PBKDF2 (RFC 8018, section 5.2). */
export interface Pbkdf2Input {
  hash: Pbkdf2Hash;
  /** The bytes of a password, or the output of the layer below. */
  secret: Uint8Array;
  salt: Uint8Array;
  iterations: number;
  /** The length of the key in bytes. */
  keyLength: number;
}

/**
 * The most iterations that Cloudflare's production runtime accepts in one call. `wrangler dev` and the open-source
 * runtime accept any number (cloudflare/workerd#1346). So code with a larger number would pass every test, and fail
 * every login after the deploy.
 */
export const MAX_ITERATIONS_PER_CALL = 100_000;

/**
 * Derives a key with PBKDF2 in one WebCrypto call.
 *
 * @throws DOMException `NotSupportedError`, with the message of the production runtime, above
 *   {@link MAX_ITERATIONS_PER_CALL}
 */
export async function pbkdf2(input: Pbkdf2Input): Promise<Uint8Array> {
  const { hash, secret, salt, iterations, keyLength } = input;
  if (iterations > MAX_ITERATIONS_PER_CALL) {
    throw new DOMException(
      `Pbkdf2 failed: iteration counts above ${MAX_ITERATIONS_PER_CALL} are not supported ` +
        `(requested ${iterations}).`,
      'NotSupportedError',
    );
  }
  const key = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash, salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, keyLength * 8));
}
