/**
 * What the verifier has to say of a token: the plain way, which decodes each part as often as it is looked at and
 * remembers nothing.
 */
import { base64url, errors, jwtVerify } from 'jose';
import * as v from 'valibot';
import { type Claims, MAX_TOKEN_LENGTH, TOKEN_LIFETIME_SECONDS } from '#portero/internal/claims.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { TokenReason, VerifyJwtOptions } from '#portero/internal/verify-jwt.ts';

const seconds = v.pipe(v.number(), v.integer());
const name = v.pipe(v.string(), v.nonEmpty());

const HeaderSchema = v.strictObject({ alg: v.literal('HS256'), typ: v.literal('JWT'), kid: name });

const ClaimsSchema = v.object({
  iss: v.string(),
  aud: v.string(),
  sub: name,
  name,
  role: name,
  portero_role: v.optional(name),
  admin: v.optional(v.literal(true)),
  permissions: v.optional(v.array(v.string())),
  iat: seconds,
  nbf: seconds,
  exp: seconds,
  jti: name,
});

export async function verifyPlainly(
  token: string,
  { keys, issuance, clockToleranceSeconds = 5 }: VerifyJwtOptions,
  now: number,
): Promise<Result<Claims, TokenReason>> {
  if (token.length > MAX_TOKEN_LENGTH) return fail('too_long');
  if (!isCompactJws(token)) return fail('malformed');
  try {
    const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => findKey(kid), {
      algorithms: ['HS256'],
      typ: 'JWT',
      issuer: issuance.issuer,
      audience: issuance.audience,
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(now),
    });
    const claims = v.safeParse(ClaimsSchema, payload);
    const hasOurHeader = v.is(HeaderSchema, protectedHeader);
    if (!claims.success || !hasOurHeader || !isOfOurMaking(claims.output)) return fail('claims');
    const { portero_role = claims.output.role, ...rest } = claims.output;
    return succeed({ ...rest, role: portero_role });
  } catch (error) {
    if (error instanceof errors.JOSEError) return fail(error.code as TokenReason);
    throw error;
  }

  function findKey(kid: string | undefined): CryptoKey {
    const known = keys.find(({ id, until = Infinity }) => id === kid && now <= until);
    if (known === undefined) throw new errors.JWKSNoMatchingKey();
    return known.key;
  }
}

/** Three parts of base64url, the first two of them JSON exactly as `JSON.stringify` writes it. */
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

function isOfOurMaking({ iat, nbf, exp, admin, permissions }: Claims): boolean {
  const isShortLived = nbf === iat && exp > iat && exp - iat <= TOKEN_LIFETIME_SECONDS;
  return (
    isShortLived && (admin === undefined) !== (permissions === undefined) && isSet(permissions)
  );
}

function isSet(texts: string[] = []): boolean {
  return texts.every((text, index) => index === 0 || (texts[index - 1] ?? '') < text);
}
