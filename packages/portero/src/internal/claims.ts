/**
 * What a token says about its caller.
 *
 * @module
 */
import type { Grants } from './permission.ts';

/** How long a token is valid. There is no refresh token: after half an hour the user logs in again. */
export const TOKEN_LIFETIME_SECONDS = 1_800;

/**
 * The longest token in characters. A verifier refuses a longer one before it parses it, so that a caller cannot
 * make it work for nothing.
 */
export const MAX_TOKEN_LENGTH = 8 * 1024;

/**
 * The claims of a token: the registered ones of RFC 7519, section 4.1, and Portero's own.
 * Times are whole seconds since 1970.
 */
export interface Claims extends Grants {
  /** Portero's `JWT_ISSUER`. */
  iss: string;
  /** Portero's `JWT_AUDIENCE`. */
  aud: string;
  /** The id of the user. */
  sub: string;
  /** The user name, as it is stored. */
  name: string;
  /** The name of the user's role. */
  role: string;
  /** When the token was issued. */
  iat: number;
  /** From when on the token is valid: the same as `iat`. */
  nbf: number;
  /** When the token expires: {@link TOKEN_LIFETIME_SECONDS} after `iat`. */
  exp: number;
  /** The id of the token. */
  jti: string;
}

/** Who issues the tokens, and for which services. */
export interface Issuance {
  issuer: string;
  audience: string;
}
