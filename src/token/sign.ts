/**
 * Signs tokens: HS256 as a compact JWS (RFC 7515, RFC 7519).
 *
 * @module
 */
import { SignJWT } from 'jose';
import type { Claims } from './claims.ts';
import type { SigningKey } from './signing-key.ts';

/** The longest token in characters. Verifiers refuse a longer one before they parse it. */
export const MAX_TOKEN_LENGTH = 8 * 1024;

/** @returns the token; the caller checks that it is within {@link MAX_TOKEN_LENGTH} */
export function signToken(claims: Claims, { id, key }: SigningKey): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: id })
    .sign(key);
}
