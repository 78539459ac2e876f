/** Every row of the contract's table for `POST /api/Auth`, over HTTP. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { hashPassword } from '../../src/password/password.ts';
import { HEADERS, problem, REFUSED, UNAVAILABLE } from '../support/answers.ts';
import {
  breakNext,
  callsTo,
  forgetCalls,
  setSiteverifyClock,
  solveCaptcha,
} from '../support/control.ts';
import { addUser, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { login, post, send, wire } from '../support/requests.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
  await addUser('inactive', { active: false });
  await addUser('hashless', { passwordHash: null });
  await addUser('unreadable', { passwordHash: '$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$a2V5' });
});

test('good credentials and a good captcha are answered with a token and nothing else', async () => {
  expect(await wire(await login('jdoe'))).toEqual({
    status: 200,
    headers: { ...HEADERS, 'content-type': 'application/json' },
    body: expect.stringMatching(/^\{"token":"[\w-]+\.[\w-]+\.[\w-]+"\}$/),
  });
});

describe('a refused login is the same 401, byte for byte, when', () => {
  test.each<[string, object]>([
    ['the captcha token is missing', { CaptchaToken: undefined }],
    ['the captcha token is null', { CaptchaToken: null }],
    ['the captcha token is blank', { CaptchaToken: ' \t' }],
    ['the captcha token has 2,049 characters', { CaptchaToken: '0'.repeat(2049) }],
    ['the captcha token is invalid', { CaptchaToken: '0.ABCdef123' }],
    ['the captcha token is the dummy of the test keys', { CaptchaToken: 'XXXX.DUMMY.TOKEN.XXXX' }],
    ['the user name is missing', { UserName: undefined }],
    ['the user name is blank', { UserName: '  ' }],
    ['the password is missing', { Password: undefined }],
    ['the password is blank', { Password: '' }],
    ['the user name has 257 characters', { UserName: 'j'.repeat(257) }],
    ['the user name holds U+0000', { UserName: 'jdoe\0' }],
    ['the user name holds a lone surrogate', { UserName: 'jdoe\ud800' }],
    ['nobody has the user name', { UserName: 'nobody' }],
    ['the user is inactive', { UserName: 'inactive' }],
    ['the user has no password', { UserName: 'hashless' }],
    ['the stored hash is unreadable', { UserName: 'unreadable' }],
    ['the password is wrong', { Password: `${PASSWORD}!` }],
    ['the password differs in case', { Password: PASSWORD.toUpperCase() }],
    ['the password has U+0000 behind it', { Password: `${PASSWORD}\0` }],
    ['the password has a lone surrogate', { Password: `${PASSWORD}\ud83d` }],
  ])('%s', async (_, members) => {
    expect(await wire(await login('jdoe', members))).toEqual(REFUSED);
  });

  test.each(['\ud83d', '\ude00', '\ude00\ud83d'])(
    'the password has the lone surrogate %j where U+FFFD would be right',
    async (surrogate) => {
      const userName = `replacement ${JSON.stringify(surrogate)}`;
      const right = `correct horse ${'\ufffd'.repeat(surrogate.length)} staple`;
      await addUser(userName, { passwordHash: await hashPassword(right) });
      const wrong = { Password: `correct horse ${surrogate} staple` };
      expect(await wire(await login(userName, wrong))).toEqual(REFUSED);
      expect((await login(userName, { Password: right })).status).toBe(200);
    },
  );

  test('the captcha was solved on another hostname', async () => {
    const CaptchaToken = await solveCaptcha({ hostname: 'phishing.example' });
    expect(await wire(await login('jdoe', { CaptchaToken }))).toEqual(REFUSED);
  });

  test('the captcha token is older than 300 s', async () => {
    const CaptchaToken = await solveCaptcha();
    await setSiteverifyClock(Date.now() + 301_000);
    const answer = await wire(await login('jdoe', { CaptchaToken }));
    await setSiteverifyClock();
    expect(answer).toEqual(REFUSED);
  });

  test('the captcha token was used before', async () => {
    const CaptchaToken = await solveCaptcha();
    expect((await login('jdoe', { CaptchaToken })).status).toBe(200);
    expect(await wire(await login('jdoe', { CaptchaToken }))).toEqual(REFUSED);
  });
});

test.each([
  ['is missing', { UserName: null }],
  ['is blank', { UserName: ' ' }],
  ['has 257 characters', { UserName: 'j'.repeat(257) }],
  ['holds U+0000', { UserName: 'jdoe\0' }],
  ['holds a lone surrogate', { UserName: 'jdoe\ud800' }],
  ['comes without a password', { Password: '' }],
])('a name that %s is refused without a query', async (_, members) => {
  await forgetCalls();
  expect(await wire(await login('jdoe', members))).toEqual(REFUSED);
  expect(await callsTo('siteverify')).toHaveLength(1);
  expect(await callsTo('database')).toEqual([]);
});

describe('a malformed body is a 400', () => {
  const malformed = problem(400, 'Bad Request', {
    detail: 'Send a JSON object with strings for UserName, Password, CaptchaToken.',
  });

  test.each<[string, BodyInit]>([
    ['that is empty', ''],
    ['that is not JSON', '{"UserName":'],
    ['with something behind the object', '{} {}'],
    ['that is an array', '[]'],
    ['that is a string', '"jdoe"'],
    ['that is null', 'null'],
    ['with a number for a name', '{"UserName": 1}'],
    ['with an object for a password', '{"Password": {}}'],
    ['with a boolean for a captcha token', '{"CaptchaToken": true}'],
    ['with an array for a captcha token', '{"turnstileToken": ["x"]}'],
    ['that is not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['that is nested 8,000 deep', `${'['.repeat(8000)}${']'.repeat(8000)}`],
  ])('%s', async (_, body) => {
    expect(await wire(await post(body))).toEqual(malformed);
  });

  test('and does not burn the captcha token', async () => {
    const CaptchaToken = await solveCaptcha();
    const broken = JSON.stringify({ UserName: 'jdoe', Password: 1, CaptchaToken });
    expect((await post(broken)).status).toBe(400);
    expect((await login('jdoe', { CaptchaToken })).status).toBe(200);
  });
});

test('a body that is cut short is a 400', async () => {
  const start = new TextEncoder().encode('{"UserName":');
  const chunks = [start];
  const body = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.error(new Error('Network connection lost.'));
    },
  });
  expect((await post(body)).status).toBe(400);
});

describe('the content type', () => {
  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8";x=y',
    'application/json;charset=utf8',
    'application/json; charset=unicode-1-1-utf-8; boundary=x',
    'application/json;',
    'application/json; charset=',
    'application/json; charset=""',
    ' application/json ; charset = utf-8',
    'text/json',
    'Text/JSON; charset=UTF-8',
    'application/vnd.api+json',
    'application/problem+json; charset="utf8"',
    'application/ld+json;profile="x;y"',
  ])('%s is accepted', async (contentType) => {
    const response = await post('{}', { 'Content-Type': contentType });
    expect(response.status).toBe(401);
  });

  test.each([
    'text/plain',
    'application/jsonp',
    'x-application/json',
    'text/vnd.api+json',
    'application/json+xml',
    'application/+json',
    'application/json, application/json',
    'json',
    '',
  ])('"%s" is a 415', async (contentType) => {
    const answer = await wire(await post('{}', { 'Content-Type': contentType }));
    const detail = 'Send the body as application/json.';
    expect(answer).toEqual(problem(415, 'Unsupported Media Type', { detail }));
  });
});

describe('the charset', () => {
  test.each(['iso-8859-1', 'us-ascii', 'windows-1252', '"utf-32"', 'utf-7', 'none'])(
    '%s is a 415 that names UTF-8',
    async (charset) => {
      const contentType = `application/json; charset=${charset}`;
      const answer = await wire(await post('{}', { 'Content-Type': contentType }));
      const detail = 'Send the body in UTF-8.';
      expect(answer).toEqual(problem(415, 'Unsupported Media Type', { detail }));
    },
  );
});

describe('a body of', () => {
  const padded = (bytes: number) => `{"x":"${'x'.repeat(bytes - 8)}"}`;
  const streamed = (text: string) => new Response(text).body as ReadableStream;
  const tooLarge = problem(413, 'Content Too Large', {
    detail: 'The body may have 16384 bytes at most.',
  });

  test('16 KiB is read', async () => {
    expect((await post(padded(16_384))).status).toBe(401);
    expect((await post(streamed(padded(16_384)))).status).toBe(401);
  });

  test('one byte more is a 413, whether its length is announced or not', async () => {
    expect(await wire(await post(padded(16_385)))).toEqual(tooLarge);
    expect(await wire(await post(streamed(padded(16_385))))).toEqual(tooLarge);
  });
});

test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])(
  '%s is a 405',
  async (method) => {
    const answer = await wire(await send('/api/Auth', { method }));
    expect(answer).toEqual(problem(405, 'Method Not Allowed', { headers: { allow: 'POST' } }));
  },
);

test('an unreachable siteverify is a 503', async () => {
  await breakNext('siteverify', 'unreachable', 'unreachable');
  expect(await wire(await login('jdoe'))).toEqual(UNAVAILABLE);
});

test('an unreachable database is a 503', async () => {
  await breakNext('database', 'unreachable');
  expect(await wire(await login('jdoe'))).toEqual(UNAVAILABLE);
});

test('grants that no token can hold are a 503 rather than a token that nobody accepts', async () => {
  await addUser('mighty', { role: 'TooMuch' });
  expect(await wire(await login('mighty'))).toEqual(UNAVAILABLE);
});

test.each(['/api/auth', '/API/AUTH', '/Api/Auth/', '/api/%41uth'])(
  '%s is the login',
  async (path) => {
    expect((await send(path, { method: 'POST' })).status).toBe(415);
  },
);

test.each(['/api/Authx', '/api/Auth/x', '/api/Auth//', '/api', '/api/'])(
  '%s is a 404',
  async (path) => {
    expect(await wire(await send(path, { method: 'POST' }))).toEqual(problem(404, 'Not Found'));
  },
);

test('an error that nobody foresaw is a 500 that says nothing of it', async () => {
  const log = recordLog();
  const message = 'postgresql://app:secret@db\n    at secret-frame';
  vi.spyOn(crypto.subtle, 'deriveBits').mockRejectedValue(new RangeError(message));
  const answer = await wire(await login('jdoe'));
  vi.restoreAllMocks();
  expect(answer).toEqual(problem(500, 'Internal Server Error'));
  const [event] = log.events('unexpected_error');
  expect(event).toMatchObject({ error: 'RangeError' });
  expect(log.lines.join()).not.toContain('secret');
});
