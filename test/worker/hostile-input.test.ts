/**
 * Whatever is sent: no answer but those of the contract, nothing unforeseen in the log, and no row
 * changed by a refused request. A failure names the seed that repeats it.
 */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { addUser, database, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import {
  login,
  loginBody,
  loginRequest,
  ORIGIN,
  post,
  send,
  sendWith,
  tokenOf,
} from '../support/requests.ts';
import { noteSecret } from '../support/secrets.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
});

let log: ReturnType<typeof recordLog>;
beforeEach(() => {
  log = recordLog();
});
afterEach(() => {
  expect(log.events('unexpected_error')).toEqual([]);
  vi.restoreAllMocks();
});

const TABLES = ['users', 'roles', 'modules', 'role_grants', 'login_attempt_salt', 'login_attempts'];

/** A digest of every row; of each table that is not left out. */
async function rows(...leftOut: string[]): Promise<unknown> {
  const digests = TABLES.filter((table) => !leftOut.includes(table)).map(
    (table) =>
      sql`(select md5(string_agg(t::text, '|' order by t::text)) from ${sql.raw(table)} t)`,
  );
  const { rows } = await database().execute(
    sql`select array[${sql.join(digests, sql`, `)}] as digests`,
  );
  return rows;
}

/** Every UTF-16 code unit, lone surrogates included. */
const anyText = fc
  .oneof(
    fc.array(fc.nat(0xffff), { maxLength: 20 }),
    fc.array(fc.constantFrom(0, 9, 32, 34, 39, 92, 0xd800, 0xdfff, 0xfeff, 0x130), {
      maxLength: 8,
    }),
    fc
      .constantFrom("' or 1=1 --", '$1', '%s', '{{x}}', '__proto__', 'jdoe', 'x'.repeat(257))
      .map((text) => Array.from(text, (character) => character.charCodeAt(0))),
  )
  .map((units) => String.fromCharCode(...units));

const memberName = fc.oneof(
  fc.constantFrom(
    'UserName',
    'username',
    'PASSWORD',
    'captchaToken',
    'TurnstileToken',
    '__proto__',
  ),
  anyText,
);

test('a body of any bytes is a 400 or a 401, and changes no row', async () => {
  const before = await rows();
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.json({ maxDepth: 6 }).map((text) => new TextEncoder().encode(text)),
  );
  await fc.assert(
    fc.asyncProperty(body, async (bytes) => {
      expect([400, 401]).toContain((await post(bytes)).status);
    }),
    { numRuns: 300 },
  );
  expect(await rows()).toEqual(before);
});

test('an object of any members is a 400 or a 401, and changes no row', async () => {
  const before = await rows();
  const members = fc.array(fc.tuple(memberName, fc.oneof(anyText, fc.jsonValue())), {
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(members, async (entries) => {
      const text = entries.map(
        ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
      );
      expect([400, 401]).toContain((await post(`{${text.join(',')}}`)).status);
    }),
    { numRuns: 300 },
  );
  expect(await rows()).toEqual(before);
});

test('any name and password behind a good captcha are a 401, and change nothing but the count', async () => {
  const before = await rows('login_attempts');
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (UserName, Password) => {
      if (UserName !== 'jdoe') noteSecret(UserName);
      expect([401, 429]).toContain((await login('', { UserName, Password })).status);
    }),
    { numRuns: 25 },
  );
  expect(await rows('login_attempts')).toEqual(before);
});

/** What a header can hold: no line break, no U+0000, nothing beyond Latin-1. */
const headerValue = fc
  .array(fc.integer({ min: 1, max: 0xff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units).replace(/[\r\n]/g, ' '));

const value = fc.oneof(
  headerValue,
  fc.constantFrom('application/json', 'https://a.example', 'https://x.b.example', 'POST', '%', '*'),
  fc.oneof(fc.ipV4(), fc.ipV6()),
);

/** The headers that the service reads, always; others now and then. */
const headers = fc
  .tuple(
    fc.record({
      'Content-Type': fc.oneof(fc.constant('application/json'), value),
      'CF-Connecting-IP': value,
      Origin: value,
      Authorization: fc.oneof(
        value,
        value.map((text) => `Bearer ${text}`),
      ),
      'Access-Control-Request-Method': value,
      'Content-Length': value,
    }),
    fc.dictionary(
      fc.constantFrom('Content-Encoding', 'X-Forwarded-For', 'Host', 'Accept', 'Cookie', 'Expect'),
      value,
    ),
  )
  .map(([read, other]): Record<string, string> => ({ ...read, ...other }));

const SETTINGS = { CORS_ORIGINS: 'https://a.example,https://*.b.example' };

test('any headers are answered with less than a 500, and change no row', async () => {
  const before = await rows();
  const target = fc.oneof(
    { weight: 2, arbitrary: fc.constant(['POST', '/api/Auth'] as const) },
    fc.tuple(
      fc.constantFrom('POST', 'OPTIONS', 'PUT', 'GET'),
      fc.constantFrom('/api/Auth', '/api/Config', '/api/Users/me', '/'),
    ),
  );
  await fc.assert(
    fc.asyncProperty(target, headers, async ([method, path], headers) => {
      const body =
        method !== 'POST' && method !== 'PUT'
          ? undefined
          : await loginBody('jdoe', { CaptchaToken: 'x' });
      const request = new Request(ORIGIN + path, { method, headers, body });
      expect((await sendWith(SETTINGS, request)).status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
  expect(await rows()).toEqual(before);
});

test('a bearer token that was not issued is a 401, however it was made', async () => {
  const token = await tokenOf('jdoe');
  const edits = fc.tuple(fc.nat(token.length - 1), fc.nat(3), headerValue);
  const edited = edits.map(
    ([at, length, text]) => token.slice(0, at) + text + token.slice(at + length),
  );
  const before = await rows();
  await fc.assert(
    fc.asyncProperty(fc.oneof(headerValue, edited), async (forged) => {
      fc.pre(forged.trim() !== token);
      const response = await send('/api/Users/me', {
        headers: { Authorization: `Bearer ${forged}` },
      });
      expect(response.status).toBe(401);
    }),
    { numRuns: 300 },
  );
  expect(await rows()).toEqual(before);
});

test('any path and any query string are answered with less than a 500, and change no row', async () => {
  const before = await rows();
  const path = fc.oneof(
    fc.webPath(),
    anyText.map(encodeSafely),
    fc.constantFrom('/api/Auth', '/api/Config'),
  );
  const query = fc.oneof(fc.webQueryParameters(), anyText.map(encodeSafely), anyText);
  await fc.assert(
    fc.asyncProperty(path, query, fc.constantFrom('GET', 'POST'), async (path, query, method) => {
      const url = URL.parse(`/api/${path}?${query}`, ORIGIN);
      fc.pre(url?.origin === ORIGIN);
      const response = await sendWith({}, new Request(url?.href ?? '', { method }));
      expect(response.status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
  expect(await rows()).toEqual(before);
});

function encodeSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

test('a body of any length behind any announced length is read no further than the limit', async () => {
  const length = fc.oneof(fc.nat(17_000), fc.integer({ min: 16_380, max: 16_390 }));
  await fc.assert(
    fc.asyncProperty(length, headerValue, async (length, announced) => {
      const request = loginRequest(' '.repeat(length), { 'Content-Length': announced });
      const { status } = await sendWith({}, request);
      expect(status).toSatisfy((status) => status === 413 || (length <= 16_384 && status === 400));
    }),
    { numRuns: 100 },
  );
});
