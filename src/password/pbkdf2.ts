/**
 * PBKDF2 under the limits of the production runtime.
 *
 * @module
 */

/** The hash function of PBKDF2's HMAC, as WebCrypto names it. */
export type Pbkdf2Hash = 'SHA-1' | 'SHA-256' | 'SHA-512';

/**
 * The most iterations that Cloudflare's production runtime accepts in one call. `wrangler dev` and
 * the open-source runtime accept any number (cloudflare/workerd#1346), so a larger one would pass
 * every test and fail every login after the deploy.
 */
export const MAX_ITERATIONS_PER_CALL = 100_000;

/**
 * Derives a key with PBKDF2 (RFC 8018, section 5.2) in one WebCrypto call.
 *
 * @param secret the password, or the output of the layer before
 * @param length the key's length in bytes
 * @throws DOMException `NotSupportedError`, with production's own message, above
 *   {@link MAX_ITERATIONS_PER_CALL}
 */
export async function pbkdf2(
  hash: Pbkdf2Hash,
  secret: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  if (iterations > MAX_ITERATIONS_PER_CALL) {
    throw new DOMException(
      `Pbkdf2 failed: iteration counts above ${MAX_ITERATIONS_PER_CALL} are not supported ` +
        `(requested ${iterations}).`,
      'NotSupportedError',
    );
  }
  const key = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash, salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8));
}
