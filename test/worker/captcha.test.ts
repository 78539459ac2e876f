/** What a login asks siteverify, and what it makes of the answers. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { REFUSED, UNAVAILABLE } from '../support/answers.ts';
import {
  breakNext,
  callsTo,
  type Fault,
  forgetCalls,
  setSiteverifyClock,
  solveCaptcha,
} from '../support/control.ts';
import { missDeadlines } from '../support/deadlines.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { login, loginBody, loginRequest, sendWith, wire } from '../support/requests.ts';
import { TEST_ENV } from '../support/test-env.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
});
beforeEach(forgetCalls);
afterEach(() => vi.restoreAllMocks());

test('siteverify is sent the secret, the token and an idempotency key, and nothing of the user', async () => {
  const CaptchaToken = await solveCaptcha();
  await login('jdoe', { CaptchaToken });
  expect(await callsTo('siteverify')).toEqual([
    {
      secret: TEST_ENV.TURNSTILE_SECRET_KEY,
      response: CaptchaToken,
      idempotency_key: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    },
  ]);
});

test('a captcha that did not pass leaves the database alone and derives no key', async () => {
  const deriveBits = vi.spyOn(crypto.subtle, 'deriveBits');
  await login('jdoe', { CaptchaToken: 'invalid' });
  await login('jdoe', { CaptchaToken: await solveCaptcha({ hostname: 'phishing.example' }) });
  expect(await callsTo('database')).toEqual([]);
  expect(deriveBits).not.toHaveBeenCalled();
});

test('a token that cannot be one is not sent to siteverify', async () => {
  await login('jdoe', { CaptchaToken: '' });
  await login('jdoe', { CaptchaToken: '0'.repeat(2049) });
  expect(await callsTo('siteverify')).toEqual([]);
});

test('a token of 2,048 characters is', async () => {
  await login('jdoe', { CaptchaToken: '0'.repeat(2048) });
  expect(await callsTo('siteverify')).toHaveLength(1);
});

test('each hostname of the list is accepted', async () => {
  const CaptchaToken = await solveCaptcha({ hostname: 'WWW.example.org' });
  expect((await login('jdoe', { CaptchaToken })).status).toBe(200);
});

test('a token older than 300 s is refused', async () => {
  const log = recordLog();
  const CaptchaToken = await solveCaptcha();
  await setSiteverifyClock(Date.now() + 301_000);
  expect((await login('jdoe', { CaptchaToken })).status).toBe(401);
  await setSiteverifyClock();
  expect(log.events('login')).toMatchObject([
    { reason: 'captcha_expired_or_used', captchaErrors: ['timeout-or-duplicate'] },
  ]);
});

describe('where an action is configured', () => {
  test.each([
    ['login', 200],
    ['signup', 401],
    [undefined, 401],
  ])('a captcha for the action %s is answered with %i', async (action, status) => {
    const body = await loginBody('jdoe', { CaptchaToken: await solveCaptcha({ action }) });
    const response = await sendWith({ TURNSTILE_ACTION: 'login' }, loginRequest(body));
    expect(response.status).toBe(status);
    if (status === 401) expect(await wire(response)).toEqual(REFUSED);
  });
});

const json = (answer: object): Fault => ({ status: 200, body: JSON.stringify(answer) });
const internalError = json({ success: false, 'error-codes': ['internal-error'] });

describe('one retry, with the same idempotency key, follows', () => {
  test.each<[string, Fault]>([
    ['a dropped connection', 'unreachable'],
    ['a 500', { status: 500, body: 'oops' }],
    ['a 503', { status: 503, body: '' }],
    ['internal-error', internalError],
  ])('%s', async (_, fault) => {
    await breakNext('siteverify', fault);
    expect((await login('jdoe')).status).toBe(200);
    const calls = await callsTo('siteverify');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEqual(calls[0]);
  });
});

describe('a 503, its reason in the log, and a next login that works follow', () => {
  test.each<[string, Fault[], string]>([
    ['two dropped connections', ['unreachable', 'unreachable'], 'turnstile_unreachable'],
    [
      'two 500s',
      [
        { status: 500, body: '' },
        { status: 500, body: '' },
      ],
      'turnstile_unreachable',
    ],
    ['internal-error twice', [internalError, internalError], 'turnstile_unreachable'],
    ['HTML', [{ status: 200, body: '<html></html>' }], 'turnstile_bad_answer'],
    [
      'a 429',
      [{ status: 429, body: '{"success":false,"error-codes":["x"]}' }],
      'turnstile_bad_answer',
    ],
    ['JSON of another kind', [json({ success: 'yes' })], 'turnstile_bad_answer'],
    ['a refusal without a code', [json({ success: false })], 'turnstile_bad_answer'],
    [
      'a refused secret',
      [json({ success: false, 'error-codes': ['invalid-input-secret'] })],
      'turnstile_secret_key_refused',
    ],
  ])('%s', async (_, faults, reason) => {
    const log = recordLog();
    await breakNext('siteverify', ...faults);
    const response = await login('jdoe');
    expect(await wire(response)).toEqual(UNAVAILABLE);
    expect(log.events('login')).toMatchObject([{ status: 503, reason }]);
    expect(await callsTo('database')).toEqual([]);
    expect((await login('jdoe')).status).toBe(200);
  });
});

test('no answer, and half an answer, are a 503 at the deadline', async () => {
  const log = recordLog();
  await breakNext('siteverify', 'hangs', 'hangs halfway');
  const deadlines = missDeadlines(5_000, 2);
  for (const response of await Promise.all([login('jdoe'), login('jdoe')])) {
    expect(await wire(response)).toEqual(UNAVAILABLE);
  }
  expect(deadlines()).toEqual([5_000, 5_000]);
  expect(log.events('login')).toMatchObject(Array(2).fill({ reason: 'turnstile_timeout' }));
  expect(await callsTo('siteverify')).toHaveLength(2);
  expect((await login('jdoe')).status).toBe(200);
});

test('success without a hostname is refused', async () => {
  await breakNext('siteverify', json({ success: true }));
  expect((await login('jdoe')).status).toBe(401);
});

test('a redirect is not followed: the secret goes nowhere else', async () => {
  const headers = { Location: 'https://challenges.cloudflare.com/elsewhere' };
  await breakNext('siteverify', { status: 307, body: '', headers });
  expect(await wire(await login('jdoe'))).toEqual(UNAVAILABLE);
  expect(await callsTo('siteverify')).toHaveLength(1);
});

test('null stands for a missing member of the answer', async () => {
  const answer = { success: true, hostname: 'app.example.org', action: null, 'error-codes': null };
  await breakNext('siteverify', json(answer));
  expect((await login('jdoe')).status).toBe(200);
});

test('an error code that is none is not logged', async () => {
  const log = recordLog();
  await breakNext(
    'siteverify',
    json({ success: false, 'error-codes': ['new_code', '0x4A secret'] }),
  );
  expect((await login('jdoe')).status).toBe(401);
  expect(log.events('login')).toMatchObject([{ captchaErrors: ['new_code', 'not-a-code'] }]);
});
