/** How much an isolate takes on. */
import { exports } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { HashSlots } from '../../src/password/hash-slots.ts';
import { problem } from '../support/answers.ts';
import { breakNext, forgetCalls, releaseHeldUp, untilCalled } from '../support/control.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { loginBody, loginRequest, sendWith, wire } from '../support/requests.ts';

const BUSY = problem(503, 'Service Unavailable', {
  detail: 'Logins cannot be decided at the moment.',
  headers: {
    'retry-after': '2',
  },
});

beforeAll(async () => {
  await resetDatabase();
  for (const userName of ['ana', 'ben', 'cleo']) await addUser(userName);
});
afterEach(() => vi.restoreAllMocks());

test('an isolate that hashes all it can says so before the captcha token is spent', async () => {
  const loginTo = (body: string) => sendWith({ HASH_CAPACITY: '2' }, loginRequest(body));
  const bodies = await Promise.all(['ana', 'ben', 'cleo'].map((userName) => loginBody(userName)));
  await forgetCalls();
  await breakNext('siteverify', 'is held up', 'is held up');
  const log = recordLog();
  const takenOn = bodies.slice(0, 2).map(loginTo);

  expect(await wire(await loginTo(bodies[2] as string))).toEqual(BUSY);
  expect(log.events('login')).toMatchObject([{ status: 503, reason: 'isolate_busy' }]);

  await untilCalled('siteverify', 2);
  await releaseHeldUp();
  for (const response of await Promise.all(takenOn)) expect(response.status).toBe(200);
  expect((await loginTo(bodies[2] as string)).status).toBe(200); // with the same captcha token
});

test.each<[string, object | string]>([
  ['is refused', { Password: 'wrong-password' }],
  ['has no captcha', { CaptchaToken: '' }],
  ['has no name', { UserName: '' }],
  ['is malformed', '{'],
])('a login that %s makes room again', async (_, members) => {
  const settings = { HASH_CAPACITY: '1' };
  const body = typeof members === 'string' ? members : await loginBody('ana', members);
  await sendWith(settings, loginRequest(body));
  const response = await sendWith(settings, loginRequest(await loginBody('ben')));
  expect(response.status).toBe(200);
});

test('a login that ends in an unforeseen error makes room again', async () => {
  const settings = { HASH_CAPACITY: '1' };
  recordLog();
  vi.spyOn(crypto.subtle, 'deriveBits').mockRejectedValueOnce(new RangeError());
  const broken = await sendWith(settings, loginRequest(await loginBody('ana')));
  expect(broken.status).toBe(500);
  const response = await sendWith(settings, loginRequest(await loginBody('ben')));
  expect(response.status).toBe(200);
});

test('a name in any case takes no more room than the lockout lets through, and leaves the rest', async () => {
  const settings = { HASH_CAPACITY: '2', LOCKOUT_FAILURES: '1' };
  const names = ['ana', 'ANA', 'Ana', 'ben'];
  const bodies = await Promise.all(names.map((userName) => loginBody(userName)));
  await forgetCalls();
  await breakNext('siteverify', ...Array(4).fill('is held up'));
  const takenOn = bodies.map((body) => sendWith(settings, loginRequest(body)));
  await untilCalled('siteverify', 4);
  expect(await wire(await sendWith(settings, loginRequest(await loginBody('cleo'))))).toEqual(BUSY);
  await releaseHeldUp();
  await Promise.all(takenOn);
});

test('sixteen logins are taken on where no setting says otherwise', async () => {
  const names = Array.from({ length: 17 }, (_, index) => `stranger-${index}`);
  const bodies = await Promise.all(names.map((userName) => loginBody(userName)));
  const responses = await Promise.all(
    bodies.map((body) => sendWith({ HASH_CAPACITY: undefined }, loginRequest(body))),
  );
  const statuses = responses.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(16).fill(401), 503]);
});

test('the logins of callers who hang up end as any other, and make room', async () => {
  const log = recordLog();
  const names = Array.from({ length: 16 }, (_, index) => `stranger-${index}`);
  const bodies = await Promise.all(names.map((userName) => loginBody(userName)));
  await forgetCalls();
  await breakNext('siteverify', ...Array(16).fill('is held up'));
  const caller = new AbortController();
  const answers = bodies.map((body) =>
    // Through the runtime, which ends the request of a caller who has gone.
    exports.default.fetch(new Request(loginRequest(body), { signal: caller.signal })),
  );
  await untilCalled('siteverify', 16);
  caller.abort();
  const outcomes = await Promise.allSettled(answers);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(16).fill('rejected'));

  await releaseHeldUp();
  await vi.waitUntil(() => log.events('login').length === 16, LONG_WAIT);
  const reasons = log.events('login').map(({ reason }) => reason);
  expect(reasons).toEqual(Array(16).fill('unknown_user'));
  const response = await sendWith({ HASH_CAPACITY: '1' }, loginRequest(await loginBody('ana')));
  expect(response.status).toBe(200);
});

describe('the capacity', () => {
  const NOW = 1_800_000_000_000;
  const LIMITS = { capacity: 3, failures: 2 };
  const fill = (slots: HashSlots, names: string[], now = NOW) =>
    names.map((name) => slots.take({ name, hashes: 1, since: now }, LIMITS));
  const isTakenOn = (slot: { ok: boolean }) => slot.ok;

  test('is for so many logins', () => {
    const taken = fill(new HashSlots(), ['a', 'b', 'c', 'd']);
    expect(taken.map(isTakenOn)).toEqual([true, true, true, false]);
  });

  test('has room again for each that has ended', () => {
    const slots = new HashSlots();
    const [first] = fill(slots, ['a', 'b', 'c']);
    if (!first?.ok) throw new Error('no slot');
    first.value.release();
    first.value.release();
    expect(fill(slots, ['d', 'e']).map(isTakenOn)).toEqual([true, false]);
  });

  test('is used by one name no more than the lockout lets through', () => {
    const taken = fill(new HashSlots(), ['a', 'a', 'a', 'a', 'b', 'a', 'c', 'b']);
    expect(taken.map(isTakenOn)).toEqual([true, true, true, true, true, true, false, false]);
  });

  test('counts both hashes of a password change, and takes one on where nothing else is', () => {
    const slots = new HashSlots();
    const change = { name: 'a', hashes: 2, since: NOW };
    const limits = { capacity: 3, failures: 2 };
    expect(isTakenOn(slots.take(change, { ...limits, capacity: 1 }))).toBe(true);
    expect(isTakenOn(slots.take({ ...change, name: 'b' }, limits))).toBe(false);
    expect(fill(slots, ['b', 'c']).map(isTakenOn)).toEqual([true, false]);
  });

  test('is for fewer logins where each derives foreign layers, and for one at least', () => {
    const slots = new HashSlots();
    slots.expectLayers(4_000_000); // 8,800,000 iterations at most: two logins of 4,220,000
    expect(fill(slots, ['a', 'b', 'c']).map(isTakenOn)).toEqual([true, true, false]);
    const others = new HashSlots();
    others.expectLayers(10_000_000);
    expect(fill(others, ['a', 'b']).map(isTakenOn)).toEqual([true, false]);
    others.expectLayers(0);
    expect(fill(others, ['b', 'c', 'd']).map(isTakenOn)).toEqual([true, true, false]);
  });

  test('forgets logins that were cancelled, after the longest one there can be', () => {
    const slots = new HashSlots();
    fill(slots, ['a', 'b', 'c']);
    expect(fill(slots, ['d'], NOW + 30_000).map(isTakenOn)).toEqual([false]);
    expect(fill(slots, ['d', 'e', 'f', 'g'], NOW + 30_001).map(isTakenOn)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

test('no more than the capacity is hashed at a time, of however many logins', async () => {
  let running = 0;
  let most = 0;
  const deriveBits = crypto.subtle.deriveBits.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation(async (...parameters) => {
    running++;
    most = Math.max(most, running);
    const bits = await deriveBits(...parameters);
    running--;
    return bits;
  });
  const names = Array.from({ length: 30 }, (_, index) => `stranger-${index}`);
  const bodies = await Promise.all(names.map((userName) => loginBody(userName)));
  const responses = await Promise.all(
    bodies.map((body) => sendWith({ HASH_CAPACITY: '4' }, loginRequest(body))),
  );
  const statuses = responses.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(4).fill(401), ...Array(26).fill(503)]);
  expect(most).toBeLessThanOrEqual(4);
});
