/** Key pairs: who signs, who verifies, and what everybody can read. */
import {
  base64url,
  calculateJwkThumbprint,
  createLocalJWKSet,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { PAIR_ALGORITHMS, type PairAlgorithm } from '#portero/internal/verification-key.ts';
import { createSecretVerifier } from '#portero/secret-verifier.ts';
import type { SettingFault } from '../../src/settings/fault.ts';
import { callsTo, forgetCalls } from '../support/control.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { makePair, type TestPair } from '../support/key-pairs.ts';
import { recordLog } from '../support/log.ts';
import { loginBody, loginRequest, ORIGIN, sendWith, wire } from '../support/requests.ts';
import { TEST_ENV } from '../support/test-env.ts';
import { forge } from '../support/tokens.ts';

/** The test bindings, with settings that `wrangler.toml` does not list. */
type Settings = Partial<Env> & Record<string, unknown>;

const KEY_SET = '/.well-known/jwks.json';
const CONFIGURATION = '/.well-known/openid-configuration';

let pairs: Record<PairAlgorithm, TestPair>;
let another: TestPair;

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
  const made = await Promise.all(PAIR_ALGORITHMS.map((alg) => makePair(alg)));
  pairs = Object.fromEntries(
    PAIR_ALGORITHMS.map((alg, index) => [alg, made[index]]),
  ) as typeof pairs;
  another = await makePair('ES256');
});
afterEach(() => vi.restoreAllMocks());

const get = (path: string, settings: Settings = {}, headers: Record<string, string> = {}) =>
  sendWith(settings, new Request(`${ORIGIN}${path}`, { headers }));

async function tokenWith(settings: Settings): Promise<string> {
  const response = await sendWith(settings, loginRequest(await loginBody('jdoe')));
  return (await response.json<{ token: string }>()).token;
}

async function statusOf(token: string, settings: Settings): Promise<number> {
  return (await get('/api/Users/me', settings, { Authorization: `Bearer ${token}` })).status;
}

async function idsAt(settings: Settings): Promise<string[]> {
  const { keys } = await (await get(KEY_SET, settings)).json<JSONWebKeySet>();
  return keys.map(({ kid = '' }) => kid);
}

const idOf = ({ jwk }: TestPair) => calculateJwkThumbprint(jwk);
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

describe.each(PAIR_ALGORITHMS)('a pair of %s', (alg) => {
  test('signs, and its published key verifies with any library', async () => {
    const settings = { JWT_PRIVATE_KEY: pairs[alg].privateKey };
    const token = await tokenWith(settings);
    const published = await (await get(KEY_SET, settings)).json<JSONWebKeySet>();
    const verified = await jwtVerify(token, createLocalJWKSet(published), {
      issuer: TEST_ENV.JWT_ISSUER,
      audience: TEST_ENV.JWT_AUDIENCE,
    });
    expect(verified.protectedHeader).toEqual({ alg, typ: 'JWT', kid: await idOf(pairs[alg]) });
    expect(verified.payload).toMatchObject({ name: 'jdoe', role: 'Sales' });
    expect(await statusOf(token, settings)).toBe(200);
  });

  test('needs no secret, and a secret beside it verifies nothing', async () => {
    const { JWT_SECRET } = TEST_ENV;
    for (const secret of ['', 'short', JWT_SECRET]) {
      const settings = { JWT_PRIVATE_KEY: pairs[alg].privateKey, JWT_SECRET: secret };
      expect(await statusOf(await tokenWith(settings), settings)).toBe(200);
      expect(await statusOf(await forge(), settings)).toBe(401);
    }
  });

  test('is published without anything private, whatever its setting holds', async () => {
    const { privateKey, jwk } = pairs[alg];
    const settings = {
      JWT_PRIVATE_KEY: JSON.stringify({ ...jwk, kid: 'mine', key_ops: ['sign'], x5c: ['x'] }),
    };
    const { keys } = await (await get(KEY_SET, settings)).json<JSONWebKeySet>();
    const { kty, crv, x, y, n, e } = jwk;
    const kid = await idOf(pairs[alg]);
    expect(keys).toEqual([{ kty, crv, x, y, n, e, kid, alg, use: 'sig' }].map(withoutHoles));
    expect(privateKey).toContain(jwk.d);
    expect(JSON.stringify(keys)).not.toContain(jwk.d);
  });
});

const withoutHoles = (value: object) => JSON.parse(JSON.stringify(value));

describe('the key set', () => {
  test('is empty beside a secret', async () => {
    const answer = await wire(await get(KEY_SET));
    expect(answer).toEqual({
      status: 200,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'Retry-After, WWW-Authenticate, ETag, Location',
        'cache-control': 'public, max-age=300',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'content-type': 'application/json',
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
      },
      body: '{"keys":[]}',
    });
  });

  test('has the next key before it signs, and the last one until its end', async () => {
    const { ES256, EdDSA, RS256 } = pairs;
    const settings = {
      JWT_PRIVATE_KEY: ES256.privateKey,
      JWT_PUBLIC_KEY_NEXT: EdDSA.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS: RS256.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS_UNTIL: inAnHour(),
      JWT_SECRET_PREVIOUS: TEST_ENV.JWT_SECRET,
      JWT_SECRET_PREVIOUS_UNTIL: inAnHour(),
    };
    const ids = await Promise.all([ES256, RS256, EdDSA].map(idOf));
    expect(await idsAt(settings)).toEqual(ids);
    for (const { privateKey } of [ES256, RS256, EdDSA]) {
      expect(await statusOf(await tokenWith({ JWT_PRIVATE_KEY: privateKey }), settings)).toBe(200);
    }
    const ended = {
      ...settings,
      JWT_PUBLIC_KEY_PREVIOUS_UNTIL: new Date(Date.now() - 1000).toISOString(),
    };
    expect(await idsAt(ended)).toEqual([ids[0], ids[2]]);
    expect(await statusOf(await tokenWith({ JWT_PRIVATE_KEY: RS256.privateKey }), ended)).toBe(401);
  });

  test('is kept by no cache beyond the end of a key in it', async () => {
    const settings = {
      JWT_PRIVATE_KEY: pairs.ES256.privateKey,
      JWT_PUBLIC_KEY_PREVIOUS: another.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS_UNTIL: new Date(Date.now() + 120_000).toISOString(),
    };
    const cacheControl = (await get(KEY_SET, settings)).headers.get('Cache-Control') ?? '';
    const [, seconds] = /^public, max-age=(\d+)$/.exec(cacheControl) ?? [];
    expect(Number(seconds)).toBeLessThanOrEqual(120);
    expect(Number(seconds)).toBeGreaterThan(0);
  });

  test('is for the pages of every origin, also before they ask', async () => {
    const headers = { Origin: 'https://anybody.example' };
    expect((await get(KEY_SET, {}, headers)).headers.get('Access-Control-Allow-Origin')).toBe('*');
    const preflight = new Request(`${ORIGIN}${KEY_SET}`, {
      method: 'OPTIONS',
      headers: { ...headers, 'Access-Control-Request-Method': 'GET' },
    });
    const answer = await sendWith({ CORS_ORIGINS: headers.Origin }, preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
  });

  test('asks the database nothing', async () => {
    await forgetCalls();
    await get(KEY_SET, { JWT_PRIVATE_KEY: pairs.ES256.privateKey });
    await get(CONFIGURATION);
    expect(await callsTo('database')).toEqual([]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('has no %s', async (method) => {
    for (const path of [KEY_SET, CONFIGURATION]) {
      const response = await sendWith({}, new Request(`${ORIGIN}${path}`, { method }));
      expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  test.each<[string, Settings]>([
    ['DATABASE_URL', { DATABASE_URL: '' }],
    ['TURNSTILE_SECRET_KEY', { TURNSTILE_SECRET_KEY: '' }],
    ['TOKEN_CLAIMS', { TOKEN_CLAIMS: '{' }],
  ])('is there while %s is faulty', async (_, faulty) => {
    const settings = { ...faulty, JWT_PRIVATE_KEY: pairs.ES256.privateKey };
    expect((await get('/api/Config', settings)).status).toBe(503);
    expect(await idsAt(settings)).toEqual([await idOf(pairs.ES256)]);
    expect((await get(CONFIGURATION, settings)).status).toBe(200);
  });

  test('is a 503 that no cache keeps where a key is faulty', async () => {
    const response = await get(KEY_SET, { JWT_PRIVATE_KEY: '{}' });
    expect(response.status).toBe(503);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
  });
});

describe('the configuration for an issuer’s address', () => {
  test.each(['https://login.example.org', 'https://login.example.org/', 'https://x.example:8443'])(
    'tells of %s what is true, and no more',
    async (JWT_ISSUER) => {
      const settings = { JWT_ISSUER, JWT_PRIVATE_KEY: pairs.EdDSA.privateKey };
      const response = await get(CONFIGURATION, settings);
      expect(response.headers.get('Cache-Control')).toBe('public, max-age=300');
      expect(await response.json()).toEqual({
        issuer: JWT_ISSUER,
        jwks_uri: `${new URL(JWT_ISSUER).origin}${KEY_SET}`,
        id_token_signing_alg_values_supported: ['EdDSA'],
      });
    },
  );

  test('names each algorithm of the public keys, and not that of a secret beside them', async () => {
    const settings = {
      JWT_PUBLIC_KEY_NEXT: pairs.RS256.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS: pairs.ES256.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS_UNTIL: inAnHour(),
    };
    expect(await (await get(CONFIGURATION, settings)).json()).toMatchObject({
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    });
  });

  test('names HS256 where a secret alone signs', async () => {
    expect(await (await get(CONFIGURATION)).json()).toMatchObject({
      id_token_signing_alg_values_supported: ['HS256'],
    });
  });

  test.each([
    'portero',
    'http://login.example.org',
    'https://login.example.org/login',
    'https://login.example.org/?x',
    'https://LOGIN.example.org',
    'https://user@login.example.org',
    'urn:portero',
  ])('is not there for the issuer %s', async (JWT_ISSUER) => {
    expect((await get(CONFIGURATION, { JWT_ISSUER })).status).toBe(404);
  });
});

describe('a private key that cannot be used is a 503, and the log names the setting:', () => {
  const NO_JWK = 'is not a key (a JWK) whose alg is one of ES256, EdDSA, RS256';
  const spoilt = (alg: string) => `is cut short or spoilt: it is no key of ${alg}`;

  test.each<[string, () => unknown, string]>([
    ['blank', () => ' ', 'is not the JSON of a key (a JWK)'],
    ['no JSON', () => 'x', 'is not the JSON of a key (a JWK)'],
    ['cut short', () => pairs.ES256.privateKey.slice(0, -5), 'is not the JSON of a key (a JWK)'],
    ['a number', () => 1, 'is not a string'],
    ['null', () => 'null', NO_JWK],
    ['a list', () => `[${pairs.ES256.privateKey}]`, NO_JWK],
    ['a key set', () => `{"keys":[${pairs.ES256.privateKey}]}`, NO_JWK],
    ['without an algorithm', () => change('ES256', { alg: undefined }), NO_JWK],
    ['of HS256', () => JSON.stringify({ kty: 'oct', alg: 'HS256', k: 'A'.repeat(43) }), NO_JWK],
    ['of ES384', () => change('ES256', { alg: 'ES384' }), NO_JWK],
    ['of PS256', () => change('RS256', { alg: 'PS256' }), NO_JWK],
    ['of none', () => change('ES256', { alg: 'none' }), NO_JWK],
    ['public', () => pairs.ES256.publicKey, 'is a public key: set the private one'],
    ['public, of RSA', () => pairs.RS256.publicKey, 'is a public key: set the private one'],
    [
      'of another algorithm than its own',
      () => change('ES256', { alg: 'RS256' }),
      'is not a key of RS256: kty and crv are others',
    ],
    [
      'of another curve',
      () => change('ES256', { crv: 'P-384' }),
      'is not a key of ES256: kty and crv are others',
    ],
    ['for encryption', () => change('ES256', { use: 'enc' }), 'is not a key for signatures'],
    [
      'without its x',
      () => change('EdDSA', { x: undefined }),
      'is cut short or spoilt: its x is no number',
    ],
    [
      'with a number of another spelling',
      () => change('ES256', { x: `${pairs.ES256.jwk.x}=` }),
      'is cut short or spoilt: its x is no number',
    ],
    ['with a short d', () => change('ES256', { d: 'AAAA' }), spoilt('ES256')],
    ['with another pair’s d', () => change('ES256', { d: another.jwk.d }), spoilt('ES256')],
    [
      'with another pair’s d, of Ed25519',
      () => change('EdDSA', { d: another.jwk.d }),
      spoilt('EdDSA'),
    ],
    ['of RSA without its primes', () => change('RS256', { p: undefined }), spoilt('RS256')],
    [
      'of RSA with a zero before its modulus',
      () => change('RS256', { n: withZero(pairs.RS256.jwk.n) }),
      'is cut short or spoilt: its n begins with a zero',
    ],
    [
      'of RSA with the exponent 1',
      () => change('RS256', { e: 'AQ' }),
      'has another public exponent than 65537',
    ],
    [
      'of RSA with the exponent 3',
      () => change('RS256', { e: 'Aw' }),
      'has another public exponent than 65537',
    ],
    [
      'of RSA and 1,024 bits',
      () =>
        change('RS256', {
          n: base64url.encode(base64url.decode(pairs.RS256.jwk.n ?? '').slice(0, 128)),
        }),
      'has 1024 bits: an RSA key has 2048 to 4096',
    ],
  ])('%s', async (_, make, problem) => {
    const log = recordLog();
    const JWT_PRIVATE_KEY = make();
    const settings = { JWT_PRIVATE_KEY } as Settings;
    expect((await get('/api/Config', settings)).status).toBe(503);
    expect(log.events('settings_refused')).toEqual([
      { event: 'settings_refused', faults: [{ setting: 'JWT_PRIVATE_KEY', problem }] },
    ]);
  });

  /** The private key of a pair with other members. */
  const change = (alg: PairAlgorithm, members: object) =>
    JSON.stringify({ ...pairs[alg].jwk, ...members });
});

const withZero = (n = '') => base64url.encode(new Uint8Array([0, ...base64url.decode(n)]));

describe('a key of a pair is no secret', () => {
  const pem =
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----';

  test.each<[string, () => string]>([
    ['public', () => pairs.ES256.publicKey],
    ['private', () => pairs.RS256.privateKey],
    ['indented', () => JSON.stringify(pairs.EdDSA.jwk, null, 2)],
    ['in PEM', () => pem],
  ])('%s', async (_, make) => {
    const log = recordLog();
    const problem = 'is a key of a pair, and no secret';
    expect((await get('/api/Config', { JWT_SECRET: make() })).status).toBe(503);
    expect(log.events('settings_refused')).toMatchObject([
      { faults: [{ setting: 'JWT_SECRET', problem }] },
    ]);
    const previous = { JWT_SECRET_PREVIOUS: make(), JWT_SECRET_PREVIOUS_UNTIL: inAnHour() };
    expect((await get('/api/Config', previous)).status).toBe(200);
    expect(log.events('settings_left_out')).toMatchObject([
      { faults: [{ setting: 'JWT_SECRET_PREVIOUS', problem }] },
    ]);
    const options = { secret: make(), issuer: 'portero', audience: 'portero' };
    expect(() => createSecretVerifier(options)).toThrow(`a secret ${problem}`);
  });
});

describe('a public key that cannot be used is left out, and logged:', () => {
  test.each<[string, () => Settings, string]>([
    [
      'a next key that is private',
      () => ({ JWT_PUBLIC_KEY_NEXT: another.privateKey }),
      'JWT_PUBLIC_KEY_NEXT holds a private key: set the public one alone',
    ],
    [
      'a next key that is a secret',
      () => ({ JWT_PUBLIC_KEY_NEXT: TEST_ENV.JWT_SECRET }),
      'JWT_PUBLIC_KEY_NEXT is not the JSON of a key (a JWK)',
    ],
    [
      'a next key that signs already',
      () => ({ JWT_PUBLIC_KEY_NEXT: pairs.ES256.publicKey }),
      'JWT_PUBLIC_KEY_NEXT is the key of another setting: set the other key, or delete it',
    ],
    [
      'a previous key without an end',
      () => ({ JWT_PUBLIC_KEY_PREVIOUS: another.publicKey }),
      'JWT_PUBLIC_KEY_PREVIOUS_UNTIL is missing: set the time until which the key verifies',
    ],
    [
      'an end without a key',
      () => ({ JWT_PUBLIC_KEY_PREVIOUS_UNTIL: inAnHour() }),
      'JWT_PUBLIC_KEY_PREVIOUS is missing: set it, or delete JWT_PUBLIC_KEY_PREVIOUS_UNTIL',
    ],
    [
      'a next key that has an end as the previous one',
      () => ({
        JWT_PUBLIC_KEY_PREVIOUS: another.publicKey,
        JWT_PUBLIC_KEY_PREVIOUS_UNTIL: inAnHour(),
        JWT_PUBLIC_KEY_NEXT: another.publicKey,
      }),
      'JWT_PUBLIC_KEY_NEXT is the key of another setting: set the other key, or delete it',
    ],
  ])('%s', async (_, make, fault) => {
    const log = recordLog();
    const settings = { JWT_PRIVATE_KEY: pairs.ES256.privateKey, ...make() };
    expect(await statusOf(await tokenWith(settings), settings)).toBe(200);
    const [{ faults }] = log.events('settings_left_out');
    expect(
      (faults as SettingFault[]).map(({ setting, problem }) => `${setting} ${problem}`),
    ).toEqual([fault]);
  });
});
