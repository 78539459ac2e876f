/** Settings that are missing or unsafe. */
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HEADERS } from '../support/answers.ts';
import { callsTo, connections, forgetCalls } from '../support/control.ts';
import { recordLog } from '../support/log.ts';
import {
  loginBody,
  loginRequest,
  ORIGIN,
  sendAndLeave,
  sendWith,
  wire,
} from '../support/requests.ts';

/** The test bindings, with settings that `wrangler.toml` does not list. */
type Settings = Partial<Env> & Record<string, unknown>;

afterEach(() => vi.restoreAllMocks());

const TEST_SECRET = '1x0000000000000000000000000000000AA';
const LOOPBACK_URL = 'postgresql://app:secret-of-app@127.0.0.1:5480/portero';

describe('a 503 and a log line that names the setting, never its value, follow', () => {
  const PASSWORD_PROBLEM =
    'has a password that cannot be read, because there is an @ behind the host: ' +
    'in the password, write @ as %40, / as %2F, \\ as %5C, ? as %3F, # as %23 and % as %25';
  const HOST_PROBLEM =
    "leads neither to Neon nor to this machine. Portero speaks Neon's SQL over HTTP: use a database at Neon " +
    '(a host such as ep-name-123456.eu-central-1.aws.neon.tech), or name a Neon proxy of your own in NEON_ENDPOINT';
  const ENDPOINT_PROBLEM =
    'is not an address such as https://neon-proxy.example.org/sql, without a password or a query. ' +
    'http is accepted on this machine only';

  test.each<[string, Settings, string, string]>([
    ...[
      'app:p@secret-of-app/word@ep-x.eu-central-1.aws.neon.tech/db',
      'app:p@secret-of-app#word@ep-x.eu-central-1.aws.neon.tech/db',
      'app:12?secret-of-app@ep-x.eu-central-1.aws.neon.tech/db',
      'app:12/secret-of-app@ep-x.eu-central-1.aws.neon.tech/db',
      'app:12\\secret-of-app@ep-x.eu-central-1.aws.neon.tech/db',
    ].map((rest): [string, Settings, string, string] => [
      `a password that is not escaped: ${rest}`,
      { DATABASE_URL: `postgresql://${rest}` },
      'DATABASE_URL',
      PASSWORD_PROBLEM,
    ]),
    ...[
      'db.secret-of-app.example',
      'db.secret-of-app.supabase.co:5432',
      'neon.tech',
      '.neon.tech',
      'evilneon.tech',
      'ep-x.neon.tech.secret-of-app.example',
      'postgres.vercel-storage.com',
      '127.0.0.1.secret-of-app.example:5432',
      '10.0.0.1:5432',
    ].map((host): [string, Settings, string, string] => [
      `a database elsewhere: ${host}`,
      { DATABASE_URL: `postgresql://app:secret-of-app@${host}/db?sslmode=require` },
      'DATABASE_URL',
      HOST_PROBLEM,
    ]),
    ...[
      'http://neon-proxy.example.org/sql',
      'neon-proxy.example.org',
      'ftp://neon-proxy.example.org/sql',
      'https://app:secret-of-app@neon-proxy.example.org/sql',
      'https://neon-proxy.example.org/sql?key=secret-of-app',
      'http://127.0.0.1.example.org/sql',
    ].map((NEON_ENDPOINT): [string, Settings, string, string] => [
      `the NEON_ENDPOINT ${NEON_ENDPOINT}`,
      { NEON_ENDPOINT },
      'NEON_ENDPOINT',
      ENDPOINT_PROBLEM,
    ]),
    [
      'a test secret beside a Neon proxy, wherever it leads',
      {
        TURNSTILE_SECRET_KEY: TEST_SECRET,
        DATABASE_URL: LOOPBACK_URL,
        NEON_ENDPOINT: 'http://localhost:4444/sql',
      },
      'TURNSTILE_SECRET_KEY',
      'is a test secret, which is accepted only beside a loopback DATABASE_URL',
    ],
    [
      'a DATABASE_URL without a user',
      { DATABASE_URL: 'postgresql://ep-x.eu-central-1.aws.neon.tech/db' },
      'DATABASE_URL',
      'has no user: the form is postgresql://user:password@host/database',
    ],
    [
      'a DATABASE_URL without a host',
      { DATABASE_URL: 'postgresql://app:secret-of-app@/db' },
      'DATABASE_URL',
      'has no host: the form is postgresql://user:password@host/database',
    ],
    [
      'a DATABASE_URL without a database',
      { DATABASE_URL: 'postgresql://app:secret-of-app@ep-x.eu-central-1.aws.neon.tech' },
      'DATABASE_URL',
      'has no database name: the form is postgresql://user:password@host/database',
    ],
    [
      'a DATABASE_URL with a port that is none',
      { DATABASE_URL: 'postgresql://app:secret-of-app@ep-x.eu-central-1.aws.neon.tech:5432x/db' },
      'DATABASE_URL',
      'has a host or a port that cannot be read',
    ],
    [
      'a TURNSTILE_HOSTNAMES of commas',
      { TURNSTILE_HOSTNAMES: ' , ,' },
      'TURNSTILE_HOSTNAMES',
      'is missing',
    ],
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
    ...[
      'login.example.org',
      'http://login.example.org',
      'https://a.example/b',
      'https://*.a.example',
    ].map((PUBLIC_URL): [string, Settings, string, string] => [
      `the PUBLIC_URL ${PUBLIC_URL}`,
      { PUBLIC_URL },
      'PUBLIC_URL',
      'is not an https origin such as https://login.example.org, or http on this machine',
    ]),
    ...['login', '@example.org', 'A <a@b', 'a@b>', '<a@b>', 'a@b, c@d', 'A\n<a@b>'].map(
      (MAIL_FROM): [string, Settings, string, string] => [
        `the MAIL_FROM ${JSON.stringify(MAIL_FROM)}`,
        { MAIL_FROM },
        'MAIL_FROM',
        'is neither an address such as login@example.org nor a name before one: Example <login@example.org>',
      ],
    ),
    ['an EMAIL that cannot send', { EMAIL: 'x' }, 'EMAIL', 'is not a send_email binding'],
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
    await forgetCalls();
    const log = recordLog();
    const answer = await wire(await sendWith(settings, loginRequest('{}')));
    expect(answer).toEqual({
      status: 503,
      headers: { ...HEADERS, 'content-type': 'application/problem+json' },
      body: '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service is not configured."}',
    });
    expect(log.lines).toHaveLength(1);
    expect(log.events('settings_refused')[0].faults).toContainEqual({ setting, problem });
    expect(await connections()).toEqual([]);
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
    ['RESET_HOURS', 1, 24],
    ['INVITATION_HOURS', 1, 744],
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

describe('the form of a setting is forgiven', () => {
  test.each<[string, string, string]>([
    ['LOCKOUT_FAILURES', ' 5 ', 'blanks around a number'],
    ['HASH_CAPACITY', '16\n', 'a line break behind a number'],
    ['TURNSTILE_HOSTNAMES', 'APP.Example.org/, ,www.example.org,', 'commas, slashes and capitals'],
    ['TURNSTILE_HOSTNAMES', 'app.example.org www.example.org', 'blanks between hostnames'],
    ['TURNSTILE_SECRET_KEY', ` ${env.TURNSTILE_SECRET_KEY}\n`, 'blanks around a key'],
    ['TURNSTILE_SITE_KEY', ' 0x4AAAAAAA-site-key ', 'blanks around a site key'],
    ['DATABASE_URL', ` ${env.DATABASE_URL}\n`, 'blanks around a URL'],
    ['DATABASE_URL', env.DATABASE_URL.replace('postgresql', 'POSTGRES'), 'another scheme'],
    ['NEON_ENDPOINT', ' ', 'a blank setting'],
    ['PUBLIC_URL', 'HTTPS://Login.Example.org/', 'capitals and a slash'],
    ['PUBLIC_URL', 'http://localhost:8787', 'http on this machine'],
    ['MAIL_FROM', ' login@example.org ', 'blanks around an address'],
    ['MAIL_FROM', 'Ejemplo S. A.<login@example.org>', 'a name before an address'],
    ['MAIL_FROM', '"Example, Inc." <login@example.org>', 'a name in quotation marks'],
  ])('%s: %j, %s', async (setting, value) => {
    const request = loginRequest(await loginBody('nobody'));
    await forgetCalls();
    const answer = await sendWith({ [setting]: value }, request);
    expect(answer.status).toBe(401);
    expect(await callsTo('database')).toHaveLength(1);
  });
});

describe('a faulty entry of CORS_ORIGINS is left out alone', () => {
  const VALID = 'https://app.example.org';

  async function preflightStatus(origin: string, CORS_ORIGINS: unknown): Promise<number> {
    const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' };
    const request = new Request(`${ORIGIN}/api/Auth`, { method: 'OPTIONS', headers });
    return (await sendWith({ CORS_ORIGINS } as Partial<Env>, request)).status;
  }

  test.each<[string, string]>([
    ['null', 'is null, which is the origin of any page in a sandbox or a file: leave it out'],
    ['NULL', 'is null, which is the origin of any page in a sandbox or a file: leave it out'],
    ['*', 'is no origin: write one such as https://app.example.org'],
    ['secret.example.org', 'is no origin: write one such as https://app.example.org'],
    ['localhost:5173', 'is no origin: write one such as https://app.example.org'],
    ['https://', 'has no host: write an origin such as https://app.example.org'],
    [
      'https://secret.example.org/app',
      'has more than a scheme, a host and a port: leave out the rest',
    ],
    [
      'https://secret.example.org?a=b',
      'has more than a scheme, a host and a port: leave out the rest',
    ],
    [
      'https://user@secret.example.org',
      'has more than a scheme, a host and a port: leave out the rest',
    ],
    ['https://secret.example.org:port', 'has a host or a port that cannot be read'],
    ['https://secret.*.example.org', 'has a host or a port that cannot be read'],
    ['https://*.org', 'has a * that does not stand for the subdomains of a domain'],
    ['https://*.10.0.0.1', 'has a * that does not stand for the subdomains of a domain'],
    ['http://secret.example.org', 'is http, which is accepted on this machine only: use https'],
    ['http://localhost.example.org', 'is http, which is accepted on this machine only: use https'],
    ['http://*.example.org', 'is http with a *: use https'],
    ['file:///home/secret', 'has more than a scheme, a host and a port: leave out the rest'],
    ['file://secret', 'has a scheme whose pages have no origin of their own: leave it out'],
    ['capacitor://*', 'has a host that cannot be read'],
  ])('%s', async (entry, problem) => {
    const log = recordLog();
    const bindings = { ...env, CORS_ORIGINS: `${VALID}, ${entry}` };
    const request = () => loginRequest('{}', { Origin: VALID });
    for (let time = 0; time < 3; time++) {
      const { response } = await sendAndLeave(request(), bindings);
      expect(response.status).toBe(401);
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe(VALID);
    }
    expect(log.events('settings_left_out')).toEqual([
      {
        event: 'settings_left_out',
        faults: [{ setting: 'CORS_ORIGINS', problem: `entry 2 ${problem}` }],
      },
    ]);
    expect(log.lines.join()).not.toContain('secret');
    expect(await preflightStatus(entry, bindings.CORS_ORIGINS)).toBe(405);
    expect(await preflightStatus('null', bindings.CORS_ORIGINS)).toBe(405);
  });

  test('also where requests arrive together: it is logged once', async () => {
    const log = recordLog();
    const bindings = { ...env, CORS_ORIGINS: 'none' };
    await Promise.all([1, 2, 3].map(() => sendAndLeave(loginRequest('{}'), bindings)));
    expect(log.events('settings_left_out')).toHaveLength(1);
  });

  test('a list that is no text is left out', async () => {
    const log = recordLog();
    expect((await sendWith({ CORS_ORIGINS: 7 } as never, loginRequest('{}'))).status).toBe(401);
    expect(log.events('settings_left_out')[0].faults).toEqual([
      { setting: 'CORS_ORIGINS', problem: 'is not a string' },
    ]);
  });

  test('beside a setting that stops logins, both are logged', async () => {
    const log = recordLog();
    await sendWith({ CORS_ORIGINS: 'none', JWT_ISSUER: '' }, loginRequest('{}'));
    expect(log.events('settings_left_out')).toHaveLength(1);
    expect(log.events('settings_refused')).toHaveLength(1);
  });

  test.each<[string, string]>([
    [`${VALID},`, VALID],
    [`,, ${VALID} ,`, VALID],
    [`${VALID}/`, VALID],
    [`${VALID}//,https://other.example.org/`, 'https://other.example.org'],
    [' HTTPS://App.Example.ORG ', VALID],
    [`https://other.example.org\n${VALID}`, VALID],
    [`${VALID}:443`, VALID],
    ['http://LOCALHOST:80/', 'http://localhost'],
    ['https://*.Example.com/,', 'https://www.example.com'],
    ['https://*.example.com:443', 'https://www.example.com'],
    ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['ionic://localhost/', 'ionic://localhost'],
    ['Tauri://Localhost', 'tauri://localhost'],
    ['http://tauri.localhost', 'http://tauri.localhost'],
    ['https://localhost', 'https://localhost'],
    ['app://-', 'app://-'],
    ['app://./', 'app://.'],
    ['app://bundle', 'app://bundle'],
    [
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
      'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    ],
  ])('%j is read for what it means: %s', async (origins, origin) => {
    const log = recordLog();
    expect(await preflightStatus(origin, origins)).toBe(204);
    expect(log.lines).toEqual([]);
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
