/** One line for each login: precise for the operator, and nothing secret in it. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { ADDRESS, login, post, send, tokenOf } from '../support/requests.ts';
import { linesWithSecrets } from '../support/secrets.ts';
import { TEST_ENV } from '../support/test-env.ts';

const milliseconds = expect.any(Number);

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe', { id: 'id-of-jdoe' });
  await addUser('inactive', { id: 'id-of-inactive', active: false });
  await addUser('hashless', { id: 'id-of-hashless', passwordHash: null });
  await addUser('unreadable', { id: 'id-of-unreadable', passwordHash: 'nonsense' });
});
afterEach(() => vi.restoreAllMocks());

describe('the reason is', () => {
  test.each<[string, string, object, object]>([
    ['success', 'jdoe', {}, { status: 200, userId: 'id-of-jdoe', userName: 'jdoe' }],
    [
      'wrong_password',
      'JDOE',
      { Password: 'wrong-password' },
      { userId: 'id-of-jdoe', userName: 'jdoe' },
    ],
    ['inactive', 'inactive', {}, { userId: 'id-of-inactive', userName: 'inactive' }],
    [
      'wrong_password',
      'inactive',
      { Password: 'wrong-password' },
      { userId: 'id-of-inactive', userName: 'inactive' },
    ],
    ['no_password', 'hashless', {}, { userId: 'id-of-hashless', userName: 'hashless' }],
    ['unreadable_hash', 'unreadable', {}, { userId: 'id-of-unreadable', userName: 'unreadable' }],
    ['unknown_user', 'my-typed-secret', {}, {}],
  ])(
    '%s, with the user where known, and the time of each stage',
    async (reason, userName, members, entry) => {
      const log = recordLog();
      await login(userName, members);
      expect(log.events('login')).toEqual([
        {
          event: 'login',
          status: 401,
          reason,
          address: ADDRESS,
          attempts: 1,
          captchaMs: milliseconds,
          sqlMs: milliseconds,
          hashMs: milliseconds,
          ...entry,
        },
      ]);
    },
  );

  test.each<[string, object]>([
    ['captcha_missing', { CaptchaToken: null }],
    ['captcha_too_long', { CaptchaToken: 'x'.repeat(2049) }],
    ['captcha_invalid', { CaptchaToken: 'x' }],
    ['credentials_missing', { Password: null }],
    ['impossible_user_name', { UserName: 'a\0b' }],
  ])('%s, and no more than the captcha is timed', async (reason, members) => {
    const log = recordLog();
    await login('jdoe', members);
    expect(log.events('login')).toEqual([
      expect.objectContaining({ event: 'login', status: 401, reason, captchaMs: milliseconds }),
    ]);
    expect(log.lines.join()).not.toContain('sqlMs');
  });

  test.each([
    ['body_not_json', '{'],
    ['body_not_an_object', '[]'],
    ['member_of_wrong_type', '{"Password":1}'],
    ['body_not_utf8', new Uint8Array([0xff])],
  ])('%s', async (reason, body) => {
    const log = recordLog();
    await post(body);
    expect(log.events('login')).toEqual([
      { event: 'login', status: 400, reason, address: ADDRESS },
    ]);
  });
});

test.each([
  ['content_type_not_json', 415, '{}', 'text/plain'],
  ['body_too_large', 413, ' '.repeat(16_385), 'application/json'],
])('%s', async (reason, status, body, contentType) => {
  const log = recordLog();
  await post(body, { 'Content-Type': contentType });
  expect(log.events('login')).toEqual([{ event: 'login', status, reason, address: ADDRESS }]);
});

test('a name that was typed for nobody is not logged: people type passwords there', async () => {
  const log = recordLog();
  await login('typed-name', { Password: 'typed-password' });
  await login('typed-name\0');
  await login('jdoe', { UserName: { 'typed-name': 1 } });
  expect(log.lines).toHaveLength(3);
  expect(log.lines.join()).not.toContain('typed-');
});

describe('everything that is logged in these tests is searched for secrets, and the search finds', () => {
  test.each<[string, () => Promise<string>]>([
    ['a setting', async () => TEST_ENV.JWT_SECRET],
    ['the password of the database', async () => new URL(TEST_ENV.DATABASE_URL).password],
    [
      'a password',
      async () => {
        await login('jdoe', { Password: 'typed "secret"' });
        return 'typed "secret"';
      },
    ],
    [
      'a captcha token',
      async () => {
        await login('jdoe', { CaptchaToken: '0.secret' });
        return '0.secret';
      },
    ],
    ['a hash', async () => (await addUser('hashed')).passwordHash as string],
    ['the claims of a token', async () => (await tokenOf('jdoe')).split('.')[1] as string],
    ['the signature of a token', async () => (await tokenOf('jdoe')).split('.')[2] as string],
    [
      'a bearer token',
      async () => {
        await send('/api/Users/me', {
          headers: { Authorization: 'Bearer forged-header.forged-payload.forged-signature' },
        });
        return 'forged-payload';
      },
    ],
  ])('%s', async (_, use) => {
    const secret = await use();
    expect(linesWithSecrets([JSON.stringify({ event: 'leak', secret }), 'harmless'])).toHaveLength(
      1,
    );
  });

  test('nothing before it is used', () => {
    expect(linesWithSecrets(['a-secret-of-nobody'])).toEqual([]);
  });
});
