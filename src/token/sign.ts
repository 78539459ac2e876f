/**
 * Signs tokens: HS256, as a compact JWS (RFC 7515, RFC 7519).
 *
 * @module
 */
import { SignJWT } from 'jose';
import type { Claims } from '#portero/internal/claims.ts';
import type { SigningKey } from '#portero/internal/signing-key.ts';

/** @returns the token. The caller checks that it has no more than `MAX_TOKEN_LENGTH` characters */
export function signToken(claims: Claims, { id, key }: SigningKey): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: id })
    .sign(key);
}
