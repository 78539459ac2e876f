/**
 * The secrets of HS256. Each one signs and verifies.
 *
 * @module
 */
import { base64url } from 'jose';
import type { VerificationKey } from './verification-key.ts';

/** The shortest secret in bytes: HS256 needs a key of at least 256 bits (RFC 7518, section 3.2). */
export const MIN_SECRET_BYTES = 32;

/** A second secret while keys are rotated. */
export interface PreviousSecret {
  secret: string;
  /** The last moment at which it verifies, in milliseconds since 1970. */
  until: number;
}

/** The `kid` is a MAC of this text. The text has no dot, so a token's signing input can never be the same. */
const KEY_ID_LABEL = 'portero/kid/1';

/** Long enough that two keys never have the same id by chance, and short enough for the header of every token. */
const KEY_ID_BYTES = 12;

/** The JSON of a key, or a key in PEM. */
const KEY_OF_A_PAIR = /^\s*(\{.*"kty"|-----BEGIN )/s;

/**
 * Tells what is wrong with a secret: fixed text, which continues its name. A public key is refused, because everybody has it and
 * could sign with it.
 */
export function problemOfSecret(secret: string): string | undefined {
  if (KEY_OF_A_PAIR.test(secret)) return 'is a key of a pair, and no secret';
  const isShort = new TextEncoder().encode(secret).length < MIN_SECRET_BYTES;
  return isShort ? `is shorter than ${MIN_SECRET_BYTES} bytes` : undefined;
}

/**
 * Imports the secret once. jose would import a `Uint8Array` again for every token.
 *
 * The `kid` is a MAC and not the thumbprint of RFC 7638. A thumbprint is a plain digest of the secret: with it, an
 * attacker could try weak secrets faster than with a token.
 *
 * @param secret its UTF-8 bytes are the key. {@link problemOfSecret} finds nothing wrong with it
 */
export async function importSecretKey(secret: string): Promise<VerificationKey> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
    'sign',
    'verify',
  ]);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(KEY_ID_LABEL)));
  return { id: base64url.encode(mac.slice(0, KEY_ID_BYTES)), algorithm: 'HS256', key };
}

/** Imports a second secret, and when it ends. */
export async function importPreviousSecret(previous: PreviousSecret): Promise<VerificationKey> {
  return { ...(await importSecretKey(previous.secret)), until: previous.until };
}
