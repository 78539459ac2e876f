/**
 * Builds the claims of a new token.
 *
 * @module
 */
import { type Claims, type Issuance, TOKEN_LIFETIME_SECONDS } from '#portero/internal/claims.ts';

/** The user that a token is issued to. */
export interface Subject {
  id: string;
  userName: string;
  role: { name: string; isAdmin: boolean; permissions: string[] };
}

export interface TokenInstance {
  /** Milliseconds since 1970. */
  now: number;
  /** The `jti` of the token. No two tokens have the same. */
  id: string;
}

/**
 * Builds the claims of a new token.
 *
 * ```ts
 * const claims = buildClaims(account, settings.issuance, { now: Date.now(), id: crypto.randomUUID() });
 * ```
 */
export function buildClaims(
  subject: Subject,
  { issuer, audience }: Issuance,
  { now, id }: TokenInstance,
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
