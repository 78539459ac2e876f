/** Settings that are missing or unsafe. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HEADERS } from '../support/answers.ts';
import { recordLog } from '../support/log.ts';
import { loginRequest, ORIGIN, sendWith, wire } from '../support/requests.ts';

afterEach(() => vi.restoreAllMocks());

const TEST_SECRET = '1x0000000000000000000000000000000AA';
const LOOPBACK_URL = 'postgresql://app:secret-of-app@127.0.0.1:5480/portero';

describe('a 503 and a log line that names the setting, never its value, follow', () => {
  test.each<[string, Partial<Env>, string, string]>([
    ['no DATABASE_URL', { DATABASE_URL: undefined }, 'DATABASE_URL', 'is missing'],
    ['an empty DATABASE_URL', { DATABASE_URL: '' }, 'DATABASE_URL', 'is missing'],
    [
      'a DATABASE_URL that is none',
      { DATABASE_URL: 'secret-of-app@db.example' },
      'DATABASE_URL',
      'is not of the form postgresql://user:password@host/database',
    ],
    [
      'a DATABASE_URL of another kind',
      { DATABASE_URL: 'mysql://app:secret-of-app@db.example/portero' },
      'DATABASE_URL',
      'is not of the form postgresql://user:password@host/database',
    ],
    [
      'a DATABASE_URL that is none beside a test secret',
      { DATABASE_URL: 'secret-of-app', TURNSTILE_SECRET_KEY: TEST_SECRET },
      'DATABASE_URL',
      'is not of the form postgresql://user:password@host/database',
    ],
    [
      'a loopback DATABASE_URL without a port',
      { DATABASE_URL: 'postgresql://app:secret-of-app@localhost/db' },
      'DATABASE_URL',
      'needs a port',
    ],
    ['a blank JWT_SECRET', { JWT_SECRET: ' '.repeat(40) }, 'JWT_SECRET', 'is missing'],
    [
      'a TURNSTILE_HOSTNAMES of a dot',
      { TURNSTILE_HOSTNAMES: '.' },
      'TURNSTILE_HOSTNAMES',
      'is not a list of hostnames without scheme or port, comma-separated',
    ],
    ['no JWT_SECRET', { JWT_SECRET: undefined }, 'JWT_SECRET', 'is missing'],
    [
      'a JWT_SECRET of 31 bytes',
      { JWT_SECRET: 'x'.repeat(31) },
      'JWT_SECRET',
      'is shorter than 32 bytes',
    ],
    ['no JWT_ISSUER', { JWT_ISSUER: '' }, 'JWT_ISSUER', 'is missing'],
    ['no JWT_AUDIENCE', { JWT_AUDIENCE: '' }, 'JWT_AUDIENCE', 'is missing'],
    [
      'no TURNSTILE_SECRET_KEY',
      { TURNSTILE_SECRET_KEY: undefined },
      'TURNSTILE_SECRET_KEY',
      'is missing',
    ],
    ['no TURNSTILE_SITE_KEY', { TURNSTILE_SITE_KEY: '' }, 'TURNSTILE_SITE_KEY', 'is missing'],
    ['no TURNSTILE_HOSTNAMES', { TURNSTILE_HOSTNAMES: '' }, 'TURNSTILE_HOSTNAMES', 'is missing'],
    [
      'a TURNSTILE_HOSTNAMES with a URL',
      { TURNSTILE_HOSTNAMES: 'https://app.example.org' },
      'TURNSTILE_HOSTNAMES',
      'is not a list of hostnames without scheme or port, comma-separated',
    ],
    [
      'a TURNSTILE_ACTION that is none',
      { TURNSTILE_ACTION: 'log in' },
      'TURNSTILE_ACTION',
      'is not a Turnstile action',
    ],
    [
      'a test secret beside a database elsewhere',
      { TURNSTILE_SECRET_KEY: TEST_SECRET },
      'TURNSTILE_SECRET_KEY',
      'is a test secret, which is accepted only beside a loopback DATABASE_URL',
    ],
    [
      'a test secret beside a host that only looks like loopback',
      {
        TURNSTILE_SECRET_KEY: TEST_SECRET,
        DATABASE_URL: 'postgresql://app:secret-of-app@127.0.0.1.example.org/db',
      },
      'TURNSTILE_SECRET_KEY',
      'is a test secret, which is accepted only beside a loopback DATABASE_URL',
    ],
  ])('%s', async (_, settings, setting, problem) => {
    const log = recordLog();
    const answer = await wire(await sendWith(settings, loginRequest('{}')));
    expect(answer).toEqual({
      status: 503,
      headers: { ...HEADERS, 'content-type': 'application/problem+json' },
      body: '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service is not configured."}',
    });
    expect(log.lines).toHaveLength(1);
    expect(log.events('settings_refused')[0].faults).toContainEqual({ setting, problem });
    expect(log.lines[0]).not.toContain('secret-of-app');
  });
});

describe('the number', () => {
  const problemWith = async (setting: string, value: unknown) => {
    const log = recordLog();
    const response = await sendWith({ [setting]: value }, loginRequest('{}'));
    const [event] = log.events('settings_refused');
    return event?.faults[0]?.problem ?? response.status;
  };

  test.each([
    ['LOCKOUT_FAILURES', 1, 100],
    ['LOCKOUT_MINUTES', 1, 1440],
    ['HASH_CAPACITY', 1, 20],
  ])('%s is a whole one from %i to %i', async (setting, lowest, highest) => {
    for (const value of [lowest, highest, String(lowest), String(highest), '', undefined]) {
      expect(await problemWith(setting, value)).toBe(401);
    }
    const problem = `is not a whole number from ${lowest} to ${highest}`;
    for (const value of [
      lowest - 1,
      highest + 1,
      1.5,
      '1.5',
      '1e1',
      '0x5',
      '+5',
      'x',
      true,
      null,
    ]) {
      expect(await problemWith(setting, value)).toBe(problem);
    }
  });
});

test.each(['LOGINS_PER_ADDRESS', 'LOGINS_PER_NAME'])('%s is a binding', async (setting) => {
  for (const value of ['100', 100, {}, null]) {
    const log = recordLog();
    expect((await sendWith({ [setting]: value }, loginRequest('{}'))).status).toBe(503);
    const [{ faults }] = log.events('settings_refused');
    expect(faults).toEqual([{ setting, problem: 'is not a rate limiting binding' }]);
  }
});

test('all that is wrong is named at once', async () => {
  const log = recordLog();
  await sendWith({ JWT_SECRET: 'short', JWT_ISSUER: '' }, loginRequest('{}'));
  const [event] = log.events('settings_refused');
  expect(event.faults.map(({ setting }: { setting: string }) => setting).sort()).toEqual([
    'JWT_ISSUER',
    'JWT_SECRET',
  ]);
});

test('a secret of 32 bytes is enough, however few characters they are', async () => {
  const response = await sendWith({ JWT_SECRET: 'ñ'.repeat(16) }, loginRequest('{}'));
  expect(response.status).toBe(401);
});

describe('GET /api/Config tells a web app', () => {
  const config = async (settings: Partial<Env>) =>
    wire(await sendWith(settings, new Request(`${ORIGIN}/api/Config`)));

  test('the site key', async () => {
    expect(await config({})).toEqual({
      status: 200,
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: '{"turnstileSiteKey":"0x4AAAAAAA-site-key"}',
    });
  });

  test('and the action where one is configured', async () => {
    const { body } = await config({ TURNSTILE_ACTION: 'login' });
    expect(JSON.parse(body)).toMatchObject({ turnstileAction: 'login' });
  });

  test.each(['1x00000000000000000000BB', '2x00000000000000000000AB', '3x00000000000000000000FF'])(
    'the test site key %s where it is configured beside a test secret',
    async (siteKey) => {
      const settings = { TURNSTILE_SECRET_KEY: TEST_SECRET, DATABASE_URL: LOOPBACK_URL };
      const { body } = await config({ ...settings, TURNSTILE_SITE_KEY: siteKey });
      expect(JSON.parse(body)).toEqual({ turnstileSiteKey: siteKey });
    },
  );

  test('the test site key that passes beside a test secret, whatever else is configured', async () => {
    const settings = { TURNSTILE_SECRET_KEY: TEST_SECRET, DATABASE_URL: LOOPBACK_URL };
    expect(JSON.parse((await config({ ...settings, TURNSTILE_ACTION: 'login' })).body)).toEqual({
      turnstileSiteKey: '1x00000000000000000000AA',
    });
  });

  test.each(['LOCALHOST:1', '127.0.0.1:1', '127.9.8.7:1', '0x7f.1:1', '[::1]:1', '[0:0::1]:1'])(
    'and a test secret is accepted beside a database at %s',
    async (host) => {
      const settings = {
        TURNSTILE_SECRET_KEY: TEST_SECRET,
        DATABASE_URL: `postgresql://app:secret-of-app@${host}/portero`,
      };
      expect((await config(settings)).status).toBe(200);
    },
  );
});
