/**
 * The key that signs tokens.
 *
 * @module
 */
import { base64url } from 'jose';

/** The shortest secret in bytes: HS256 wants a key of 256 bits or more (RFC 7518, section 3.2). */
export const MIN_SECRET_BYTES = 32;

export interface SigningKey {
  /** Names the key in a token's `kid`. */
  id: string;
  key: CryptoKey;
}

/** A key whose tokens are accepted. */
export interface VerificationKey extends SigningKey {
  /** The last moment, in milliseconds since 1970; absent for the key that signs. */
  until?: number;
}

/** What the `kid` is a MAC of. It holds no dot, so that it can never be a token's signing input. */
const KEY_ID_LABEL = 'portero/kid/1';

/** Long enough that no two keys share one by chance, short enough for every token's header. */
const KEY_ID_BYTES = 12;

/**
 * Imports the secret once: jose would import a `Uint8Array` anew for every token.
 *
 * The `kid` is a MAC rather than the thumbprint of RFC 7638, which is a plain digest of the secret
 * and would let a weak one be searched for faster than the tokens themselves do.
 *
 * @param secret its UTF-8 bytes are the key, at least {@link MIN_SECRET_BYTES}
 */
export async function importSigningKey(secret: string): Promise<SigningKey> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
    'sign',
    'verify',
  ]);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(KEY_ID_LABEL)));
  return { id: base64url.encode(mac.slice(0, KEY_ID_BYTES)), key };
}

/**
 * Imports the keys whose tokens are accepted, the one that signs first.
 *
 * @param previous while keys are rotated: another secret, and its last moment in milliseconds since 1970
 */
export async function importVerificationKeys(
  secret: string,
  previous: { secret: string; until: number } | undefined,
): Promise<[SigningKey, ...VerificationKey[]]> {
  const key = await importSigningKey(secret);
  if (previous === undefined) return [key];
  return [key, { ...(await importSigningKey(previous.secret)), until: previous.until }];
}
