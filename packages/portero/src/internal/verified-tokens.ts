/**
 * Remembers the tokens of one verifier that were valid, so that the same text need not be verified again.
 *
 * Why this is safe:
 *
 * - A text is found only by all of its characters, the signature among them. A token that was refused is never in here.
 * - A verifier has the same keys, issuer, audience and tolerance for as long as it lives. So the same text can get another
 *   verdict only because time has passed. Each text is remembered with the span in which it is valid, and outside of it
 *   the verifier looks at the token anew.
 * - Only the signing key makes valid tokens. So to push out the tokens of others takes hundreds of logins, each with a
 *   captcha. A token that was pushed out is verified again, which costs what it costs the first time.
 * - A quick answer tells the bearer of a token that it was used here before, and nothing about any other token.
 *
 * @module
 */
import type { Claims } from './claims.ts';

/** A token that was valid, and when it is. */
export interface VerifiedToken {
  claims: Claims;
  /** The first moment at which the token is valid, in milliseconds since 1970. */
  validFrom: number;
  /** The last one. */
  validUntil: number;
}

/** More than one name gets in half an hour, the life of a token, with 20 logins in 10 s. */
const MAX_TOKENS = 4_096;

/**
 * A token and its claims take about 3 bytes for each of its characters. So both generations take 25 MB at most, of the
 * 128 MB of an isolate.
 */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Two generations: when the recent one is full, it becomes the older one, and what was the older one is forgotten. */
export class VerifiedTokens {
  #recent = new Map<string, VerifiedToken>();
  #recentCharacters = 0;
  #older = new Map<string, VerifiedToken>();

  /**
   * @param now milliseconds since 1970
   * @returns the claims, as an object of the caller's own, where the token is known and valid now
   */
  recall(token: string, now: number): Claims | undefined {
    const known = this.#recent.get(token) ?? this.#older.get(token);
    if (known === undefined || now < known.validFrom || now > known.validUntil) return undefined;
    if (!this.#recent.has(token)) this.#add(token, known);
    return copyOf(known.claims);
  }

  remember(token: string, verified: VerifiedToken): void {
    this.#add(token, { ...verified, claims: copyOf(verified.claims) });
  }

  #add(token: string, verified: VerifiedToken): void {
    if (this.#recent.has(token)) return; // several requests had it at the same time

    const characters = this.#recentCharacters + token.length;
    const isFull = this.#recent.size >= MAX_TOKENS || characters > MAX_CHARACTERS;
    if (isFull) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recentCharacters = isFull ? token.length : characters;
    this.#recent.set(token, verified);
  }
}

/** A handler may change the claims that it gets. That must not change those of the next request. */
function copyOf(claims: Claims): Claims {
  const { permissions } = claims;
  return permissions === undefined ? { ...claims } : { ...claims, permissions: [...permissions] };
}
