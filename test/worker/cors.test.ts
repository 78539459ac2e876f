/** Which web apps a browser lets call the service. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { HEADERS, problem, REFUSED } from '../support/answers.ts';
import { breakNext, callsTo, forgetCalls } from '../support/control.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { loginBody, loginRequest, ORIGIN, sendWith, wire } from '../support/requests.ts';

const SETTINGS = {
  CORS_ORIGINS:
    'https://app.example.org, https://*.example.com, https://*.example.net:8443,http://localhost:5173',
};

afterEach(() => vi.restoreAllMocks());

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
});

const readable = (origin: string) => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'Retry-After, WWW-Authenticate, ETag, Location',
});

function preflight(origin: string, path = '/api/Auth', settings: Partial<Env> = SETTINGS) {
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type',
  };
  return sendWith(settings, new Request(`${ORIGIN}${path}`, { method: 'OPTIONS', headers }));
}

describe('an allowed origin', () => {
  test.each([
    'https://app.example.org',
    'https://www.example.com',
    'https://a.b-c.example.com',
    'https://www.example.net:8443',
    'http://localhost:5173',
  ])('%s gets an answer to its preflight', async (origin) => {
    expect(await wire(await preflight(origin))).toEqual({
      status: 204,
      headers: {
        ...HEADERS,
        ...readable(origin),
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': '*, Authorization',
        'access-control-max-age': '7200',
      },
      body: '',
    });
  });

  test('gets it for any path, in any case, and without a query or a captcha', async () => {
    await forgetCalls();
    for (const path of ['/api/users/me', '/API/AUTH/', '/api/none']) {
      expect((await preflight('https://app.example.org', path)).status).toBe(204);
    }
    expect(await callsTo('database')).toEqual([]);
    expect(await callsTo('siteverify')).toEqual([]);
  });

  const from = (body: string) => loginRequest(body, { Origin: 'https://app.example.org' });
  const CORS = readable('https://app.example.org');

  test('may read a token', async () => {
    const answer = await wire(await sendWith(SETTINGS, from(await loginBody('jdoe'))));
    expect(answer.status).toBe(200);
    expect(answer.headers).toEqual({ ...HEADERS, ...CORS, 'content-type': 'application/json' });
  });

  test('may read every refusal, and when to come again', async () => {
    const refused = await sendWith(SETTINGS, from(await loginBody('nobody')));
    expect(await wire(refused)).toEqual({ ...REFUSED, headers: { ...REFUSED.headers, ...CORS } });
    await breakNext('database', 'unreachable');
    const undecided = await wire(await sendWith(SETTINGS, from(await loginBody('jdoe'))));
    expect(undecided).toMatchObject({ status: 503, headers: { ...CORS, 'retry-after': '5' } });
    const malformed = await wire(await sendWith(SETTINGS, from('{')));
    expect(malformed).toMatchObject({ status: 400, headers: CORS });
  });
});

describe('an allowed origin may read', () => {
  const CORS = readable('https://app.example.org');
  const headers = { Origin: 'https://app.example.org' };
  const get = (path: string, settings: Partial<Env> = {}) =>
    sendWith({ ...SETTINGS, ...settings }, new Request(`${ORIGIN}${path}`, { headers }));

  test.each<[string, number, string, Partial<Env>?]>([
    ['the 503 of a missing setting', 503, '/api/Config', { JWT_SECRET: '' }],
    ['the 503 of an unsafe setting', 503, '/api/Users', { LOCKOUT_MINUTES: '0' }],
    ['the 404 of a path under /api', 404, '/api/none'],
    ['the 404 of any other path', 404, '/none'],
    ['the 405 of another method', 405, '/api/Auth'],
    ['the 401 of a protected route', 401, '/api/Users/me'],
  ])('%s', async (_, status, path, settings) => {
    recordLog();
    expect(await wire(await get(path, settings))).toMatchObject({ status, headers: CORS });
  });

  test('a 500 that nobody has foreseen', async () => {
    recordLog();
    vi.spyOn(crypto.subtle, 'deriveBits').mockRejectedValueOnce(new RangeError());
    const request = loginRequest(await loginBody('jdoe'), headers);
    expect(await wire(await sendWith(SETTINGS, request))).toMatchObject({
      status: 500,
      headers: CORS,
    });
  });

  test('the answer to a preflight while a setting is faulty', async () => {
    recordLog();
    const settings = { ...SETTINGS, JWT_ISSUER: '' };
    expect((await preflight('https://app.example.org', '/api/Auth', settings)).status).toBe(204);
  });
});

describe('another origin', () => {
  test.each([
    'https://app.example.org.attacker.test',
    'https://attacker-app.example.org',
    'https://sub.app.example.org',
    'http://app.example.org',
    'https://app.example.org:444',
    'https://APP.example.org',
    'https://example.com',
    'https://attacker-example.com',
    'https://.example.com',
    'https://a..example.com',
    'https://attacker.test/.example.com',
    'https://attacker.test#.example.com',
    'https://attacker.test\\.example.com',
    'https://attacker.test:443.example.com',
    'https://user@www.example.com',
    'https://www.example.com:8443',
    'https://www.example.net',
    'http://www.example.com',
    'http://localhost',
    'https://localhost:5173',
    'null',
    '*',
    '',
  ])('"%s" gets no CORS header', async (origin) => {
    const refused = problem(405, 'Method Not Allowed', { headers: { allow: 'POST' } });
    expect(await wire(await preflight(origin))).toEqual(refused);
    const request = loginRequest(await loginBody('nobody'), { Origin: origin });
    expect(await wire(await sendWith(SETTINGS, request))).toEqual(REFUSED);
  });
});

test('no origin is allowed unless the setting names it', async () => {
  const response = await preflight('https://app.example.org', '/api/Auth', {});
  expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
});

test('an OPTIONS request that is no preflight is answered as any other method', async () => {
  const headers = { Origin: 'https://app.example.org' };
  const request = new Request(`${ORIGIN}/api/Auth`, { method: 'OPTIONS', headers });
  expect((await sendWith(SETTINGS, request)).status).toBe(405);
});

test('a GET request is no preflight, whatever it carries', async () => {
  const headers = { Origin: 'https://app.example.org', 'Access-Control-Request-Method': 'POST' };
  const response = await sendWith(SETTINGS, new Request(`${ORIGIN}/api/Config`, { headers }));
  expect(response.status).toBe(200);
});

describe('the setting', () => {
  const GOOD = 'https://good.example.org';
  const allows = async (origin: string, CORS_ORIGINS: string) =>
    (await preflight(origin, '/api/Auth', { CORS_ORIGINS })).status === 204;

  test.each([
    '*',
    'https://*',
    'https://*.com',
    'https://*example.com',
    'https://www.*.example.com',
    'https://*.*.example.com',
    'http://app.example.org',
    'http://localhost.example.org',
    'https://app.example.org/path',
    'https://app.example.org?x',
    'https://user@app.example.org',
    'app.example.org',
    'null',
    'file://app.example.org',
    'https://',
  ])('leaves "%s" out, tells the log, and goes on with the others', async (entry) => {
    const log = recordLog();
    const CORS_ORIGINS = `${entry}, ${GOOD}`;
    expect(await allows('https://app.example.org', CORS_ORIGINS)).toBe(false);
    expect(await allows(GOOD, CORS_ORIGINS)).toBe(true);
    const request = loginRequest(await loginBody('jdoe'), { Origin: entry });
    const answer = await wire(await sendWith({ CORS_ORIGINS }, request));
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    const [event] = log.events('settings_left_out');
    expect(event.faults).toEqual([
      { setting: 'CORS_ORIGINS', problem: expect.stringMatching(/^entry 1 .{10}/) },
    ]);
  });

  test.each([
    ['https://app.example.org/', 'https://app.example.org'],
    ['https://app.example.org:443', 'https://app.example.org'],
    ['HTTPS://App.Example.ORG', 'https://app.example.org'],
    [',https://app.example.org,, https://www.example.org,', 'https://www.example.org'],
    ['https://app.example.org https://www.example.org', 'https://www.example.org'],
    ['https://*.Example.com/', 'https://www.example.com'],
    ['http://LOCALHOST:5173/', 'http://localhost:5173'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['ionic://localhost', 'ionic://localhost'],
    ['tauri://localhost', 'tauri://localhost'],
    ['https://localhost', 'https://localhost'],
    ['app://-', 'app://-'],
  ])('"%s" lets in %s', async (CORS_ORIGINS, origin) => {
    const log = recordLog();
    expect(await allows(origin, CORS_ORIGINS)).toBe(true);
    expect(log.events('settings_left_out')).toEqual([]);
  });

  test('never lets in the origin null, listed or not', async () => {
    recordLog();
    for (const CORS_ORIGINS of [
      'null',
      'null, https://app.example.org',
      'NULL',
      'capacitor://null',
    ]) {
      expect(await allows('null', CORS_ORIGINS)).toBe(false);
    }
  });
});
