/** Which web apps a browser lets call the service. */
import { beforeAll, describe, expect, test } from 'vitest';
import { HEADERS, problem, REFUSED } from '../support/answers.ts';
import { breakNext, callsTo, forgetCalls } from '../support/control.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { loginBody, loginRequest, ORIGIN, sendWith, wire } from '../support/requests.ts';

const SETTINGS = {
  CORS_ORIGINS:
    'https://app.example.org, https://*.example.com, https://*.example.net:8443,http://localhost:5173',
};

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
});

const readable = (origin: string) => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'Retry-After, WWW-Authenticate',
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
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'Authorization, Content-Type',
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
  test.each([
    '*',
    'https://*',
    'https://*.com',
    'https://*example.com',
    'https://www.*.example.com',
    'https://*.*.example.com',
    'http://app.example.org',
    'http://localhost.example.org',
    'https://app.example.org/',
    'https://app.example.org/path',
    'https://app.example.org:443',
    'https://user@app.example.org',
    'app.example.org',
    'null',
    'https://',
    'https://app.example.org,,https://www.example.org',
  ])('"%s" is refused', async (CORS_ORIGINS) => {
    const response = await preflight('https://app.example.org', '/api/Auth', { CORS_ORIGINS });
    expect(response.status).toBe(503);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(response.headers.get('Vary')).toBe('Origin');
  });
});
