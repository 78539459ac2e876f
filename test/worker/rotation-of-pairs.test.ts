/** From a secret to a key pair, to another pair, and back to a secret, while users log in: docs/rotate-the-key.md. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createJwksVerifier } from '#portero/jwks-verifier.ts';
import { TokenVerifier } from '../../src/token-verifier.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { makePair, type TestPair } from '../support/key-pairs.ts';
import { loginBody, loginRequest, ORIGIN, sendAndLeave } from '../support/requests.ts';
import { noteSecret } from '../support/secrets.ts';

const OLD_SECRET = env.JWT_SECRET;
const NEW_SECRET = 'the-secret-at-the-end-of-the-rotations-0123456789';
const UNTIL = new Date(Date.now() + 3_600_000).toISOString();
/** The logins below have one name. */
const OTHER_SETTINGS = { LOCKOUT_FAILURES: '100' };
const KEY_SET = '/.well-known/jwks.json';

const names = ['first', 'second'] as const;
let pairs: Record<(typeof names)[number], TestPair>;

/** The settings after each command of the document, and the keys whose tokens no place may accept any more. */
interface Place {
  step: string;
  bindings: Env;
  removed: Key[];
}
type Key = 'old secret' | 'first' | 'second';

let places: Place[];

beforeAll(async () => {
  noteSecret(NEW_SECRET);
  await resetDatabase();
  await addUser('jdoe');
  const [first, second] = await Promise.all([makePair('ES256'), makePair('ES256')]);
  pairs = { first, second };
  places = makePlaces(first, second);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function makePlaces(first: TestPair, second: TestPair): Place[] {
  let settings: object = { JWT_SECRET: OLD_SECRET };
  const removed: Key[] = [];
  const place = (step: string, change: object, gone: Key[] = []): Place => {
    settings = { ...settings, ...change };
    removed.push(...gone);
    return {
      step,
      bindings: { ...env, JWT_SECRET: '', ...OTHER_SETTINGS, ...settings },
      removed: [...removed],
    };
  };
  return [
    place('the old secret signs', {}),
    place('the first pair is published', { JWT_PUBLIC_KEY_NEXT: first.publicKey }),
    place('the old secret gets its end', {
      JWT_SECRET_PREVIOUS: OLD_SECRET,
      JWT_SECRET_PREVIOUS_UNTIL: UNTIL,
    }),
    place('the first pair signs', { JWT_PRIVATE_KEY: first.privateKey }),
    place(
      'the old secret goes',
      {
        JWT_SECRET: undefined,
        JWT_SECRET_PREVIOUS: undefined,
        JWT_SECRET_PREVIOUS_UNTIL: undefined,
        JWT_PUBLIC_KEY_NEXT: undefined,
      },
      ['old secret'],
    ),
    place('the second pair is published', { JWT_PUBLIC_KEY_NEXT: second.publicKey }),
    place('the first pair gets its end', {
      JWT_PUBLIC_KEY_PREVIOUS: first.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS_UNTIL: UNTIL,
    }),
    place('the second pair signs', { JWT_PRIVATE_KEY: second.privateKey }),
    place(
      'the first pair goes',
      {
        JWT_PUBLIC_KEY_PREVIOUS: undefined,
        JWT_PUBLIC_KEY_PREVIOUS_UNTIL: undefined,
        JWT_PUBLIC_KEY_NEXT: undefined,
      },
      ['first'],
    ),
    place('every place verifies the new secret', {
      JWT_SECRET_PREVIOUS: NEW_SECRET,
      JWT_SECRET_PREVIOUS_UNTIL: UNTIL,
    }),
    place('the new secret is set', {
      JWT_SECRET: NEW_SECRET,
      JWT_PUBLIC_KEY_PREVIOUS: second.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS_UNTIL: UNTIL,
    }),
    place('the new secret signs', { JWT_PRIVATE_KEY: undefined }),
    place(
      'the second pair goes',
      {
        JWT_SECRET_PREVIOUS: undefined,
        JWT_SECRET_PREVIOUS_UNTIL: undefined,
        JWT_PUBLIC_KEY_PREVIOUS: undefined,
        JWT_PUBLIC_KEY_PREVIOUS_UNTIL: undefined,
      },
      ['second'],
    ),
  ];
}

const placeOf = (step: string) => places.find((place) => place.step === step) as Place;

async function sendTo({ bindings }: Place, request: Request): Promise<Response> {
  const { response, rest } = await sendAndLeave(request, bindings);
  await rest();
  return response;
}

async function logInAt(place: Place): Promise<string> {
  const response = await sendTo(place, loginRequest(await loginBody('jdoe')));
  expect(response.status).toBe(200);
  return (await response.json<{ token: string }>()).token;
}

/** Whether a place accepts a token, at its own route and for other Workers. */
async function accepts(place: Place, token: string): Promise<boolean> {
  const headers = { Authorization: `Bearer ${token}` };
  const { status } = await sendTo(place, new Request(`${ORIGIN}/api/Users/me`, { headers }));
  const rpc = await new TokenVerifier(createExecutionContext(), place.bindings).verify(token);
  expect(status).toBe(rpc.ok ? 200 : 401);
  return rpc.ok;
}

test('while a step is on its way, each place accepts the tokens of every other', async () => {
  for (const [index, place] of places.slice(0, -1).entries()) {
    const next = places[index + 1] as Place;
    if (next.removed.length > place.removed.length) continue; // no token of that key is left then
    const both = [place, next];
    const stream = both.flatMap((signer) =>
      Array.from({ length: 4 }, async () => {
        const token = await logInAt(signer);
        const verdicts = await Promise.all(both.map((verifier) => accepts(verifier, token)));
        expect(verdicts, `${place.step} → ${next.step}`).toEqual([true, true]);
      }),
    );
    await Promise.all(stream);
  }
});

test('a token stays valid from each step to the next, until its key goes', async () => {
  let tokens: { key: Key | undefined; token: string }[] = [];
  for (const place of places) {
    tokens = tokens.filter(({ key }) => key === undefined || !place.removed.includes(key));
    tokens.push({ key: signerAt(place), token: await logInAt(place) });
    for (const { token } of tokens) expect(await accepts(place, token), place.step).toBe(true);
  }
});

test('no place accepts a token of a key that has gone', async () => {
  const tokens = {
    'old secret': await logInAt(placeOf('the old secret signs')),
    first: await logInAt(placeOf('the first pair signs')),
    second: await logInAt(placeOf('the second pair signs')),
  };
  let refused = 0;
  for (const place of places) {
    for (const key of place.removed) {
      expect(await accepts(place, tokens[key]), `${place.step}: ${key}`).toBe(false);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(places.length);
});

/** @returns nothing for the new secret */
function signerAt({ bindings }: Place): Key | undefined {
  const { JWT_PRIVATE_KEY: key } = bindings as { JWT_PRIVATE_KEY?: string };
  if (key !== undefined) return names.find((name) => pairs[name].privateKey === key);
  return bindings.JWT_SECRET === OLD_SECRET ? 'old secret' : undefined;
}

test('a verifier elsewhere, whose keys are five minutes old, follows each step', async () => {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  const verifier = createJwksVerifier({ jwksUrl: `${ORIGIN}${KEY_SET}`, issuer, audience });
  const tokens: { key: Key | undefined; token: string }[] = [];
  vi.useFakeTimers({ toFake: ['Date'] });
  const first = places.indexOf(placeOf('the first pair signs'));
  const last = places.indexOf(placeOf('the first pair goes'));
  for (const place of places.slice(first, last + 1)) {
    tokens.push({ key: signerAt(place), token: await logInAt(place) });
    const keySet = await (await sendTo(place, new Request(`${ORIGIN}${KEY_SET}`))).text();
    const fetching = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async () => new Response(keySet));
    vi.setSystemTime(Date.now() + 5 * 60_000 + 1);
    for (const { key, token } of tokens) {
      const isGone = key !== undefined && place.removed.includes(key);
      expect((await verifier.verify(token)).ok, `${place.step}: ${key}`).toBe(!isGone);
    }
    fetching.mockRestore();
  }
  expect(new Set(tokens.map(({ key }) => key))).toEqual(new Set(['first', 'second']));
});
