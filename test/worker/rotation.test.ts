/** A new key for the tokens, step by step, and nobody is logged out: docs/rotate-the-key.md. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { loginBody, loginRequest, ORIGIN, sendAndLeave, sendWith } from '../support/requests.ts';
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

afterEach(() => vi.restoreAllMocks());

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

const TIME_PROBLEM =
  'JWT_SECRET_PREVIOUS_UNTIL is not a time that exists, with its time zone: write one such as 2030-01-31T12:00:00Z';

test.each<[Partial<Keys>, string]>([
  [
    { JWT_SECRET_PREVIOUS: OLD },
    'JWT_SECRET_PREVIOUS_UNTIL is missing: set the time until which the key verifies',
  ],
  [
    { JWT_SECRET_PREVIOUS_UNTIL: utc(start) },
    'JWT_SECRET_PREVIOUS is missing: set it, or delete JWT_SECRET_PREVIOUS_UNTIL',
  ],
  [
    { JWT_SECRET_PREVIOUS: 'short', JWT_SECRET_PREVIOUS_UNTIL: utc(start + HOUR_MS) },
    'JWT_SECRET_PREVIOUS is shorter than 32 bytes',
  ],
  [
    { JWT_SECRET_PREVIOUS: NEW, JWT_SECRET_PREVIOUS_UNTIL: utc(start + HOUR_MS) },
    'JWT_SECRET_PREVIOUS is the key of another setting: set the other key, or delete it',
  ],
  ...[
    'tomorrow',
    '2130-01-31',
    '2130-01-31T12:00:00',
    '2130-13-31T12:00:00Z',
    '2130-02-30T12:00:00Z',
    '2130-02-29T12:00:00Z',
    '2130-04-31T12:00:00.000Z',
    '2130-01-31T24:00:00Z',
    '2130-01-31T12:60:00Z',
    '2130-01-31T12:00:60Z',
    '2130-01-31T12:00:00+24:00',
    '2130-01-31T12:00:00 +01:00',
    '5050000000',
  ].map((time): [Partial<Keys>, string] => [
    { JWT_SECRET_PREVIOUS: OLD, JWT_SECRET_PREVIOUS_UNTIL: time },
    TIME_PROBLEM,
  ]),
])('%j disables the previous key alone, and is logged once: %s', async (keys, fault) => {
  const old = await tokenFrom(STEPS[0] as Keys);
  const log = recordLog();
  const settings = { JWT_SECRET: NEW, ...keys };
  const bindings = { ...env, ...settings };
  for (let time = 0; time < 2; time++) {
    const { response } = await sendAndLeave(loginRequest(await loginBody('jdoe')), bindings);
    expect(response.status).toBe(200);
  }
  const events = log.events('settings_left_out');
  expect(events).toHaveLength(1);
  const [{ setting, problem }] = events[0].faults;
  expect(`${setting} ${problem}`).toBe(fault);
  expect(await statusAt(settings, old)).toBe(401);
});

test.each([
  new Date(start + HOUR_MS).toISOString(),
  ' 2130-01-31T12:00:00Z ',
  '2130-01-31T12:00Z',
  '2130-01-31t12:00:00z',
  '2130-01-31 12:00:00Z',
  '2130-01-31T12:00:00.123456789Z',
  '2130-01-31T23:30:00+05:30',
  '2130-01-31T12:00:00-00:00',
  '2128-02-29T00:00:00-08:00',
  '2130-12-31T23:59:60Z',
  '2130-12-31T15:59:60.5-08:00',
])('the time %s is read for what it means', async (time) => {
  const log = recordLog();
  const old = await tokenFrom(STEPS[0] as Keys);
  const keys = { ...(STEPS[2] as Keys), JWT_SECRET_PREVIOUS_UNTIL: time };
  expect(await statusAt(keys, old)).toBe(200);
  expect(log.events('settings_left_out')).toEqual([]);
});

test('a time zone counts', async () => {
  const old = await tokenFrom(STEPS[0] as Keys);
  const until = (ms: number, zone: string) => ({
    ...(STEPS[2] as Keys),
    JWT_SECRET_PREVIOUS_UNTIL: utc(ms).replace('Z', zone),
  });
  // The same digits are another time in another zone.
  expect(await statusAt(until(start + HOUR_MS, '+02:00'), old)).toBe(401);
  expect(await statusAt(until(start - HOUR_MS, '-02:00'), old)).toBe(200);
});
