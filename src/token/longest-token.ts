/**
 * How long a token can become, whatever key signs it.
 *
 * @module
 */
import { RSA_BITS } from '#portero/internal/public-key.ts';
import type { NewClaims } from './build-claims.ts';

/** Base64url makes four characters of three bytes. */
const base64Length = (bytes: number) => Math.ceil((bytes * 4) / 3);

/** The thumbprint of a public key: 32 bytes. The `kid` of a secret is shorter. */
const LONGEST_KEY_ID = 'x'.repeat(base64Length(32));

/** RS256 with the longest key that a setting may hold. */
const LONGEST_SIGNATURE_BYTES = RSA_BITS.most / 8;

/**
 * The length of the token, in characters, with the longest header and the longest signature. So a token that is short enough
 * stays so when another key signs.
 *
 * ```ts
 * const isShortEnough = longestTokenLength(claims) <= MAX_TOKEN_LENGTH;
 * ```
 */
export function longestTokenLength(claims: NewClaims): number {
  const header = JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: LONGEST_KEY_ID });
  const parts = [utf8Length(header), utf8Length(JSON.stringify(claims)), LONGEST_SIGNATURE_BYTES];
  const dots = parts.length - 1;
  return parts.reduce((sum, bytes) => sum + base64Length(bytes), dots);
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
