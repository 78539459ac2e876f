/** The flood limits. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { problem } from '../support/answers.ts';
import { callsTo, forgetCalls, solveCaptcha } from '../support/control.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { LIMIT_OF_THREE, TOO_MANY } from '../support/limit-of-three.ts';
import { recordLog } from '../support/log.ts';
import { loginBody, loginRequest, sendWith, wire } from '../support/requests.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
});
afterEach(() => vi.restoreAllMocks());

const tooMany = (seconds: string) =>
  problem(429, 'Too Many Requests', {
    detail: 'Too many attempts.',
    headers: { 'retry-after': seconds },
  });

describe('logins from one address', () => {
  const flood = async (addresses: string[]) => {
    const answers = [];
    for (const address of addresses) {
      const request = loginRequest('{', { 'CF-Connecting-IP': address });
      answers.push(await wire(await sendWith({ LOGINS_PER_ADDRESS: LIMIT_OF_THREE }, request)));
    }
    return answers;
  };
  const times = (address: string) => Array<string>(TOO_MANY).fill(address);

  test('are limited', async () => {
    const answers = await flood(times('192.0.2.1'));
    expect(answers.filter(({ status }) => status === 400).length).toBeLessThanOrEqual(6);
    expect(answers).toContainEqual(tooMany('60'));
  });

  test('leave every other address alone', async () => {
    await flood(times('192.0.2.2'));
    expect((await flood(['192.0.2.3']))[0]?.status).toBe(400);
  });

  test('are those of one /64 in IPv6, within which a client may have any address', async () => {
    const addresses = times('').map((_, index) => `2001:db8:0:1:${index}::${index}`);
    expect(await flood(addresses)).toContainEqual(tooMany('60'));
    expect((await flood(['2001:db8:0:2::1']))[0]?.status).toBe(400);
  });

  test('spend nothing once there are too many, not even the captcha', async () => {
    const address = '192.0.2.4';
    await forgetCalls();
    const log = recordLog();
    for (let time = 0; time < TOO_MANY; time++) {
      const body = await loginBody('nobody', { Password: 'wrong-password' });
      const request = loginRequest(body, { 'CF-Connecting-IP': address });
      await sendWith({ LOGINS_PER_ADDRESS: LIMIT_OF_THREE }, request);
    }
    const limited = log.events('login').filter(({ reason }) => reason === 'address_limit_exceeded');
    expect(limited).toContainEqual({
      event: 'login',
      status: 429,
      reason: 'address_limit_exceeded',
      address,
    });
    expect(await callsTo('siteverify')).toHaveLength(TOO_MANY - limited.length);
    expect(await callsTo('database')).toHaveLength(TOO_MANY - limited.length);
  });

  test('spend not even the time to read the body', async () => {
    const answers = [];
    for (let time = 0; time < TOO_MANY; time++) {
      const pull = vi.fn((controller: ReadableStreamDefaultController) => controller.close());
      const body = new ReadableStream({ pull }, { highWaterMark: 0 });
      const request = loginRequest(body, { 'CF-Connecting-IP': '192.0.2.5' });
      const { status } = await sendWith({ LOGINS_PER_ADDRESS: LIMIT_OF_THREE }, request);
      answers.push([status, pull.mock.calls.length > 0 ? 'read' : 'not read']);
    }
    expect(new Set(answers.map(String))).toEqual(new Set(['400,read', '429,not read']));
  });

  test.each(['', 'unknown', '999.1.1.1', '::1]/['])(
    'are not limited together where the address is "%s", and the log says so',
    async (address) => {
      const log = recordLog();
      const statuses = (await flood(times(address))).map(({ status }) => status);
      expect(statuses).toEqual(Array(TOO_MANY).fill(400));
      expect(log.events('rate_limit_off')).toEqual(
        Array(TOO_MANY).fill({
          event: 'rate_limit_off',
          limit: 'address',
          fault: 'address_missing',
        }),
      );
    },
  );
});

describe('logins with one name', () => {
  const tryAs = async (userName: string) => {
    const request = loginRequest(await loginBody(userName, { Password: 'wrong-password' }));
    return wire(await sendWith({ LOGINS_PER_NAME: LIMIT_OF_THREE }, request));
  };

  test.each(['jdoe', 'nobody'])(
    'are limited, before the database is asked: %s',
    async (userName) => {
      await forgetCalls();
      const answers = [];
      for (let time = 0; time < TOO_MANY; time++) answers.push(await tryAs(userName));
      expect(answers).toContainEqual(tooMany('10'));
      const limited = answers.filter(({ headers }) => headers['retry-after'] === '10').length;
      expect(await callsTo('database')).toHaveLength(TOO_MANY - limited);
      expect(await callsTo('siteverify')).toHaveLength(TOO_MANY);
    },
  );

  test('are those of one name in any case, and leave every other name alone', async () => {
    const answers = [];
    for (const name of ['ana', 'ANA', 'Ana', 'aNa', 'anA', 'AnA', 'ANa']) {
      answers.push(await tryAs(name));
    }
    expect(answers).toContainEqual(tooMany('10'));
    expect((await tryAs('anne')).status).toBe(401);
  });

  test('are counted under a digest, not under what was typed', async () => {
    const limit = vi.fn(async () => ({ success: true }));
    const request = loginRequest(await loginBody('typed-secret'));
    await sendWith({ LOGINS_PER_NAME: { limit } }, request);
    expect(limit).toHaveBeenCalledExactlyOnceWith({ key: expect.stringMatching(/^[\w+/]{43}=$/) });
  });
});

describe('a login goes on without a limit, and the log says so, when its binding', () => {
  test.each<[string, RateLimit | undefined, string]>([
    ['is missing', undefined, 'binding_missing'],
    ['fails', { limit: () => Promise.reject(new Error('internal error')) }, 'binding_failed'],
    [
      'throws',
      {
        limit: () => {
          throw new Error('internal error');
        },
      },
      'binding_failed',
    ],
    ['does not answer', { limit: () => new Promise(() => {}) }, 'binding_timeout'],
  ])('%s', async (_, binding, fault) => {
    const log = recordLog();
    const settings = { LOGINS_PER_ADDRESS: binding, LOGINS_PER_NAME: binding };
    const CaptchaToken = await solveCaptcha();
    const request = loginRequest(await loginBody('jdoe', { CaptchaToken }));
    expect((await sendWith(settings, request)).status).toBe(200);
    expect(log.events('rate_limit_off')).toEqual([
      { event: 'rate_limit_off', limit: 'address', fault },
      { event: 'rate_limit_off', limit: 'name', fault },
    ]);
  });
});
