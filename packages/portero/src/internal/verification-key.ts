/**
 * The keys that tokens are verified with.
 *
 * @module
 */

/** The algorithms of key pairs (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export const PAIR_ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const;
export type PairAlgorithm = (typeof PAIR_ALGORITHMS)[number];

/** `HS256` has one secret for both, to sign and to verify. */
export const ALGORITHMS = ['HS256', ...PAIR_ALGORITHMS] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** A key whose tokens are accepted. */
export interface VerificationKey {
  /** The `kid` of its tokens. */
  id: string;
  /**
   * The only algorithm that the key is used with, whatever the header of a token says (RFC 8725, section 3.1). So no public
   * key is ever tried as an HMAC secret.
   */
  algorithm: Algorithm;
  key: CryptoKey;
  /** The last moment at which the key verifies, in milliseconds since 1970. Without it, the key has no end. */
  until?: number;
}
