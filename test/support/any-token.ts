/** Tokens that are right, nearly right, and wrong in several ways at once. */
import fc from 'fast-check';
import { importSecretKey } from '#portero/internal/secret-key.ts';
import { hmac, signText, validClaims } from './tokens.ts';

export const SECRETS = {
  current: 'the-current-secret-of-32-bytes-or-more',
  previous: 'the-previous-secret-of-32-bytes-or-more',
  unknown: 'a-secret-that-no-verifier-knows-of-32-bytes',
};

/** Seconds since 1970: when the tokens were issued. */
export const ISSUED_AT = 1_800_000_000;

const oddValue = fc.constantFrom<unknown>(
  ...[undefined, null, true, false, 0, -0, 1.5, -1, 1e300, '', 'x', 'JWT', 'é😀', '\ud800', '.'],
  ...[[], ['x'], ['b', 'a'], ['a', 'a'], [1], {}, { x: 1 }, [validClaims().aud]],
);

const time = fc.integer({ min: -10, max: 1810 }).map((seconds) => ISSUED_AT + seconds);

const claims = fc.oneof(
  { weight: 10, arbitrary: fc.constant({}) },
  fc.constantFrom<object>(
    { admin: true, permissions: undefined },
    { admin: true },
    { permissions: ['a.read', 'b.read'], name: 'José 😀 "\\/\u2028' },
    { exp: ISSUED_AT + 60 },
    { exp: ISSUED_AT + 1801 },
    { scope: ['everything'], __proto__: null },
  ),
  time.map((nbf) => ({ iat: nbf, nbf, exp: nbf + 1800 })),
  fc.dictionary(
    fc.constantFrom(...Object.keys(validClaims()), 'admin', 'portero_role', 'x', '__proto__'),
    fc.oneof(oddValue, time),
    { maxKeys: 3 },
  ),
);

const header = fc.oneof(
  { weight: 10, arbitrary: fc.constant({}) },
  fc.constantFrom<object>(
    ...['none', 'HS384', 'hs256', 'RS256', 'ES256', ''].map((alg) => ({ alg })),
    ...['jwt', 'application/jwt', 'Application/JWT', 'at+jwt'].map((typ) => ({ typ })),
    ...[['exp'], ['b64'], [], 'b64', [''], ['b64', 'b64']].map((crit) => ({ crit })),
    { crit: ['b64'], b64: false },
    { crit: ['b64'], b64: true },
    { b64: false },
    { jwk: { kty: 'oct', k: 'AA' } },
  ),
  fc.dictionary(fc.constantFrom('alg', 'typ', 'kid', 'crit', 'b64', 'x', '__proto__'), oddValue, {
    maxKeys: 2,
  }),
);

/** What is done to the JSON before it is signed. */
const rewriting = fc.oneof(
  { weight: 12, arbitrary: fc.constant((json: string) => json) },
  fc.constantFrom<(json: string) => string>(
    (json) => ` ${json}`,
    (json) => `${json}\n`,
    (json) => `\ufeff${json}`,
    (json) => json.replace('{', '{"sub":"x","alg":"none","exp":9999999999,'),
    (json) => json.replace(/}$/, ',"sub":"x","alg":"HS256","exp":9999999999}'),
    (json) => json.replace(/"([a-z])/, (_, letter) => `"\\u00${letter.charCodeAt(0).toString(16)}`),
    (json) => json.replace(/\d(?=[,}])/, '$&.0'),
    (json) => json.replace(/:(\d)/, ':-$1'),
    (json) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json)).reverse())),
    (json) => `[${json}]`,
    (json) => JSON.stringify(json),
    (json) => json.slice(0, -1),
    () => 'null',
    () => '',
  ),
);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \t\né\0';

/** What happens to a token on its way. */
const damage = fc.oneof(
  { weight: 16, arbitrary: fc.constant((token: string) => token) },
  fc
    .tuple(fc.nat(), fc.nat(2), fc.constantFrom(...ALPHABET, ''))
    .map(([at, width, text]) => (token: string) => {
      const index = at % (token.length + 1);
      return token.slice(0, index) + text + token.slice(index + width);
    }),
  // The last character of a part, where unused bits are.
  fc.tuple(fc.nat(2), fc.constantFrom(...ALPHABET)).map(([part, text]) => (token: string) => {
    const parts = token.split('.');
    parts[part] = (parts[part] ?? '').slice(0, -1) + text;
    return parts.join('.');
  }),
  fc.constantFrom<(token: string) => string>(
    (token) => `${token}.`,
    (token) => `${token}.${token}`,
    (token) => token.slice(0, token.lastIndexOf('.')),
    (token) => token.slice(0, token.lastIndexOf('.') + 1),
    (token) => token.replaceAll('-', '+').replaceAll('_', '/'),
    (token) => token.replaceAll('.', '=.'),
    (token) => token.padEnd(8192, 'x'),
    (token) => token.padEnd(8193, 'x'),
    () => '',
    () => '..',
  ),
);

const secret = fc.oneof(
  { weight: 6, arbitrary: fc.constant(SECRETS.current) },
  { weight: 3, arbitrary: fc.constant(SECRETS.previous) },
  fc.constant(SECRETS.unknown),
);

/** A recipe and not the token, because to sign is asynchronous. */
export const anyToken = fc
  .record({
    claims,
    header,
    headerText: rewriting,
    claimsText: rewriting,
    secret,
    signer: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, secret),
    hash: fc.constantFrom(...Array(9).fill('SHA-256'), 'SHA-384'),
    damage,
  })
  .map((recipe) => () => make(recipe));

type Recipe = Record<'claims' | 'header', object> &
  Record<'headerText' | 'claimsText' | 'damage', (text: string) => string> & {
    secret: string;
    signer: string | undefined;
    hash: string;
  };

async function make(recipe: Recipe): Promise<string> {
  const { id } = await importSecretKey(recipe.secret);
  const header = JSON.stringify({ alg: 'HS256', typ: 'JWT', kid: id, ...recipe.header });
  const payload = JSON.stringify({ ...validClaims(ISSUED_AT), ...recipe.claims });
  const key = await hmac(recipe.signer ?? recipe.secret, recipe.hash);
  const token = await signText(recipe.headerText(header), recipe.claimsText(payload), key);
  return recipe.damage(token);
}
