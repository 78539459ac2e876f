/** Tokens of an attacker, for keys of every algorithm, through every door: Portero's routes, RPC, the middleware. */
import { createExecutionContext } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { Hono } from 'hono';
import { base64url, exportSPKI, importJWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { importSecretKey } from '#portero/internal/secret-key.ts';
import {
  ALGORITHMS,
  type Algorithm,
  type PairAlgorithm,
} from '#portero/internal/verification-key.ts';
import { createJwksVerifier } from '#portero/jwks-verifier.ts';
import { requireToken } from '#portero/middleware.ts';
import { createSecretVerifier } from '#portero/secret-verifier.ts';
import type { Verifier } from '#portero/verifier.ts';
import { TokenVerifier } from '../../src/token-verifier.ts';
import { HEADERS } from '../support/answers.ts';
import { NOW } from '../support/hostile-claims.ts';
import { forgeAny, hostileTokens, type Signer } from '../support/hostile-tokens.ts';
import { makePair } from '../support/key-pairs.ts';
import { recordLog } from '../support/log.ts';
import { ORIGIN, sendAndLeave, sendWith, wire } from '../support/requests.ts';
import { hmac, signText } from '../support/tokens.ts';

interface Door extends Signer {
  /** The Worker whose key signs. */
  bindings: Env;
}

async function makeDoor(alg: Algorithm): Promise<Door> {
  if (alg !== 'HS256') return makePairsDoor(alg);
  const { id: kid } = await importSecretKey(env.JWT_SECRET);
  const key = await hmac(env.JWT_SECRET);
  return {
    header: { alg, typ: 'JWT', kid },
    sign: (header, payload) => signText(header, payload, key),
    secrets: [env.JWT_SECRET],
    bindings: env,
  };
}

async function makePairsDoor(alg: PairAlgorithm): Promise<Door> {
  const { privateKey, publicKey, jwk } = await makePair(alg);
  const key = (await importJWK(jwk, alg)) as CryptoKey;
  const bindings: Env = Object.assign({ ...env }, { JWT_PRIVATE_KEY: privateKey });
  const keySet = await readKeySet(bindings);
  const { keys } = JSON.parse(keySet);
  const publicCryptoKey = (await importJWK(keys[0], alg, { extractable: true })) as CryptoKey;
  return {
    header: { alg, typ: 'JWT', kid: keys[0].kid },
    sign: (header, payload) => signText(header, payload, key),
    secrets: [
      env.JWT_SECRET, // which verifies nothing beside a private key
      publicKey,
      keySet,
      JSON.stringify(keys[0]),
      await exportSPKI(publicCryptoKey),
      base64url.decode(jwk.x ?? jwk.n ?? ''),
    ],
    bindings,
  };
}

async function readKeySet(bindings: Env): Promise<string> {
  const response = await sendWith(bindings, new Request(`${ORIGIN}/.well-known/jwks.json`));
  return response.text();
}

const made = await Promise.all(ALGORITHMS.map(makeDoor));
const DOORS = Object.fromEntries(ALGORITHMS.map((alg, index) => [alg, made[index]])) as Record<
  Algorithm,
  Door
>;

const ran = vi.fn(() => new Response('secret'));
const behind = (verifier: Verifier) =>
  new Hono().use(requireToken({ verifier: () => verifier })).get('*', ran);

const bySecret = behind(
  createSecretVerifier({
    secret: env.JWT_SECRET,
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
  }),
);

/** A verifier that has fetched the keys of a Worker once. No time passes in this file, so it fetches none again. */
async function makeJwksVerifier({ bindings }: Door): Promise<Verifier> {
  const keySet = await readKeySet(bindings);
  const fetching = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async () => new Response(keySet));
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  const jwksUrl = `${ORIGIN}/.well-known/jwks.json`;
  const verifier = createJwksVerifier({ jwksUrl, issuer, audience });
  await verifier.verify('');
  fetching.mockRestore();
  return verifier;
}

function rpcOf({ header, bindings }: Door): Verifier {
  return header.alg === 'HS256'
    ? exports.TokenVerifier
    : new TokenVerifier(createExecutionContext(), bindings);
}

const INVALID = {
  'cache-control': 'no-store',
  'www-authenticate': 'Bearer realm="portero", error="invalid_token"',
};

// However long the tests take, for each of them it is now.
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW * 1000 }));
afterAll(() => void vi.useRealTimers());
afterEach(() => vi.restoreAllMocks());
afterAll(() => expect(ran).not.toHaveBeenCalled());

describe.each(ALGORITHMS)('by %s', (alg) => {
  const door = DOORS[alg];
  const rpc = rpcOf(door);
  const byRpc = behind(rpc);
  const tokens = hostileTokens(door);
  let byKeySet: ReturnType<typeof behind>;

  beforeAll(async () => {
    // The public keys of some pair are tried on the tokens of a secret too.
    byKeySet = behind(await makeJwksVerifier(alg === 'HS256' ? DOORS.ES256 : door));
  });

  async function request(path: string, headers: Record<string, string>): Promise<Response> {
    const sent = await sendAndLeave(new Request(`${ORIGIN}${path}`, { headers }), door.bindings);
    await sent.rest();
    return sent.response;
  }

  test('there are some hundreds of them', () => {
    expect(tokens.length).toBeGreaterThan(250);
  });

  test('one that is right in everything is let through each door that has its key', async () => {
    const headers = { Authorization: `Bearer ${await forgeAny(door, {})}` };
    expect((await request('/api/Users/me', headers)).status).toBe(200);
    expect((await byRpc.request('/', { headers })).status).toBe(200);
    const isSecret = alg === 'HS256';
    expect((await bySecret.request('/', { headers })).status).toBe(isSecret ? 200 : 401);
    expect((await byKeySet.request('/', { headers })).status).toBe(isSecret ? 401 : 200);
    ran.mockClear();
  });

  test.each(tokens)('a token is invalid: %s', async (_, make) => {
    const token = await make();
    const headers = { Authorization: `Bearer ${token}` };
    for (const path of ['/api/Users/me', '/api/Users', '/api/Users/x']) {
      const answer = await wire(await request(path, headers));
      expect(answer).toEqual({ status: 401, headers: { ...HEADERS, ...INVALID }, body: '' });
    }
    for (const app of [byRpc, bySecret, byKeySet]) {
      const answer = await wire(await app.request('/', { headers }));
      expect(answer).toEqual({ status: 401, headers: INVALID, body: '' });
    }
    expect(await rpc.verify(token)).toEqual({
      ok: false,
      reason: expect.stringMatching(/^(too_long|malformed|claims|ERR_\w+)$/),
    });
  });
});

describe('a token is valid', () => {
  test.each<[string, object]>([
    [
      '4 s after its end, because clocks differ',
      { iat: NOW - 1804, nbf: NOW - 1804, exp: NOW - 4 },
    ],
    ['4 s before its beginning', { iat: NOW + 4, nbf: NOW + 4, exp: NOW + 1804 }],
    ['with less than 1,800 s', { exp: NOW + 60 }],
    ['with claims of no meaning to us', { jku: 'x', scope: ['everything'] }],
  ])('%s', async (_, claims) => {
    const verification = await exports.TokenVerifier.verify(await forgeAny(DOORS.HS256, claims));
    expect(verification).toMatchObject({ ok: true });
  });

  test('with 8,192 characters, and with more it is not even parsed', async () => {
    const log = recordLog();
    // Six thousand bytes are more than eight thousand characters; base64 has no token of each length.
    let padding = 6_000;
    let token = '';
    do token = await forgeAny(DOORS.HS256, { padding: 'x'.repeat(--padding) });
    while (token.length > 8192);
    expect(token.length).toBeGreaterThan(8189);
    expect(await exports.TokenVerifier.verify(token)).toMatchObject({ ok: true });
    const longer = await forgeAny(DOORS.HS256, { padding: 'x'.repeat(padding + 1) });
    expect(await exports.TokenVerifier.verify(longer)).toEqual({ ok: false, reason: 'too_long' });
    expect(log.events('token_refused')).toEqual([{ event: 'token_refused', reason: 'too_long' }]);
  });
});

describe('a verifier with the secret', () => {
  const span = (from: number) => ({ iat: NOW + from, nbf: NOW + from, exp: NOW + from + 1800 });

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
    ['too long by its tolerance', { exp: NOW + 1860 }],
    ['without an end', { exp: undefined }],
    ['of no length', { iat: NOW, nbf: NOW, exp: NOW }],
    ['for another service', { aud: 'x' }],
  ])('and the widest tolerance tolerates no token %s', async (_, claims) => {
    expect(await verifyWith(60, claims)).toMatchObject({ ok: false });
  });

  async function verifyWith(clockToleranceSeconds: number | undefined, claims: object) {
    const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
    const options = { secret, issuer, audience, clockToleranceSeconds };
    return createSecretVerifier(options).verify(await forgeAny(DOORS.HS256, claims));
  }
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
