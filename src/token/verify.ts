/**
 * Verifies tokens: everything that is checked is pinned (RFC 8725).
 *
 * @module
 */
import { base64url, errors, jwtVerify } from 'jose';
import * as v from 'valibot';
import { type Claims, type Issuance, TOKEN_LIFETIME_SECONDS } from './claims.ts';
import { MAX_TOKEN_LENGTH } from './sign.ts';
import type { VerificationKey } from './signing-key.ts';

/** How far the clocks of two machines may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;

const seconds = v.pipe(v.number(), v.integer());
const name = v.pipe(v.string(), v.nonEmpty());

/** Nothing else is in the header of a token of ours: no key, no extension. */
const HeaderSchema = v.strictObject({ alg: v.literal('HS256'), typ: v.literal('JWT'), kid: name });

const ClaimsSchema: v.GenericSchema<unknown, Claims> = v.object({
  iss: v.string(),
  aud: v.string(),
  sub: name,
  name,
  role: name,
  admin: v.optional(v.literal(true)),
  permissions: v.optional(v.array(v.string())),
  iat: seconds,
  nbf: seconds,
  exp: seconds,
  jti: name,
});

/** A refusal's reason is for the log: `too_long`, `malformed`, `claims`, or the `code` of jose's error. */
export type TokenVerdict = { valid: true; claims: Claims } | { valid: false; reason: string };

/**
 * Verifies a token's signature, header and claims.
 *
 * @param keys that are accepted, the one that signs among them
 * @param now milliseconds since 1970
 */
export async function verifyJwt(
  token: string,
  keys: VerificationKey[],
  { issuer, audience }: Issuance,
  now: number,
): Promise<TokenVerdict> {
  if (token.length > MAX_TOKEN_LENGTH) return { valid: false, reason: 'too_long' };
  if (!isCompactJws(token)) return { valid: false, reason: 'malformed' };
  try {
    const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => findKey(kid), {
      algorithms: ['HS256'],
      typ: 'JWT',
      issuer,
      audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    const claims = v.safeParse(ClaimsSchema, payload);
    const hasOurHeader = v.is(HeaderSchema, protectedHeader);
    if (!claims.success || !hasOurHeader || !isOfOurMaking(claims.output)) {
      return { valid: false, reason: 'claims' };
    }
    return { valid: true, claims: claims.output };
  } catch (error) {
    if (error instanceof errors.JOSEError) return { valid: false, reason: error.code };
    throw error;
  }

  function findKey(kid: string | undefined): CryptoKey {
    const known = keys.find(({ id, until = Infinity }) => id === kid && now <= until);
    if (known === undefined) throw new errors.JWKSNoMatchingKey();
    return known.key;
  }
}

/**
 * Whether a token is three parts of base64url as RFC 7515, section 3.1, has them, and the first two are JSON
 * as `JSON.stringify` writes it. jose also reads padding, white space and unused last bits, and of a member
 * that is repeated the last one: one token would have many spellings, and two readers could differ.
 */
function isCompactJws(token: string): boolean {
  const parts = token.split('.');
  return parts.length === 3 && parts.every(isBase64Url) && parts.slice(0, 2).every(isCanonicalJson);
}

function isCanonicalJson(part: string): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      base64url.decode(part),
    );
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

function isBase64Url(text: string): boolean {
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return false;
  return base64url.encode(base64url.decode(text)) === text;
}

/** What `buildClaims` never makes is refused, whoever holds the key. */
function isOfOurMaking({ iat, nbf, exp, admin, permissions }: Claims): boolean {
  const isShortLived = nbf === iat && exp > iat && exp - iat <= TOKEN_LIFETIME_SECONDS;
  return (
    isShortLived && (admin === undefined) !== (permissions === undefined) && isSet(permissions)
  );
}

/** Sorted, and without repeats. */
function isSet(texts: string[] = []): boolean {
  return texts.every((text, index) => index === 0 || (texts[index - 1] ?? '') < text);
}
