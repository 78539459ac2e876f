/** The exact lockout: what a guesser can try, and what it costs the user. */
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { beginLogin } from '../../src/db/login-statement.ts';
import { loginAttemptSalt, loginAttempts } from '../../src/db/schema.ts';
import { problem, REFUSED } from '../support/answers.ts';
import { breakNext, releaseHeldUp } from '../support/control.ts';
import { addUser, database, forgetAttempts, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import {
  login,
  loginBody,
  loginRequest,
  sendAndLeave,
  sendWith,
  wire,
} from '../support/requests.ts';
import { raceRounds } from '../support/rounds.ts';

const DEFAULT = { failures: 5, minutes: 5 };
const WRONG = { Password: 'wrong-password' };
const UNDECIDED = problem(429, 'Too Many Requests', {
  detail: 'Too many attempts.',
  headers: { 'retry-after': '1' },
});

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe', { id: 'id-of-jdoe' });
  await addUser('inactive', { active: false });
});
beforeEach(forgetAttempts); // some tests count attempts without a request
afterEach(() => vi.restoreAllMocks());

async function fail(userName: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    expect((await login(userName, WRONG)).status).toBe(401);
  }
}

/** Counts failures as {@link fail} does, but without a hash for each. */
async function countFailures(userName: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const attempt = { normalizedUserName: userName.toUpperCase(), attemptId: crypto.randomUUID() };
    const { status } = await beginLogin(database(), attempt, DEFAULT);
    expect(status).toBe('counted');
  }
}

/** Sets how many seconds ago the first and the last attempt were counted. */
async function age({ first, last = first }: { first: number; last?: number }): Promise<void> {
  await database()
    .update(loginAttempts)
    .set({
      firstCountedAt: sql`now() - make_interval(secs => ${first})`,
      lastCountedAt: sql`now() - make_interval(secs => ${last})`,
    });
}

/** How many attempts reached the password. */
function countHashes(): () => number {
  const compare = vi.spyOn(crypto.subtle, 'timingSafeEqual');
  return () => compare.mock.calls.length;
}

async function countedAttempts(): Promise<number[]> {
  const rows = await database().select().from(loginAttempts);
  return rows.map(({ attempts }) => attempts.length);
}

describe('five failures lock a name', () => {
  test('against the right password too, which is asked to wait at first and then refused', async () => {
    await fail('jdoe', 5);
    const hashes = countHashes();
    expect(await wire(await login('jdoe'))).toEqual(UNDECIDED);
    await age({ first: 60, last: 2 });
    expect(await wire(await login('jdoe'))).toEqual(UNDECIDED);
    await age({ first: 60, last: 5 });
    expect(await wire(await login('jdoe'))).toEqual(REFUSED);
    expect(hashes()).toBe(0);
  });

  test('for five minutes from the last of them', async () => {
    await countFailures('jdoe', 5);
    await age({ first: 590, last: 295 });
    expect((await login('jdoe')).status).toBe(401);
    await age({ first: 595, last: 300 });
    expect((await login('jdoe')).status).toBe(200);
  });

  test('and what is tried during the lock does not make it longer', async () => {
    await countFailures('jdoe', 5);
    await age({ first: 290 });
    const before = await database().select().from(loginAttempts);
    await fail('jdoe', 3);
    expect(await database().select().from(loginAttempts)).toEqual(before);
  });

  test('and after the lock there are five new ones', async () => {
    await countFailures('jdoe', 5);
    await age({ first: 300 });
    const hashes = countHashes();
    await fail('jdoe', 5);
    expect(hashes()).toBe(5);
    expect((await login('jdoe')).status).toBe(429);
  });

  test('whatever its case', async () => {
    await fail('jdoe', 2);
    await fail('JDOE', 2);
    await fail('JdOe', 1);
    expect((await login('jdoe')).status).toBe(429);
  });

  test('whatever white space is around it', async () => {
    for (const padded of ['jdoe ', ' jdoe', '\tjdoe', 'jdoe\u00a0', '\ufeffjdoe\u0085']) {
      await fail(padded, 1);
    }
    const hashes = countHashes();
    expect((await login('jdoe')).status).toBe(429);
    expect((await login('jdoe\u3000')).status).toBe(429);
    expect(hashes()).toBe(0);
  });

  test('and no other', async () => {
    await addUser('neighbour');
    await countFailures('jdoe', 5);
    expect((await login('neighbour')).status).toBe(200);
  });

  test('and the log says so once, without a name that nobody has', async () => {
    const log = recordLog();
    await countFailures('jdoe', 4);
    await fail('jdoe', 1);
    await login('jdoe');
    await countFailures('typed-secret', 4);
    await fail('typed-secret', 1);
    const address = '203.0.113.7';
    expect(log.events('name_locked')).toEqual([
      { event: 'name_locked', minutes: 5, address, userId: 'id-of-jdoe', userName: 'jdoe' },
      { event: 'name_locked', minutes: 5, address },
    ]);
    expect(log.events('login').map(({ reason }) => reason)).toContain('name_undecided');
  });
});

test('a name that nobody has answers to every step as one that a user has', async () => {
  const answers = async (userName: string) => {
    const hashes = countHashes();
    const seen = [];
    for (const secondsAgo of [0, 0, 0, 0, 0, 1, 5, 295, 300]) {
      await age({ first: secondsAgo });
      seen.push(await wire(await login(userName, WRONG)), hashes());
    }
    vi.restoreAllMocks();
    await database().delete(loginAttempts);
    return seen;
  };
  const known = await answers('jdoe');
  expect(known.filter((_, index) => index % 2 === 1)).toEqual([1, 2, 3, 4, 5, 5, 5, 5, 6]);
  expect(await answers('nobody')).toEqual(known);
  expect(await answers('inactive')).toEqual(known);
});

test.each(['jdoe', 'nobody'])(
  'of 200 parallel guesses on %s at most five reach the hash',
  async (userName) => {
    const hashes = countHashes();
    const bodies = await Promise.all(Array.from({ length: 200 }, () => loginBody(userName, WRONG)));
    const responses = await Promise.all(
      bodies.map(async (body) => (await sendAndLeave(loginRequest(body))).response),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([]);
    expect(hashes()).toBe(5);
    expect(await countedAttempts()).toEqual([5]);

    await age({ first: 5 });
    expect(await wire(await login(userName))).toEqual(REFUSED);
    await age({ first: 295 });
    expect(await wire(await login(userName))).toEqual(REFUSED);
    expect(hashes()).toBe(5);
    await age({ first: 300 });
    expect((await login(userName)).status).toBe(userName === 'jdoe' ? 200 : 401);
    expect(hashes()).toBe(6);
  },
);

test('of 40 statements at a time exactly five count, each time', async () => {
  for (let round = 0; round < raceRounds(25); round++) {
    const attempts = Array.from({ length: 40 }, () => ({
      normalizedUserName: `FRESH-${round}`,
      attemptId: crypto.randomUUID(),
    }));
    const begin = Date.now();
    const states = await Promise.all(
      attempts.map((attempt) => beginLogin(database(), attempt, DEFAULT)),
    );
    const statuses = states.map(({ status }) => status);
    expect(statuses.filter((status) => status === 'counted')).toHaveLength(5);
    // A machine that needs more than five seconds for forty statements sees the lock itself.
    const possible = Date.now() - begin < 5_000 ? ['undecided'] : ['undecided', 'locked'];
    const others = statuses.filter((status) => status !== 'counted');
    expect(possible).toEqual(expect.arrayContaining([...new Set(others)]));
  }
});

describe('a right password', () => {
  test('takes its own attempt out of the count again', async () => {
    for (let time = 0; time < 7; time++) expect((await login('jdoe')).status).toBe(200);
    expect(await countedAttempts()).toEqual([0]);
  });

  test('leaves those of others in it', async () => {
    await countFailures('jdoe', 4);
    const log = recordLog();
    expect((await login('jdoe')).status).toBe(200);
    expect(log.events('name_locked')).toEqual([]); // though it was the fifth that counted
    await fail('jdoe', 1);
    expect((await login('jdoe')).status).toBe(429);
  });

  test('enters eight times at once, for a client that honours Retry-After', async () => {
    const persist = async (): Promise<number> => {
      const response = await login('jdoe');
      const seconds = response.headers.get('Retry-After');
      if (seconds === null) return response.status;
      await scheduler.wait(Number(seconds) * 1000);
      return persist();
    };
    const statuses = await Promise.all(Array.from({ length: 8 }, persist));
    expect(statuses).toEqual(Array(8).fill(200));
  });

  test('that could not be taken out counts as a failure', async () => {
    for (let time = 0; time < 5; time++) {
      await breakNext('database', 'passes', 'unreachable');
      expect((await login('jdoe')).status).toBe(200);
    }
    expect((await login('jdoe')).status).toBe(429);
  });

  test('that is taken out late does not make room in a new count', async () => {
    await breakNext('database', 'passes', 'is held up');
    const { response, rest } = await sendAndLeave(loginRequest(await loginBody('jdoe')));
    expect(response.status).toBe(200);
    await age({ first: 300 });
    await countFailures('jdoe', 5);
    await releaseHeldUp();
    await rest();
    expect(await countedAttempts()).toEqual([5]);
    expect((await login('jdoe')).status).toBe(429);
  });

  test('of an inactive user counts as a failure, as any password of nobody does', async () => {
    for (let time = 0; time < 5; time++) expect((await login('inactive')).status).toBe(401);
    expect((await login('inactive')).status).toBe(429);
  });
});

test('failures count for five minutes from the first', async () => {
  await countFailures('jdoe', 1);
  await age({ first: 290 });
  await countFailures('jdoe', 3);
  expect(await countedAttempts()).toEqual([4]);
  await age({ first: 300, last: 1 });
  await countFailures('jdoe', 1);
  expect(await countedAttempts()).toEqual([1]);
});

test('a right password is not the first of the failures that follow it', async () => {
  await login('jdoe');
  await age({ first: 290 });
  await fail('jdoe', 1);
  const { rows } = await database().execute(
    sql`select first_counted_at = last_counted_at as "startsAnew" from ${loginAttempts}`,
  );
  expect(rows).toEqual([{ startsAnew: true }]);
});

test('an attempt counts although the answer of the database is lost, and is not made twice', async () => {
  await breakNext('database', 'answers in vain');
  expect((await login('jdoe')).status).toBe(503);
  expect(await countedAttempts()).toEqual([1]);
});

test.each<[string, object]>([
  ['a captcha that did not pass', { CaptchaToken: 'wrong' }],
  ['a missing password', { Password: '' }],
  ['an impossible name', { UserName: 'jdoe\0' }],
])('%s counts nothing', async (_, members) => {
  await login('jdoe', members);
  expect(await countedAttempts()).toEqual([]);
});

test('the number of failures and the minutes are settings', async () => {
  const tryWith = async (members: object) =>
    sendWith(
      { LOCKOUT_FAILURES: '2', LOCKOUT_MINUTES: '1' },
      loginRequest(await loginBody('jdoe', members)),
    );
  await tryWith(WRONG);
  await tryWith(WRONG);
  expect((await tryWith({})).status).toBe(429);
  await age({ first: 55 });
  expect((await tryWith({})).status).toBe(401);
  await age({ first: 60 });
  expect((await tryWith({})).status).toBe(200);
});

test('the table holds nothing that was typed, nor a digest that somebody else could compute', async () => {
  await fail('jdoe', 1);
  const [row] = await database().select().from(loginAttempts);
  const { rows } = await database().execute(sql`
    select encode(sha256(convert_to(salt || 'JDOE', 'UTF8')), 'hex') as digest
    from ${loginAttemptSalt} where length(salt) = 72`);
  expect(rows).toEqual([{ digest: row?.nameDigest }]);
  expect(JSON.stringify(row)).not.toMatch(/jdoe/i);
});

test('the table survives a crash of the database: it is an ordinary one', async () => {
  const { rows } = await database().execute(
    sql`select relpersistence from pg_class where relname = 'login_attempts'`,
  );
  expect(rows).toEqual([{ relpersistence: 'p' }]);
});
