/** The stand-in for siteverify, against what Turnstile's documentation says. */
import { describe, expect, test } from 'vitest';
import { createTurnstileEndpoint, DUMMY_TOKEN, Siteverify } from '../../dev/siteverify.ts';

const SECRET = '0x4AAAAAAA-secret';
const PASSES = '1x0000000000000000000000000000000AA';
const FAILS = '2x0000000000000000000000000000000AA';
const IS_SPENT = '3x0000000000000000000000000000000AA';
const KEY = '9c5b94b1-35ad-49bb-b118-8e8fc24abf80';
const OTHER_KEY = '0b9e9d1c-7c3b-4f0f-8d59-2f5c0c7f9a11';

function start(at = Date.UTC(2026, 0, 1)) {
  const clock = { now: at };
  const siteverify = new Siteverify([SECRET], () => clock.now);
  const endpoint = createTurnstileEndpoint(siteverify);
  const send = (body: BodyInit, contentType = 'application/json') =>
    endpoint.request('/turnstile/v0/siteverify', {
      method: 'POST',
      body,
      headers: { 'Content-Type': contentType },
    });
  return {
    clock,
    send,
    issue: (challenge = { hostname: 'app.example.org' }) => siteverify.issue(SECRET, challenge),
    redeem: async (body: object) => (await send(JSON.stringify(body))).json(),
  };
}

const failure = (code: string) => ({ success: false, 'error-codes': [code] });

describe('with a test secret', () => {
  test('the dummy token passes as often as it comes, for example.com and no action', async () => {
    const { redeem } = start();
    for (let time = 0; time < 3; time++) {
      expect(await redeem({ secret: PASSES, response: DUMMY_TOKEN })).toEqual({
        success: true,
        'error-codes': [],
        challenge_ts: '2026-01-01T00:00:00.000Z',
        hostname: 'example.com',
        metadata: { result_with_testing_key: true },
      });
    }
  });

  test.each([
    [FAILS, 'invalid-input-response'],
    [IS_SPENT, 'timeout-or-duplicate'],
  ])('%s always answers %s', async (secret, code) => {
    const { redeem } = start();
    const answer = await redeem({ secret, response: DUMMY_TOKEN });
    expect(answer).toEqual({ ...failure(code), metadata: { result_with_testing_key: true } });
  });

  test('no other token passes', async () => {
    const { redeem, issue } = start();
    const real = issue();
    expect(await redeem({ secret: PASSES, response: 'x' })).toEqual(
      failure('invalid-input-response'),
    );
    expect(await redeem({ secret: PASSES, response: real })).toEqual(
      failure('invalid-input-secret'),
    );
  });
});

describe('with a real secret', () => {
  test('a token passes once, with what its widget knew', async () => {
    const { redeem, issue } = start();
    const response = issue({ hostname: 'a.example', action: 'login', cdata: 'c' } as never);
    expect(await redeem({ secret: SECRET, response })).toEqual({
      success: true,
      'error-codes': [],
      challenge_ts: '2026-01-01T00:00:00.000Z',
      hostname: 'a.example',
      action: 'login',
      cdata: 'c',
    });
    expect(await redeem({ secret: SECRET, response })).toEqual(failure('timeout-or-duplicate'));
  });

  test('a repeated call with the same idempotency key gets the same answer', async () => {
    const { redeem, issue } = start();
    const call = { secret: SECRET, response: issue(), idempotency_key: KEY };
    const first = await redeem(call);
    expect(first).toMatchObject({ success: true });
    expect(await redeem(call)).toEqual(first);
    expect(await redeem({ ...call, idempotency_key: OTHER_KEY })).toEqual(
      failure('timeout-or-duplicate'),
    );
    expect(await redeem({ ...call, idempotency_key: undefined })).toEqual(
      failure('timeout-or-duplicate'),
    );
  });

  test.each([
    [300_000, true],
    [300_001, false],
  ])('a token after %i ms passes: %s', async (age, success) => {
    const { redeem, issue, clock } = start();
    const response = issue();
    clock.now += age;
    expect(await redeem({ secret: SECRET, response })).toMatchObject({ success });
  });

  test('the dummy token is refused', async () => {
    const { redeem } = start();
    expect(await redeem({ secret: SECRET, response: DUMMY_TOKEN })).toEqual(
      failure('invalid-input-response'),
    );
  });
});

test.each([
  [{}, 'missing-input-secret'],
  [{ secret: SECRET }, 'missing-input-response'],
  [{ secret: 'unknown', response: 'x' }, 'invalid-input-secret'],
])('%j is answered with %s', async (body, code) => {
  expect(await start().redeem(body)).toEqual(failure(code));
});

test('a form is understood as well', async () => {
  const { send, issue } = start();
  const form = new URLSearchParams({ secret: SECRET, response: issue() });
  const response = await send(form.toString(), 'application/x-www-form-urlencoded');
  expect(await response.json()).toMatchObject({ success: true });
});

test.each([
  '',
  '{"secret":1}',
  `{"secret":"${SECRET}","response":"x","idempotency_key":"no uuid"}`,
])('the body %j is a bad request', async (body) => {
  const response = await start().send(body);
  expect([response.status, await response.json()]).toEqual([400, failure('bad-request')]);
});
