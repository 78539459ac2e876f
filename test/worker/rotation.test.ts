/** A new key for the tokens, step by step, and nobody is logged out: docs/rotate-the-key.md. */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, test, vi } from 'vitest';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { loginBody, loginRequest, ORIGIN, sendWith } from '../support/requests.ts';
import { noteSecret } from '../support/secrets.ts';
import { validClaims } from '../support/tokens.ts';

const OLD = env.JWT_SECRET;
const NEW = 'the-new-jwt-secret-of-the-worker-under-test';
const HOUR_MS = 3_600_000;
const start = Date.now();
const utc = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, '');

interface Keys {
  JWT_SECRET: string;
  JWT_SECRET_PREVIOUS?: string;
  JWT_SECRET_PREVIOUS_UNTIL?: string;
}

/** The settings after each step of the document. */
const STEPS: Keys[] = [
  { JWT_SECRET: OLD },
  { JWT_SECRET: OLD, JWT_SECRET_PREVIOUS: NEW, JWT_SECRET_PREVIOUS_UNTIL: utc(start + HOUR_MS) },
  { JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: OLD, JWT_SECRET_PREVIOUS_UNTIL: utc(start + HOUR_MS) },
  { JWT_SECRET: NEW },
];

beforeAll(async () => {
  noteSecret(NEW);
  await resetDatabase();
  await addUser('jdoe');
});

async function tokenFrom(keys: Keys): Promise<string> {
  const response = await sendWith(keys, loginRequest(await loginBody('jdoe')));
  return (await response.json<{ token: string }>()).token;
}

async function statusAt(keys: Keys, token: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}` };
  return (await sendWith(keys, new Request(`${ORIGIN}/api/Users/me`, { headers }))).status;
}

const kidOf = (token: string) => JSON.parse(atob(token.split('.')[0] ?? '')).kid;

test('while a step is on its way, each place accepts the tokens of every other', async () => {
  for (const [index, step] of STEPS.slice(0, 3).entries()) {
    const next = STEPS[index + 1] as Keys;
    const issued = await tokenFrom(step);
    expect(await statusAt(step, issued)).toBe(200);
    // The last step comes when no token of the old key is left.
    if (index === 2) continue;
    expect(await statusAt(next, issued)).toBe(200);
    expect(await statusAt(step, await tokenFrom(next))).toBe(200);
  }
});

test('the kid names the key that signs', async () => {
  const kids = await Promise.all(STEPS.map(async (step) => kidOf(await tokenFrom(step))));
  expect(kids[0]).toBe(kids[1]);
  expect(kids[2]).toBe(kids[3]);
  expect(kids[0]).not.toBe(kids[2]);
});

test('the previous key is accepted until its time, and no longer', async () => {
  const old = await tokenFrom(STEPS[0] as Keys);
  const until = (ms: number) => ({ ...(STEPS[2] as Keys), JWT_SECRET_PREVIOUS_UNTIL: utc(ms) });
  expect(await statusAt(until(start + HOUR_MS), old)).toBe(200);
  expect(await statusAt(until(start - 1000), old)).toBe(401);
  expect(await statusAt(STEPS[3] as Keys, old)).toBe(401);
});

test('after a leak there is no previous key, and every token of the old one is refused', async () => {
  const { SignJWT } = await import('jose');
  const forged = await new SignJWT({ ...validClaims(), admin: true, permissions: undefined })
    .setProtectedHeader({
      alg: 'HS256',
      typ: 'JWT',
      kid: kidOf(await tokenFrom({ JWT_SECRET: OLD })),
    })
    .sign(new TextEncoder().encode(OLD));
  expect(await statusAt({ JWT_SECRET: OLD }, forged)).toBe(200);
  expect(await statusAt({ JWT_SECRET: NEW }, forged)).toBe(401);
});

test.each<[Partial<Keys>, string]>([
  [{ JWT_SECRET_PREVIOUS: NEW }, 'JWT_SECRET_PREVIOUS_UNTIL is missing'],
  [{ JWT_SECRET_PREVIOUS_UNTIL: utc(start) }, 'JWT_SECRET_PREVIOUS is missing'],
  [
    { JWT_SECRET_PREVIOUS: 'short', JWT_SECRET_PREVIOUS_UNTIL: utc(start) },
    'JWT_SECRET_PREVIOUS is shorter than 32 bytes',
  ],
  [
    { JWT_SECRET_PREVIOUS: OLD, JWT_SECRET_PREVIOUS_UNTIL: utc(start) },
    'JWT_SECRET_PREVIOUS is the same as JWT_SECRET',
  ],
  ...['tomorrow', '2030-01-31', '2030-01-31T12:00:00', '2030-13-31T12:00:00Z', '1893456000'].map(
    (time): [Partial<Keys>, string] => [
      { JWT_SECRET_PREVIOUS: NEW, JWT_SECRET_PREVIOUS_UNTIL: time },
      'JWT_SECRET_PREVIOUS_UNTIL is not a time in UTC such as 2030-01-31T12:00:00Z',
    ],
  ),
])('%j is refused: %s', async (keys, fault) => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  const settings = { JWT_SECRET: OLD, ...keys };
  expect(await statusAt(settings, 'x')).toBe(503);
  const [[line]] = error.mock.calls as [[string]];
  error.mockRestore();
  const [{ setting, problem }] = JSON.parse(line).faults;
  expect(`${setting} ${problem}`).toBe(fault);
});
