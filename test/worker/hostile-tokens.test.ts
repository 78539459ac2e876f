/** Tokens of an attacker, through every door: Portero's routes, the middleware, the RPC method. */
import { env, exports } from 'cloudflare:workers';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { importSigningKey } from '#portero/internal/signing-key.ts';
import { requireToken } from '#portero/middleware.ts';
import { createSecretVerifier } from '#portero/secret-verifier.ts';
import { HEADERS } from '../support/answers.ts';
import { recordLog } from '../support/log.ts';
import { send, wire } from '../support/requests.ts';
import { encode, forge, sign, validClaims } from '../support/tokens.ts';

const now = Math.floor(Date.now() / 1000);
const json = (value: unknown) => JSON.stringify(value);

/** Values that no claim has. */
const WRONG_VALUES = [null, true, false, 0, 1.5, '', 'x', [], ['x'], {}, { x: 1 }];

const CLAIMS = Object.keys(validClaims()) as (keyof ReturnType<typeof validClaims>)[];

/** Of a wrong type, or of the right one and not the value that is wanted. */
const WRONG_CLAIMS = CLAIMS.flatMap((claim) =>
  [undefined, ...WRONG_VALUES]
    .filter((value) => !isAllowed(claim, value))
    .map((value): [string, object] => [`${claim}: ${json(value)}`, { [claim]: value }]),
);

function isAllowed(claim: string, value: unknown): boolean {
  if (claim === 'permissions') return Array.isArray(value);
  if (['sub', 'name', 'role', 'jti'].includes(claim)) return value === 'x';
  return false;
}

const TIMES: [string, object][] = [
  ['expired 6 s ago', { iat: now - 1806, nbf: now - 1806, exp: now - 6 }],
  ['long expired', { iat: 0, nbf: 0, exp: 1800 }],
  ['issued in 10 s', { iat: now + 10, nbf: now + 10, exp: now + 1810 }],
  ['valid from in 10 s', { nbf: now + 10 }],
  ['valid before it was issued', { iat: now, nbf: now - 1 }],
  ['a second too long', { exp: now + 1801 }],
  ['a year long', { exp: now + 31_536_000 }],
  ['of no length', { iat: now, nbf: now, exp: now }],
  ['of a negative length', { iat: now, nbf: now, exp: now - 1 }],
  ['in milliseconds', { iat: now * 1000, nbf: now * 1000, exp: now * 1000 + 1800 }],
  ['beyond every date', { exp: 1e300 }],
  ['with fractions', { iat: now + 0.5, nbf: now + 0.5, exp: now + 1800.5 }],
  ['in negative time', { iat: -1800, nbf: -1800, exp: 0 }],
];

const OTHER_CLAIMS: [string, object][] = [
  ['audiences in a list', { aud: [validClaims().aud] }],
  ['several audiences', { aud: [validClaims().aud, 'x'] }],
  ['an issuer with a slash', { iss: `${validClaims().iss}/` }],
  ['an issuer in capitals', { iss: validClaims().iss.toUpperCase() }],
  ['an administrator with permissions', { admin: true }],
  ['neither', { permissions: undefined }],
  ['admin: false', { admin: false, permissions: undefined }],
  ['admin: 1', { admin: 1, permissions: undefined }],
  ['admin: "true"', { admin: 'true', permissions: undefined }],
  ['admin in a list', { admin: [true], permissions: undefined }],
  ['permissions out of order', { permissions: ['b.read', 'a.read'] }],
  ['permissions twice', { permissions: ['a.read', 'a.read'] }],
  ['permissions of numbers', { permissions: [1] }],
  ['permissions of null', { permissions: [null] }],
  ['permissions in an object', { permissions: { 0: 'users.list', length: 1 } }],
  ['nothing but padding', { padding: 'x'.repeat(8192) }],
  ['a deep nest', { deep: JSON.parse(`${'['.repeat(3000)}${']'.repeat(3000)}`) }],
];

const jwk = { kty: 'oct', k: encode(new TextEncoder().encode('attacker')), alg: 'HS256' };

const HEADERS_OF_TOKENS: [string, object][] = [
  ...['none', 'None', 'HS384', 'HS512', 'hs256', 'RS256', 'ES256', 'PS256', 'EdDSA', ''].map(
    (alg): [string, object] => [`alg: ${json(alg)}`, { alg }],
  ),
  ...[undefined, null, 256, ['HS256'], {}].map((alg): [string, object] => [
    `alg: ${json(alg)}`,
    { alg },
  ]),
  ...[
    undefined,
    null,
    '',
    'jwt',
    'application/jwt',
    'at+jwt',
    'JWS',
    'JWT ',
    'application/jwt+x',
    1,
    ['JWT'],
  ].map((typ): [string, object] => [`typ: ${json(typ)}`, { typ }]),
  ...[
    undefined,
    null,
    '',
    'x',
    0,
    [],
    {},
    '../../etc/passwd',
    "' or 1=1 --",
    '__proto__',
    '😀',
  ].map((kid): [string, object] => [`kid: ${json(kid)}`, { kid }]),
  ['an embedded key', { jwk, kid: undefined }],
  ['an embedded key beside the kid', { jwk, alg: 'none' }],
  ['a key elsewhere', { jku: 'https://attacker.example/keys', kid: 'attacker' }],
  ['a certificate elsewhere', { x5u: 'https://attacker.example/cert', kid: 'attacker' }],
  ['a critical extension', { crit: ['exp'], exp: now }],
  ['an unknown critical extension', { crit: ['https://attacker.example'] }],
  ['an empty crit', { crit: [] }],
  ['b64: false', { crit: ['b64'], b64: false }],
  ['b64: true', { crit: ['b64'], b64: true }],
  ['anything that is not ours', { x: 1 }],
  ['compression', { zip: 'DEF', crit: ['zip'] }],
  ["an encrypted token's header", { alg: 'dir', enc: 'A256GCM' }],
];

let header: { alg: string; typ: string; kid: string };
beforeAll(async () => {
  header = { alg: 'HS256', typ: 'JWT', kid: (await importSigningKey(env.JWT_SECRET)).id };
});

/** Ways to sign what is right in everything else, or to spoil what is signed. */
const SPOILT: [string, () => Promise<string>][] = [
  ['of another secret', () => sign(json(header), json(validClaims()), { secret: 'x'.repeat(40) })],
  ['of an empty secret', () => sign(json(header), json(validClaims()), { secret: '\0' })],
  ['of HMAC-SHA-384', () => sign(json(header), json(validClaims()), { hash: 'SHA-384' })],
  ['of HMAC-SHA-512', () => sign(json(header), json(validClaims()), { hash: 'SHA-512' })],
  ['of HMAC-SHA-1', () => sign(json(header), json(validClaims()), { hash: 'SHA-1' })],
  ...[
    'null',
    '[]',
    '"x"',
    '1',
    '{',
    '',
    ' ',
    '{"exp":1}{"exp":2}',
    '\ufeff{}',
    '{"sub":"a","sub":"b"}',
  ].map((payload): [string, () => Promise<string>] => [
    `with the payload ${json(payload)}`,
    () => sign(json(header), payload),
  ]),
  ...['null', '[]', '"x"', '{', '', '{"alg":"HS256"}', '{"alg":"none","alg":"HS256"}'].map(
    (text): [string, () => Promise<string>] => [
      `with the header ${json(text)}`,
      () => sign(text, json(validClaims())),
    ],
  ),
  ...['sub', 'exp', 'admin', 'permissions'].map((name): [string, () => Promise<string>] => [
    `with ${name} twice, the last one right`,
    () => {
      const claims = { admin: undefined, ...validClaims(now) };
      const value = name === 'admin' ? '' : json({ [name]: claims[name as 'sub'] }).slice(1, -1);
      const payload = json(name === 'admin' ? { ...claims, permissions: undefined } : claims);
      const last = name === 'admin' ? '"admin":true' : value;
      return sign(json(header), payload.replace('{', `{"${name}":0,`).replace(/\}$/, `,${last}}`));
    },
  ]),
  ['with alg twice', () => sign(json(header).replace('{', '{"alg":"none",'), json(validClaims()))],
  ['with a byte order mark', () => sign(json(header), `\ufeff${json(validClaims())}`)],
  ['with white space', () => sign(json(header), JSON.stringify(validClaims(), null, 1))],
  [
    'with an escape more',
    () => sign(json(header), json(validClaims()).replace('jdoe', '\\u006adoe')),
  ],
  [
    'of a key that it brings along',
    () => {
      const k = encode(new TextEncoder().encode('x'.repeat(40)));
      const own = { ...header, jwk: { kty: 'oct', k, alg: 'HS256' } };
      return sign(json(own), json(validClaims()), { secret: 'x'.repeat(40) });
    },
  ],
  [
    'with exp twice, the last one fresh',
    () =>
      sign(
        json(header),
        json(validClaims())
          .replace('{', `{"exp":${now + 99_999},`)
          .replace(/"exp":\d{10},"jti"/, `"exp":${now + 5000},"jti"`),
      ),
  ],
];

const MANGLED: [string, (token: string) => string][] = [
  ['cut short by one', (token) => token.slice(0, -1)],
  ['cut short by ten', (token) => token.slice(0, -10)],
  ['without its signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
  ['without its last part', (token) => token.slice(0, token.lastIndexOf('.'))],
  ['without its first part', (token) => token.slice(token.indexOf('.') + 1)],
  ['in another order', (token) => token.split('.').reverse().join('.')],
  ['with its parts turned', (token) => [1, 0, 2].map((part) => token.split('.')[part]).join('.')],
  ['with a part more', (token) => `${token}.${token.split('.')[2]}`],
  ['with an empty part', (token) => token.replace('.', '..')],
  ['twice', (token) => `${token}.${token}`],
  ['in small letters', (token) => token.toLowerCase()],
  ['with padding', (token) => `${token}=`],
  ['with a space', (token) => token.replace('.', ' .')],
  ['with a tab', (token) => token.replace('.', '\t.')],
  ['with a line break escaped', (token) => `${token}%0a`],
  ['with a NUL escaped', (token) => `${token}%00`],
  ['with a comma behind', (token) => `${token},`],
  ['in quotation marks', (token) => `"${token}"`],
  ['after itself', (token) => `${token}, Bearer ${token}`],
  ['after a second scheme', (token) => `Bearer ${token}`],
  [
    'of plain base64',
    (token) => token.replaceAll('-', '+').replaceAll('_', '/').replace('.', '+.'),
  ],
  ['with unused bits set', (token) => token.slice(0, -1) + withLastBit(token.slice(-1))],
  ['as JSON', (token) => json({ token }).replaceAll(' ', '')],
  ['nothing but dots', () => '...'],
  ['two dots', () => '..'],
  ['a word', () => 'null'],
  ['a path', () => '../../../../etc/passwd'],
  ['a number', () => '1'],
  ['of 8,193 characters', (token) => token.padEnd(8193, 'x')],
  ['of dots alone, thousands', () => '.'.repeat(8000)],
  ...[0, 1, 2].flatMap((part): [string, (token: string) => string][] =>
    [0, 5, 9].map((at) => [
      `with character ${at} of part ${part} changed`,
      (token) => {
        const parts = token.split('.');
        const text = parts[part] ?? '';
        parts[part] = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
        return parts.join('.');
      },
    ]),
  ),
];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function withLastBit(character: string): string {
  return ALPHABET[ALPHABET.indexOf(character) ^ 1] ?? '';
}

const TOKENS: [string, () => Promise<string>][] = [
  ...[...WRONG_CLAIMS, ...TIMES, ...OTHER_CLAIMS].map(([name, claims]): (typeof TOKENS)[number] => [
    `claims: ${name}`,
    () => forgeAny(claims),
  ]),
  ...HEADERS_OF_TOKENS.map(([name, changes]): (typeof TOKENS)[number] => [
    `header: ${name}`,
    () => sign(json({ ...header, ...changes }), json(validClaims())),
  ]),
  ...SPOILT,
  ...MANGLED.map(([name, mangle]): (typeof TOKENS)[number] => [
    name,
    async () => mangle(await forge()),
  ]),
];

/** Signed by hand: jose refuses to make some of them. */
function forgeAny(claims: object): Promise<string> {
  return sign(json(header), json({ ...validClaims(now), ...claims }));
}

const ran = vi.fn(() => new Response('secret'));
const byBinding = new Hono()
  .use(requireToken({ verifier: () => exports.TokenVerifier }))
  .get('*', ran);
const bySecret = new Hono()
  .use(
    requireToken({
      verifier: () =>
        createSecretVerifier({
          secret: env.JWT_SECRET,
          issuer: env.JWT_ISSUER,
          audience: env.JWT_AUDIENCE,
        }),
    }),
  )
  .get('*', ran);

const INVALID = {
  'cache-control': 'no-store',
  'www-authenticate': 'Bearer realm="portero", error="invalid_token"',
};

// However long the tests take, for each of them it is now.
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 }));
afterAll(() => void vi.useRealTimers());
afterEach(() => vi.restoreAllMocks());
afterAll(() => expect(ran).not.toHaveBeenCalled());

test('there are some hundreds of them', () => {
  expect(TOKENS.length).toBeGreaterThan(200);
});

test('one that is right in everything is let through each door', async () => {
  const headers = { Authorization: `Bearer ${await forgeAny({})}` };
  expect((await send('/api/Users/me', { headers })).status).toBe(200);
  for (const door of [byBinding, bySecret]) {
    expect((await door.request('/', { headers })).status).toBe(200);
  }
  ran.mockClear();
});

describe('a token is valid', () => {
  test.each<[string, object]>([
    [
      '4 s after its end, because clocks differ',
      { iat: now - 1804, nbf: now - 1804, exp: now - 4 },
    ],
    ['4 s before its beginning', { iat: now + 4, nbf: now + 4, exp: now + 1804 }],
    ['with less than 1,800 s', { exp: now + 60 }],
    ['with claims of no meaning to us', { jku: 'x', scope: ['everything'] }],
  ])('%s', async (_, claims) => {
    const verification = await exports.TokenVerifier.verify(await forgeAny(claims));
    expect(verification).toMatchObject({ ok: true });
  });

  test('with 8,192 characters, and with more it is not even parsed', async () => {
    const log = recordLog();
    // Six thousand bytes are more than eight thousand characters; base64 has no token of each length.
    let padding = 6_000;
    let token = '';
    do token = await forgeAny({ padding: 'x'.repeat(--padding) });
    while (token.length > 8192);
    expect(token.length).toBeGreaterThan(8189);
    expect(await exports.TokenVerifier.verify(token)).toMatchObject({ ok: true });
    const longer = await forgeAny({ padding: 'x'.repeat(padding + 1) });
    expect(await exports.TokenVerifier.verify(longer)).toEqual({ ok: false, reason: 'too_long' });
    expect(log.events('token_refused')).toEqual([{ event: 'token_refused', reason: 'too_long' }]);
  });
});

describe('a verifier with the secret', () => {
  const span = (from: number) => ({ iat: now + from, nbf: now + from, exp: now + from + 1800 });

  test.each<[number | undefined, number, boolean]>([
    [undefined, 4, true],
    [undefined, 6, false],
    [0, -1, true],
    [0, 0, false],
    [0, 1, false],
    [5, 4, true],
    [5, 6, false],
    [30, 29, true],
    [30, 31, false],
    [60, 59, true],
    [60, 60, false],
    [60, 61, false],
  ])('that tolerates %s s, and a token %i s after its end: %s', async (tolerance, late, ok) => {
    const result = await verifyWith(tolerance, span(-1800 - late));
    expect(result).toMatchObject(ok ? { ok } : { ok, reason: 'ERR_JWT_EXPIRED' });
  });

  test.each<[number | undefined, number, boolean]>([
    [undefined, 5, true],
    [undefined, 6, false],
    [0, 0, true],
    [0, 1, false],
    [60, 60, true],
    [60, 61, false],
  ])('that tolerates %s s, and a token %i s before its start: %s', async (tolerance, early, ok) => {
    const result = await verifyWith(tolerance, span(early));
    expect(result).toMatchObject(ok ? { ok } : { ok, reason: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
  });

  test.each<[string, object]>([
    ['too long by its tolerance', { exp: now + 1860 }],
    ['without an end', { exp: undefined }],
    ['of no length', { iat: now, nbf: now, exp: now }],
    ['for another service', { aud: 'x' }],
  ])('and the widest tolerance tolerates no token %s', async (_, claims) => {
    expect(await verifyWith(60, claims)).toMatchObject({ ok: false });
  });

  async function verifyWith(clockToleranceSeconds: number | undefined, claims: object) {
    const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
    const options = { secret, issuer, audience, clockToleranceSeconds };
    return createSecretVerifier(options).verify(await forgeAny(claims));
  }
});

test.each(TOKENS)('a token is invalid: %s', async (_, make) => {
  const token = await make();
  const headers = { Authorization: `Bearer ${token}` };
  for (const path of ['/api/Users/me', '/api/Users', '/api/Users/x']) {
    const answer = await wire(await send(path, { headers }));
    expect(answer).toEqual({ status: 401, headers: { ...HEADERS, ...INVALID }, body: '' });
  }
  for (const door of [byBinding, bySecret]) {
    const answer = await wire(await door.request('/', { headers }));
    expect(answer).toEqual({ status: 401, headers: INVALID, body: '' });
  }
  expect(await exports.TokenVerifier.verify(token)).toEqual({
    ok: false,
    reason: expect.stringMatching(/^(too_long|malformed|claims|ERR_\w+)$/),
  });
});

test.each([undefined, null, 1, {}, []])(
  'what is no text is no token for RPC: %j',
  async (value) => {
    expect(await exports.TokenVerifier.verify(value as unknown as string)).toEqual({
      ok: false,
      reason: 'malformed',
    });
  },
);
