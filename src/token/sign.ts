/**
 * Signs tokens, as a compact JWS (RFC 7515, RFC 7519).
 *
 * @module
 */
import { SignJWT } from 'jose';
import type { Algorithm } from '#portero/internal/verification-key.ts';
import type { NewClaims } from './build-claims.ts';

/** The key that signs tokens. */
export interface SigningKey {
  /** The `kid` of its tokens. */
  id: string;
  /** The only algorithm that the key is used with (RFC 8725, section 3.1). */
  algorithm: Algorithm;
  key: CryptoKey;
}

/** @returns the token. The caller checks that it has no more than `MAX_TOKEN_LENGTH` characters */
export function signToken(claims: NewClaims, { id, algorithm, key }: SigningKey): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: id })
    .sign(key);
}
