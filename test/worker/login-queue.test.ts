/** Logins that meet in one isolate: one hash at a time, in the order in which they came. */
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { foreignLayers, loginAttempts } from '../../src/db/schema.ts';
import { hashQueue, type Lane } from '../../src/password/hash-queue.ts';
import { problem } from '../support/answers.ts';
import { callsTo, forgetCalls, identityHash } from '../support/control.ts';
import { addUser, database, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import { holdQueue } from '../support/hold-queue.ts';
import { recordLog } from '../support/log.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import { login, loginBody, loginRequest, sendAndLeave, wire } from '../support/requests.ts';

/** So many iterations are too many for the list of shapes that every login derives. */
const LONG = { prf: 'sha1', iterations: 100_001, keyLength: 16 } as const;

beforeAll(async () => {
  await resetDatabase();
  for (const userName of ['ana', 'ben', 'cleo']) await addUser(userName);
  const version2 = { hash: 'SHA-1', iterations: 1000, saltLength: 16, keyLength: 32 } as const;
  await database().insert(foreignLayers).values(version2);
  await addUser('leo', { passwordHash: await identityHash(PASSWORD, LONG) });
});

/** The lanes of the hashes that have joined the queue since the test began. */
let joined: Lane[];
beforeEach(() => {
  joined = [];
  const run = hashQueue.run.bind(hashQueue);
  const runBehindLogins = hashQueue.runBehindLogins.bind(hashQueue);
  vi.spyOn(hashQueue, 'run').mockImplementation((derive) => {
    joined.push('login');
    return run(derive);
  });
  vi.spyOn(hashQueue, 'runBehindLogins').mockImplementation((lane, ...rest) => {
    joined.push(lane);
    return runBehindLogins(lane, ...rest);
  });
});
afterEach(() => vi.restoreAllMocks());

async function untilJoined(hashes: number): Promise<void> {
  await vi.waitUntil(() => joined.length >= hashes, LONG_WAIT);
}

/** Logs in with each name when the login before it waits in the queue. */
async function logInOneAfterTheOther(names: string[], members: object = {}) {
  const logins: Promise<Response>[] = [];
  for (const name of names) {
    const before = joined.length;
    logins.push(login(name, members));
    await untilJoined(before + 1);
  }
  return logins;
}

test('logins are answered in the order in which they came', async () => {
  const log = recordLog();
  const release = holdQueue(hashQueue);
  const names = ['cleo', 'ana', 'stranger', 'ben'];
  const logins = await logInOneAfterTheOther(names);
  await release();
  const statuses = (await Promise.all(logins)).map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 401, 200]);
  const answered = log.events('login').map(({ userName = 'stranger' }) => userName);
  expect(answered).toEqual(names);
});

test('no two of them are hashed at the same time', async () => {
  let running = 0;
  let most = 0;
  const deriveBits = crypto.subtle.deriveBits.bind(crypto.subtle);
  vi.spyOn(crypto.subtle, 'deriveBits').mockImplementation(async (...parameters) => {
    most = Math.max(most, ++running);
    const bits = await deriveBits(...parameters);
    await scheduler.wait(0); // as long as this one is not over, no other one may begin
    running--;
    return bits;
  });
  await Promise.all(['ana', 'ben', 'cleo', 'stranger'].map((name) => login(name)));
  expect(most).toBe(1);
});

test('a login that is cancelled in the middle ends as any other, and holds nobody up', async () => {
  const log = recordLog();
  const release = holdQueue(hashQueue);
  const [first] = await logInOneAfterTheOther(['ana']);
  const caller = new AbortController();
  const cancelled = throughTheRuntime(await loginBody('ben'), caller);
  await untilJoined(3);
  const [last] = await logInOneAfterTheOther(['cleo']);
  caller.abort();
  await expect(cancelled).rejects.toThrow();
  await release();
  expect([(await first)?.status, (await last)?.status]).toEqual([200, 200]);
  const answered = log.events('login').map(({ userName, status }) => [userName, status]);
  expect(answered).toEqual(['ana', 'ben', 'cleo'].map((userName) => [userName, 200]));
});

test('a login that the runtime ends in the middle holds nobody up', async () => {
  const release = holdQueue(hashQueue);
  const [first] = await logInOneAfterTheOther(['ana']);
  // Nothing of such a request goes on, and no promise of it is ever settled.
  hashQueue.run(() => new Promise(() => {}));
  const [last] = await logInOneAfterTheOther(['cleo']);
  await release();
  expect([(await first)?.status, (await last)?.status]).toEqual([200, 200]);
});

function throughTheRuntime(body: string, caller: AbortController): Promise<Response> {
  return exports.default.fetch(new Request(loginRequest(body), { signal: caller.signal }));
}

test('of a flood on one name, no more stand before another name than the lockout lets through', async () => {
  const log = recordLog();
  const release = holdQueue(hashQueue);
  const wrong = { Password: 'wrong' };
  const flood = await logInOneAfterTheOther(Array(5).fill('ana'), wrong);
  const rest = Array.from({ length: 5 }, () => login('ana', wrong));
  for (const response of await Promise.all(rest)) expect(response.status).toBe(429);
  const [ben] = await logInOneAfterTheOther(['ben']);
  await release();
  await Promise.all([...flood, ben]);
  const hashed = log.events('login').filter(({ status }) => status !== 429);
  expect(hashed.map(({ userName }) => userName)).toEqual([...Array(5).fill('ana'), 'ben']);
});

describe('a rehash after an answer', () => {
  test('waits for the logins that wait', async () => {
    await addUser('olga', { passwordHash: await identityHash(PASSWORD) });
    const log = recordLog();
    const { rest } = await sendAndLeave(loginRequest(await loginBody('olga')));
    const release = holdQueue(hashQueue);
    await untilJoined(3); // the login, the holder, the rehash
    const [ana] = await logInOneAfterTheOther(['ana']);
    await release();
    expect((await ana)?.status).toBe(200);
    expect(log.events('password_rehashed')).toEqual([]);
    await rest();
    expect(log.events('password_rehashed')).toHaveLength(1);
  });

  test('is left to the next login where too many wait', async () => {
    await addUser('otto', { passwordHash: await identityHash(PASSWORD) });
    const log = recordLog();
    const release = Array.from({ length: 16 }, () => holdQueue(hashQueue, 'rehash'));
    expect((await login('otto')).status).toBe(200);
    expect(log.events('password_not_rehashed')).toMatchObject([{ fault: 'isolate_busy' }]);
    await Promise.all(release.map((end) => end()));
    expect((await login('otto')).status).toBe(200);
    expect(log.events('password_rehashed')).toHaveLength(1);
  });
});

describe('a hash that is too long for the list', () => {
  test('is behind every other one, and takes one place before that, as any other name does', async () => {
    const log = recordLog();
    const release = holdQueue(hashQueue);
    const [leo, stranger, ben] = await logInOneAfterTheOther(['leo', 'stranger', 'ben']);
    await release();
    await Promise.all([leo, stranger, ben]);
    const answered = log.events('login').map(({ userName = 'stranger' }) => userName);
    expect(answered).toEqual(['stranger', 'ben', 'leo']);
    expect(joined.slice(0, 5)).toEqual(['login', 'login', 'login', 'login', 'long']);
  });

  test('takes no slot while it waits behind the others', async () => {
    await addUser('lara', { passwordHash: await identityHash(PASSWORD, LONG) });
    const release = holdQueue(hashQueue, 'long');
    const settings = { ...env, HASH_CAPACITY: '1' };
    const long = sendAndLeave(loginRequest(await loginBody('lara')), settings);
    await untilJoined(3);
    const { response } = await sendAndLeave(loginRequest(await loginBody('ana')), settings);
    expect(response.status).toBe(200);
    await release();
    const { response: answer, rest } = await long;
    expect(answer.status).toBe(200);
    await rest();
  });

  test('where too many wait, is not looked at, and no failure is counted', async () => {
    await addUser('luis', { passwordHash: await identityHash(PASSWORD, LONG) });
    const release = Array.from({ length: 3 }, () => holdQueue(hashQueue, 'long'));
    await forgetCalls();
    expect(await wire(await login('luis'))).toEqual(
      problem(503, 'Service Unavailable', {
        detail: 'Logins cannot be decided at the moment.',
        headers: { 'retry-after': '20' },
      }),
    );
    expect(await callsTo('database')).toHaveLength(2);
    const counted = await database().select().from(loginAttempts);
    expect(counted.map(({ attempts }) => attempts)).toEqual([[]]);
    await Promise.all(release.map((end) => end()));
    expect((await login('luis')).status).toBe(200);
  });
});
