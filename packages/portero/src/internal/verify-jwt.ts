/**
 * Verifies a token. The algorithm, the type, the issuer, the audience and the key are pinned (RFC 8725).
 *
 * @module
 */
import { errors, jwtVerify } from 'jose';
import * as v from 'valibot';
import { type Claims, type Issuance, MAX_TOKEN_LENGTH, TOKEN_LIFETIME_SECONDS } from './claims.ts';
import { isCompactJws } from './compact-jws.ts';
import { fail, type Result, succeed } from './result.ts';
import { ALGORITHMS, type VerificationKey } from './verification-key.ts';
import type { VerifiedToken } from './verified-tokens.ts';

/** The clocks of two machines may differ by this much, where nothing else is said. */
const DEFAULT_CLOCK_TOLERANCE_SECONDS = 5;

/** The widest tolerance. Clocks that differ by more are to be set right: every second lengthens the life of a token. */
export const MAX_CLOCK_TOLERANCE_SECONDS = 60;

const seconds = v.pipe(v.number(), v.integer());
const name = v.pipe(v.string(), v.nonEmpty());

/** Portero writes these members and no others: no key, no extension. */
const HeaderSchema = v.strictObject({
  alg: v.picklist(ALGORITHMS),
  typ: v.literal('JWT'),
  kid: name,
});

/** Claims that are not listed here are for other services, and are left out. */
const ClaimsSchema = v.object({
  iss: v.string(),
  aud: v.string(),
  sub: name,
  name,
  role: name,
  /** The name of the role, where a constant for a database stands in `role`. */
  portero_role: v.optional(name),
  admin: v.optional(v.literal(true)),
  permissions: v.optional(v.array(v.string())),
  iat: seconds,
  nbf: seconds,
  exp: seconds,
  jti: name,
});

/** Why a token is not valid: a reason of our own, or the `code` of an error of jose. */
export type TokenReason = 'too_long' | 'malformed' | 'claims' | `ERR_${string}`;

export interface VerifyJwtOptions {
  /** The keys whose tokens are accepted. */
  keys: VerificationKey[];
  /** The issuer and the audience that the token must name. */
  issuance: Issuance;
  /** A token is accepted this many seconds before its beginning and after its end: 5 by default. */
  clockToleranceSeconds?: number;
}

/**
 * Verifies the form, the signature, the header and the claims of a token.
 *
 * @param now milliseconds since 1970
 */
export async function verifyJwt(
  token: string,
  { keys, issuance, clockToleranceSeconds = DEFAULT_CLOCK_TOLERANCE_SECONDS }: VerifyJwtOptions,
  now: number,
): Promise<Result<VerifiedToken, TokenReason>> {
  if (token.length > MAX_TOKEN_LENGTH) return fail('too_long');
  if (!isCompactJws(token)) return fail('malformed');
  try {
    const find = (header: { kid?: string; alg?: string }) => findKey(keys, header, now);
    const { payload, protectedHeader } = await jwtVerify(token, (header) => find(header).key, {
      algorithms: keys.map(({ algorithm }) => algorithm),
      typ: 'JWT',
      issuer: issuance.issuer,
      audience: issuance.audience,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now),
    });
    const parsed = v.safeParse(ClaimsSchema, payload);
    if (!parsed.success || !v.is(HeaderSchema, protectedHeader)) return fail('claims');
    const { portero_role: roleName, ...output } = parsed.output;
    const claims: Claims = roleName === undefined ? output : { ...output, role: roleName };
    if (!isOfOurMaking(claims)) return fail('claims');
    const { until = Infinity } = find(protectedHeader);
    return succeed({
      claims,
      validFrom: (claims.nbf - clockToleranceSeconds) * 1000,
      validUntil: Math.min((claims.exp + clockToleranceSeconds) * 1000 - 1, until),
    });
  } catch (error) {
    if (error instanceof errors.JOSEError) return fail(error.code as TokenReason);
    throw error;
  }
}

/**
 * Finds the key that a token names, for the algorithm that it names.
 *
 * @throws JWKSNoMatchingKey where the key is unknown, is for another algorithm, or verifies no longer
 */
function findKey(
  keys: VerificationKey[],
  { kid, alg }: { kid?: string; alg?: string },
  now: number,
): VerificationKey {
  const known = keys.find(
    (key) => key.id === kid && key.algorithm === alg && now <= (key.until ?? Infinity),
  );
  if (known === undefined) throw new errors.JWKSNoMatchingKey();
  return known;
}

/** Refuses claims that Portero never writes, even where the signature is right. */
function isOfOurMaking({ iat, nbf, exp, admin, permissions }: Claims): boolean {
  const isShortLived = nbf === iat && exp > iat && exp - iat <= TOKEN_LIFETIME_SECONDS;
  return (
    isShortLived && (admin === undefined) !== (permissions === undefined) && isSet(permissions)
  );
}

/** Whether the texts are sorted and none is repeated. */
function isSet(texts: string[] = []): boolean {
  return texts.every((text, index) => index === 0 || (texts[index - 1] ?? '') < text);
}
