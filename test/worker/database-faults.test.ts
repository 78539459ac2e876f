/** A database that fails, and what a login makes of it. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { UNAVAILABLE } from '../support/answers.ts';
import { breakNext, callsTo, type Fault, forgetCalls } from '../support/control.ts';
import { missDeadlines } from '../support/deadlines.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { login, wire } from '../support/requests.ts';
import { TEST_ENV } from '../support/test-env.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
});
afterEach(() => vi.restoreAllMocks());

const sqlError = {
  message: 'password authentication failed for user "app"',
  code: '28P01',
  severity: 'FATAL',
};
const answer = (rows: unknown[]) =>
  JSON.stringify({ command: 'SELECT', rowCount: 0, rowAsArray: true, fields: [], rows });

describe('a 503, its reason in the log, and a next login that works follow', () => {
  test.each<[string, Fault, object]>([
    ['a dropped connection', 'unreachable', { reason: 'database_unreachable' }],
    ['a 500', { status: 500, body: 'compute failed' }, { reason: 'database_unreachable' }],
    ['a 429', { status: 429, body: 'slow down' }, { reason: 'database_unreachable' }],
    [
      'a code that is none',
      { status: 400, body: '{"message":"m","code":"secret"}' },
      { reason: 'database_unreachable' },
    ],
    ['HTML', { status: 200, body: '<html></html>' }, { reason: 'database_bad_answer' }],
    ['HTML with a 400', { status: 400, body: '<html></html>' }, { reason: 'database_bad_answer' }],
    ['JSON of another kind', { status: 200, body: '{}' }, { reason: 'database_bad_answer' }],
    ['an empty row', { status: 200, body: answer([[]]) }, { reason: 'database_bad_answer' }],
    ['no row', { status: 200, body: answer([]) }, { reason: 'database_bad_answer' }],
    [
      'an SQL error',
      { status: 400, body: JSON.stringify(sqlError) },
      { reason: 'database_error', sqlState: '28P01' },
    ],
  ])('%s', async (_, fault, entry) => {
    const log = recordLog();
    await forgetCalls();
    await breakNext('database', fault);
    const response = await login('jdoe');
    expect(await wire(response)).toEqual(UNAVAILABLE);
    expect(log.events('login')).toMatchObject([{ status: 503, ...entry }]);
    expect(log.lines.join()).not.toContain(new URL(TEST_ENV.DATABASE_URL).password);
    expect(await callsTo('database')).toHaveLength(1);
    expect((await login('jdoe')).status).toBe(200);
  });
});

test('no answer, and half an answer, are a 503 at the deadline', async () => {
  const log = recordLog();
  await breakNext('database', 'hangs', 'hangs halfway');
  const deadlines = missDeadlines(10_000, 2);
  for (const response of await Promise.all([login('jdoe'), login('jdoe')])) {
    expect(await wire(response)).toEqual(UNAVAILABLE);
  }
  // 5 s for siteverify, and 10 s for the database, which may have to wake up. The two logins take turns in any order.
  expect(deadlines().sort((one, other) => one - other)).toEqual([5_000, 5_000, 10_000, 10_000]);
  expect(log.events('login')).toMatchObject(Array(2).fill({ reason: 'database_timeout' }));
  expect((await login('jdoe')).status).toBe(200);
});

test('a redirect is not followed: the connection string goes nowhere else', async () => {
  await forgetCalls();
  const headers = { Location: 'https://api.eu-central-1.aws.neon.tech/elsewhere' };
  await breakNext('database', { status: 307, body: '', headers });
  expect(await wire(await login('jdoe'))).toEqual(UNAVAILABLE);
  expect(await callsTo('database')).toHaveLength(1);
});
