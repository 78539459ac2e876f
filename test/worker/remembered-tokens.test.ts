/** A token that was valid is remembered: what that spares, and what it never changes. */
import { env, exports } from 'cloudflare:workers';
import { Hono } from 'hono';
import { afterEach, expect, test, vi } from 'vitest';
import { VerifiedTokens } from '#portero/internal/verified-tokens.ts';
import { type CallerVariables, requireToken } from '#portero/middleware.ts';
import { createSecretVerifier } from '#portero/secret-verifier.ts';
import { recordLog } from '../support/log.ts';
import { ORIGIN, send, sendWith } from '../support/requests.ts';
import { forge, validClaims } from '../support/tokens.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const now = Math.floor(Date.now() / 1000);
const turnClockTo = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: ms });

/** A token that no test has sent before. */
const newToken = (claims: object = {}) => forge({ jti: crypto.randomUUID(), ...claims });

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const statusOf = async (token: string) => (await send('/api/Users/me', bearer(token))).status;

const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
const secretVerifier = createSecretVerifier({ secret, issuer, audience });

const DOORS: [string, (token: string) => Promise<unknown>][] = [
  ["Portero's own route", statusOf],
  ['the RPC method', (token) => exports.TokenVerifier.verify(token)],
  ['a verifier with the secret', (token) => secretVerifier.verify(token)],
];

test.each(DOORS)('%s verifies the signature of a token once', async (_, ask) => {
  const token = await newToken();
  const verify = vi.spyOn(crypto.subtle, 'verify');
  const answers = [await ask(token), await ask(token), await ask(token)];
  expect(verify).toHaveBeenCalledTimes(1);
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

test.each(DOORS)('%s verifies a token that it has refused each time', async (_, ask) => {
  const token = await newToken({ admin: 1 });
  const verify = vi.spyOn(crypto.subtle, 'verify');
  const answers = [await ask(token), await ask(token)];
  expect(verify).toHaveBeenCalledTimes(2);
  expect(answers[1]).toEqual(answers[0]);
});

test('a token with another signature is another token', async () => {
  const token = await newToken();
  const claims = token.slice(0, token.lastIndexOf('.'));
  const another = await newToken();
  const verify = vi.spyOn(crypto.subtle, 'verify');
  expect(await statusOf(token)).toBe(200);
  expect(await statusOf(claims + another.slice(another.lastIndexOf('.')))).toBe(401);
  expect(await statusOf(`${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`)).toBe(401);
  expect(verify).toHaveBeenCalledTimes(3);
});

test('a token that was accepted expires to the second, and is logged as any other', async () => {
  const log = recordLog();
  const { exp } = validClaims(now);
  const token = await newToken({ exp });
  turnClockTo((exp + 5) * 1000 - 1); // five seconds for clocks that differ
  expect(await statusOf(token)).toBe(200);
  expect(await statusOf(token)).toBe(200);
  turnClockTo((exp + 5) * 1000);
  expect(await statusOf(token)).toBe(401);
  expect(log.events('token_refused')).toEqual([
    { event: 'token_refused', reason: 'ERR_JWT_EXPIRED' },
  ]);
});

test('a token that was accepted is refused where the clock turns out to have been fast', async () => {
  const log = recordLog();
  const token = await newToken({ iat: now, nbf: now, exp: now + 1800 });
  expect(await statusOf(token)).toBe(200);
  turnClockTo((now - 5) * 1000);
  expect(await statusOf(token)).toBe(200);
  turnClockTo((now - 5) * 1000 - 1);
  expect(await statusOf(token)).toBe(401);
  expect(log.events('token_refused')).toEqual([
    { event: 'token_refused', reason: 'ERR_JWT_CLAIM_VALIDATION_FAILED' },
  ]);
});

test('a token of the previous key is accepted until the end of the key, and not for longer', async () => {
  const until = Date.now() + 60_000;
  const verifier = createSecretVerifier({
    secret: 'a-newer-secret-of-32-bytes-or-more',
    issuer,
    audience,
    previous: { secret, until: new Date(until) },
  });
  const token = await newToken();
  expect(await verifier.verify(token)).toMatchObject({ ok: true });
  turnClockTo(until);
  expect(await verifier.verify(token)).toMatchObject({ ok: true });
  turnClockTo(until + 1);
  expect(await verifier.verify(token)).toEqual({ ok: false, reason: 'ERR_JWKS_NO_MATCHING_KEY' });
});

test.each<Partial<Env>>([
  { JWT_ISSUER: 'another' },
  { JWT_AUDIENCE: 'another' },
  { JWT_SECRET: 'another-secret-of-32-bytes-or-more' },
])('a token that was accepted is refused with other settings: %j', async (settings) => {
  const token = await newToken();
  expect(await statusOf(token)).toBe(200);
  const request = () => new Request(`${ORIGIN}/api/Users/me`, bearer(token));
  expect((await sendWith(settings, request())).status).toBe(401);
  expect(await statusOf(token)).toBe(200);
});

test('what a handler does to its caller is not done to the caller of the next request', async () => {
  const app = new Hono<{ Variables: CallerVariables }>()
    .use(requireToken({ verifier: () => secretVerifier }))
    .get('/', (context) => {
      const caller = context.get('caller');
      const answer = context.json(caller);
      caller.permissions?.push('zoo.delete');
      Object.assign(caller, { name: 'admin', admin: true });
      return answer;
    });
  const token = await newToken();
  const ask = async () => (await app.request('/', bearer(token))).json();
  const first = await ask();
  expect(first).toMatchObject({ name: 'jdoe', permissions: ['users.list', 'users.read'] });
  expect(await ask()).toEqual(first);
  expect(await ask()).toEqual(first);
});

/** Remembers new tokens of a length, and tells which of them are known. */
function fill(memory: VerifiedTokens, count: number, length: number) {
  const tokens = Array.from({ length: count }, () => crypto.randomUUID().padEnd(length, '.'));
  for (const token of tokens) {
    memory.remember(token, { claims: validClaims(now), validFrom: 0, validUntil: Infinity });
  }
  return tokens.filter((token) => memory.recall(token, 0) !== undefined);
}

test('the memory holds some thousand tokens, and never more than 8,192', () => {
  const known = fill(new VerifiedTokens(), 20_000, 100);
  expect(known.length).toBeGreaterThanOrEqual(4096);
  expect(known.length).toBeLessThanOrEqual(8192);
});

test('the memory holds some hundreds of the longest tokens, and never more than 8 MiB of them', () => {
  const known = fill(new VerifiedTokens(), 3000, 8192);
  expect(known.length).toBeGreaterThanOrEqual(512);
  expect(known.length * 8192).toBeLessThanOrEqual(8 * 1024 * 1024);
});

test('the last tokens are known, and one that is used stays known, however many others come', () => {
  const memory = new VerifiedTokens();
  const [used = ''] = fill(memory, 1, 400);
  for (let round = 0; round < 20; round++) {
    expect(fill(memory, 1000, 400)).toHaveLength(1000);
    expect(memory.recall(used, 0)).toBeDefined();
  }
});
