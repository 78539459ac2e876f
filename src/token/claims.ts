/**
 * The claims of a token: who the caller is and what it may do.
 *
 * @module
 */
import type { Grants } from '../permission.ts';

/** How long a token lives. There is no refresh token: after half an hour the user logs in again. */
export const TOKEN_LIFETIME_SECONDS = 1_800;

/** Whom a token is issued for. */
export interface Subject {
  id: string;
  userName: string;
  role: { name: string; isAdmin: boolean; permissions: string[] };
}

/** Who issues a token, and for whom it is meant. */
export interface Issuance {
  issuer: string;
  audience: string;
}

/** The claims (RFC 7519, section 4.1, and the service's own). Times are seconds since 1970. */
export interface Claims extends Grants {
  iss: string;
  aud: string;
  /** The user's id. */
  sub: string;
  /** The user name, as stored. */
  name: string;
  /** The name of the user's role. */
  role: string;
  /** Present for an administrator, who may do everything. */
  admin?: true;
  /** Sorted, without repeats; absent for an administrator. */
  permissions?: string[];
  iat: number;
  nbf: number;
  exp: number;
  /** The token's own id. */
  jti: string;
}

/**
 * Builds the claims of a new token.
 *
 * @param now milliseconds since 1970
 * @param id the token's own, unique
 */
export function buildClaims(
  subject: Subject,
  { issuer, audience }: Issuance,
  now: number,
  id: string,
): Claims {
  const issuedAt = Math.floor(now / 1000);
  const { name, isAdmin, permissions } = subject.role;
  return {
    iss: issuer,
    aud: audience,
    sub: subject.id,
    name: subject.userName,
    role: name,
    ...(isAdmin ? { admin: true } : { permissions: [...new Set(permissions)].sort() }),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + TOKEN_LIFETIME_SECONDS,
    jti: id,
  };
}
