/**
 * The claims of a token: who the caller is and what it may do.
 *
 * @module
 */
import * as v from 'valibot';

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

const seconds = v.pipe(v.number(), v.integer());

/** The claims (RFC 7519, section 4.1, and the service's own). Times are seconds since 1970. */
export const Claims = v.object({
  iss: v.string(),
  aud: v.string(),
  /** The user's id. */
  sub: v.pipe(v.string(), v.nonEmpty()),
  /** The user name, as stored. */
  name: v.string(),
  /** The name of the user's role. */
  role: v.string(),
  /** Present for an administrator, who may do everything. */
  admin: v.optional(v.literal(true)),
  /** Sorted, without repeats; absent for an administrator. */
  permissions: v.optional(v.array(v.string())),
  iat: seconds,
  nbf: seconds,
  exp: seconds,
  jti: v.pipe(v.string(), v.nonEmpty()),
});
export type Claims = v.InferOutput<typeof Claims>;

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
