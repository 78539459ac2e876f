/**
 * Builds the claims of a new token.
 *
 * @module
 */
import { type Claims, type Issuance, TOKEN_LIFETIME_SECONDS } from '#portero/internal/claims.ts';
import { type AddedClaims, fillIn, NO_ADDED_CLAIMS } from './added-claims.ts';

/** The user that a token is issued to. */
export interface Subject {
  id: string;
  userName: string;
  role: {
    id: number;
    name: string;
    isAdmin: boolean;
    /** An administrator's are those of all modules, where added claims list them. */
    permissions: string[];
  };
}

/** The claims of a token before it is signed. Where a constant stands in `role`, the role's name is in `portero_role`. */
export type NewClaims = Claims & { portero_role?: string; [added: string]: unknown };

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
 *
 * @param added the claims of `TOKEN_CLAIMS`. None of them has the name of another claim
 */
export function buildClaims(
  subject: Subject,
  { issuer, audience }: Issuance,
  { now, id }: TokenInstance,
  added: AddedClaims = NO_ADDED_CLAIMS,
): NewClaims {
  const issuedAt = Math.floor(now / 1000);
  const { name, isAdmin } = subject.role;
  const permissions = [...new Set(subject.role.permissions)].sort();
  const values = {
    'user.id': subject.id,
    'user.name': subject.userName,
    'role.id': String(subject.role.id),
    'role.name': name,
    admin: String(isAdmin),
  };
  return {
    iss: issuer,
    aud: audience,
    sub: subject.id,
    name: subject.userName,
    // PostgREST reads it as a role of the database. So where a constant is set, no role's name ever stands here.
    role: added.role ?? name,
    ...(added.role === undefined ? {} : { portero_role: name }),
    ...(isAdmin ? { admin: true } : { permissions }),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + TOKEN_LIFETIME_SECONDS,
    jti: id,
    ...fillIn(added, { values, permissions }),
  };
}
