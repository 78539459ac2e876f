/** Verifying with the keys of an address: how long they are used, and when they are fetched. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { createJwksVerifier, type JwksVerifierOptions } from '#portero/jwks-verifier.ts';
import { verifyToken } from '#portero/verifier.ts';
import { makePair, type TestPair, tokenOf } from '../support/key-pairs.ts';
import { TEST_ENV } from '../support/test-env.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

let old: TestPair;
let next: TestPair;
let rsa: TestPair;

beforeAll(async () => {
  [old, next, rsa] = await Promise.all([makePair('ES256'), makePair('ES256'), makePair('RS256')]);
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const letPass = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** What the verifiers have told the log. */
const faults = () => vi.mocked(console.error).mock.calls.map(([line]) => JSON.parse(line));

type Answer = (response: ServerResponse) => unknown;

const keySet =
  (...pairs: TestPair[]): Answer =>
  (response) =>
    response.end(`{"keys":[${pairs.map(({ publicKey }) => publicKey).join()}]}`);
const status =
  (code: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end();

/** The address of the keys, whose answer can be changed. */
async function serve(answer: Answer) {
  const served = { answer, fetches: 0, address: '' };
  const server = createServer((_, response) => {
    served.fetches++;
    served.answer(response);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  served.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = TEST_ENV;
  const verifier = createJwksVerifier({ jwksUrl: served.address, issuer, audience });
  const verdict = async (token: string) => {
    const verification = await verifier.verify(token);
    return verification.ok ? 'ok' : verification.reason;
  };
  return { served, verifier, verdict };
}

const AWAY = 'verifier_unavailable';
const UNKNOWN = 'ERR_JWKS_NO_MATCHING_KEY';

test('a token of a published key is accepted, and the keys are fetched once', async () => {
  const { served, verdict } = await serve(keySet(old, rsa));
  for (const pair of [old, rsa, old]) expect(await verdict(await tokenOf(pair))).toBe('ok');
  expect(served.fetches).toBe(1);
});

test('what is published besides keys of ours is left alone', async () => {
  const others = [
    null,
    1,
    {},
    { kty: 'oct', k: 'AAAA', alg: 'HS256' },
    JSON.parse(rsa.privateKey),
    { ...JSON.parse(next.publicKey), use: 'enc' },
    { ...JSON.parse(next.publicKey), alg: 'ES512' },
  ];
  const { verdict } = await serve((response) =>
    response.end(JSON.stringify({ keys: [...others, JSON.parse(old.publicKey)], more: true })),
  );
  expect(await verdict(await tokenOf(old))).toBe('ok');
  for (const pair of [next, rsa]) expect(await verdict(await tokenOf(pair))).toMatch(/^ERR_/);
});

describe('keys are fetched again', () => {
  test('after five minutes', async () => {
    const { served, verdict } = await serve(keySet(old));
    const token = await tokenOf(old);
    await verdict(token);
    letPass(5 * MINUTE_MS);
    await verdict(token);
    expect(served.fetches).toBe(1);
    letPass(SECOND_MS);
    served.answer = keySet(next);
    expect(await verdict(token)).toBe(UNKNOWN);
    expect(served.fetches).toBe(2);
  });

  test('for an unknown key, and one of another algorithm, but every 30 s at most', async () => {
    const { served, verdict } = await serve(keySet(old));
    await verdict(await tokenOf(old));
    for (const [index, pair] of [next, rsa].entries()) {
      const token = await tokenOf(pair);
      for (let time = 0; time < 3; time++) expect(await verdict(token)).toMatch(/^ERR_/);
      expect(served.fetches).toBe(1 + index);
      letPass(30 * SECOND_MS);
      served.answer = keySet(old, pair);
      expect(await verdict(token)).toBe('ok');
      expect(served.fetches).toBe(2 + index);
    }
  });

  test('not for a token that is none, or whose signature is wrong', async () => {
    const { served, verdict } = await serve(keySet(old));
    const token = await tokenOf(old);
    await verdict(token);
    letPass(MINUTE_MS);
    for (const bad of ['', 'x', 'a.b.c', `${token.slice(0, -4)}AAAA`]) {
      expect(await verdict(bad)).not.toBe('ok');
    }
    expect(served.fetches).toBe(1);
  });

  test('once for all who ask at the same time', async () => {
    const { served, verdict } = await serve(keySet(old));
    const token = await tokenOf(old);
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdict(token)));
    expect(new Set(verdicts)).toEqual(new Set(['ok']));
    expect(served.fetches).toBe(1);
  });
});

const FAULTS: [string, Answer, string][] = [
  ['is down', (response) => response.destroy(), 'TypeError'],
  ['answers 503', status(503), 'status_503'],
  ['leads elsewhere', status(302, { Location: 'http://127.0.0.1:9/' }), 'status_302'],
  ['answers no JSON', (response) => response.end('<html>'), 'SyntaxError'],
  ['answers another JSON', (response) => response.end('{"keys":1}'), 'ValiError'],
];

describe.each(FAULTS)('while Portero %s', (_, fault, name) => {
  test('the keys that are there are used, until an hour has passed since the last fetch', async () => {
    const { served, verdict } = await serve(keySet(old));
    const since = Date.now();
    expect(await verdict(await tokenOf(old))).toBe('ok');
    served.answer = fault;
    for (const at of [10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS]) {
      vi.setSystemTime(since + at);
      expect(await verdict(await tokenOf(old))).toBe('ok');
    }
    vi.setSystemTime(since + HOUR_MS + 1);
    expect(await verdict(await tokenOf(old))).toBe(AWAY);
    expect(faults()).toContainEqual({ event: 'keys_not_fetched', fault: name });
    letPass(5 * SECOND_MS);
    served.answer = keySet(old);
    expect(await verdict(await tokenOf(old))).toBe('ok');
  });

  test('nobody knows about another key', async () => {
    const { served, verdict } = await serve(keySet(old));
    await verdict(await tokenOf(old));
    letPass(30 * SECOND_MS);
    served.answer = fault;
    expect(await verdict(await tokenOf(next))).toBe(AWAY);
    expect(await verdict(await tokenOf(old))).toBe('ok');
  });

  test('without any key, the answer is a 503, and it asks every 5 s at most', async () => {
    const { served, verifier } = await serve(fault);
    const headers = { Authorization: `Bearer ${await tokenOf(old)}` };
    const ask = () => verifyToken(new Request('https://api.example.org', { headers }), verifier);
    for (let time = 0; time < 3; time++) {
      const verdict = await ask();
      expect('response' in verdict && verdict.response.status).toBe(503);
    }
    const { fetches } = served;
    served.answer = keySet(old);
    letPass(5 * SECOND_MS - 1);
    expect('response' in (await ask())).toBe(true);
    expect(served.fetches).toBe(fetches);
    letPass(1);
    expect('caller' in (await ask())).toBe(true);
  });
});

test('an address that never answers holds nobody up who needs no new key', async () => {
  const { served, verdict } = await serve(keySet(old));
  const token = await tokenOf(old);
  await verdict(token);
  letPass(6 * MINUTE_MS);
  const asked = Promise.withResolvers<void>();
  const deadline = new AbortController();
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
  served.answer = () => asked.resolve();
  const first = verdict(token);
  await asked.promise;
  expect(await verdict(token)).toBe('ok');
  expect(served.fetches).toBe(2);
  expect(timeout.mock.calls).toEqual([[5_000]]);
  deadline.abort(new DOMException('too long', 'TimeoutError'));
  expect(await first).toBe('ok');
  expect(faults()).toEqual([{ event: 'keys_not_fetched', fault: 'TimeoutError' }]);
});

test('an empty list ends all keys, and then nobody can be verified', async () => {
  const { served, verdict } = await serve(keySet(old));
  const token = await tokenOf(old);
  expect(await verdict(token)).toBe('ok');
  served.answer = keySet();
  letPass(5 * MINUTE_MS + 1);
  expect(await verdict(token)).toBe(AWAY);
  expect(faults()).toEqual([{ event: 'keys_not_fetched', fault: 'no_keys' }]);
  letPass(5 * MINUTE_MS + 1);
  served.answer = keySet(old);
  expect(await verdict(token)).toBe('ok');
});

test('keys are fetched sooner where the answer says so, and never later', async () => {
  const { served, verdict } = await serve(keySet(old, next));
  const token = await tokenOf(old);
  const withLifetime =
    (seconds: number): Answer =>
    (response) => {
      response.setHeader('Cache-Control', `public, max-age=${seconds}`);
      keySet(old)(response);
    };
  served.answer = withLifetime(40);
  await verdict(token);
  letPass(40 * SECOND_MS + 1);
  served.answer = withLifetime(86_400);
  await verdict(token);
  expect(served.fetches).toBe(2);
  letPass(5 * MINUTE_MS + 1);
  await verdict(token);
  expect(served.fetches).toBe(3);
});

test('all who wait for an address that never answers wait for one fetch', async () => {
  const asked = Promise.withResolvers<void>();
  const { served, verdict } = await serve(() => asked.resolve());
  const deadline = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
  const verdicts = Array.from({ length: 6 }, async () => verdict(await tokenOf(old)));
  await asked.promise;
  deadline.abort();
  expect(new Set(await Promise.all(verdicts))).toEqual(new Set([AWAY]));
  expect(served.fetches).toBe(1);
});

test('a token that was accepted is not accepted when its key has gone', async () => {
  const { served, verdict } = await serve(keySet(old, next));
  const token = await tokenOf(old);
  expect(await verdict(token)).toBe('ok');
  expect(await verdict(token)).toBe('ok');
  served.answer = keySet(next);
  letPass(5 * MINUTE_MS + 1);
  expect(await verdict(token)).toBe(UNKNOWN);
});

describe('an option is wrong:', () => {
  const right: JwksVerifierOptions = {
    jwksUrl: 'https://login.example.org/.well-known/jwks.json',
    issuer: 'portero',
    audience: 'portero',
  };

  test.each<[string, object, string]>([
    ['no address', { jwksUrl: undefined }, 'jwksUrl is not an https address'],
    ['plain http', { jwksUrl: 'http://login.example.org/' }, 'jwksUrl is not an https address'],
    ['a path', { jwksUrl: '/.well-known/jwks.json' }, 'jwksUrl is not an https address'],
    ['a file', { jwksUrl: 'file:///keys.json' }, 'jwksUrl is not an https address'],
    ['no issuer', { issuer: '' }, 'issuer and audience are both needed'],
    ['no audience', { audience: undefined }, 'issuer and audience are both needed'],
    ['a secret', { secret: 'x' }, 'createJwksVerifier has no option secret'],
    [
      'a wide tolerance',
      { clockToleranceSeconds: 61 },
      'clockToleranceSeconds is not a whole number from 0 to 60',
    ],
  ])('%s', (_, change, sentence) => {
    const make = () => createJwksVerifier({ ...right, ...change } as JwksVerifierOptions);
    expect(make).toThrow(new TypeError(sentence));
  });
});
