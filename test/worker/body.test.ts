/** How leniently a login's body is read. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { REFUSED } from '../support/answers.ts';
import { solveCaptcha } from '../support/control.ts';
import { addUser, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { login, post, wire } from '../support/requests.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
  await addUser('ñandú');
});

afterEach(() => vi.restoreAllMocks());

describe('a login succeeds', () => {
  const credentials = `"UserName":"jdoe","Password":"${PASSWORD}"`;

  test.each<[string, (token: string) => string]>([
    ['in camel case', (t) => `{"userName":"jdoe","password":"${PASSWORD}","captchaToken":"${t}"}`],
    ['in capitals', (t) => `{"USERNAME":"jdoe","PASSWORD":"${PASSWORD}","CAPTCHATOKEN":"${t}"}`],
    ['with turnstileToken', (t) => `{${credentials},"turnstileToken":"${t}"}`],
    ['with TURNSTILETOKEN', (t) => `{${credentials},"TURNSTILETOKEN":"${t}"}`],
    ['with escaped member names', (t) => `{${credentials},"\\u0063aptchaToken":"${t}"}`],
    [
      'with unknown members',
      (t) => `{"x":{"UserName":[1,"}"]},${credentials},"CaptchaToken":"${t}"}`,
    ],
    [
      'with deep nesting',
      (t) => `{"x":${'['.repeat(4000)}${']'.repeat(4000)},${credentials},"CaptchaToken":"${t}"}`,
    ],
    [
      'where a later one is null',
      (t) => `{${credentials},"CaptchaToken":"${t}","CaptchaToken":null}`,
    ],
    ['with __proto__', (t) => `{"__proto__":{"UserName":1},${credentials},"CaptchaToken":"${t}"}`],
    ['with a byte order mark', (t) => `\ufeff{${credentials},"CaptchaToken":"${t}"}`],
    ['with white space everywhere', (t) => ` {\n${credentials} ,\t"CaptchaToken" : "${t}" } \r\n`],
    [
      'where the last of two members is right',
      (t) => `{"UserName":1,${credentials},"CaptchaToken":"${t}"}`,
    ],
    [
      'where the last of three spellings is right',
      (t) => `{"CaptchaToken":"x","turnstileToken":"y",${credentials},"CaptchaToken":"${t}"}`,
    ],
    [
      'where the other spelling is null',
      (t) => `{${credentials},"CaptchaToken":"${t}","turnstileToken":null}`,
    ],
  ])('%s', async (_, body) => {
    expect((await post(body(await solveCaptcha()))).status).toBe(200);
  });

  test.each(['JDOE', 'Jdoe', 'jdoe'])('for the user name %s', async (userName) => {
    expect((await login(userName)).status).toBe(200);
  });

  test('for a user name that is composed otherwise', async () => {
    expect((await login('ÑANDÚ'.normalize('NFD'))).status).toBe(200);
  });
});

test('a wrong member after a right one wins', async () => {
  const CaptchaToken = await solveCaptcha();
  expect((await login('jdoe', { CaptchaToken, captchatoken: 'wrong' })).status).toBe(401);
});

test.each(['U\u017ferName', 'UserN\u0430me', 'turnstileTo\u212aen'])(
  '%s is not a known member',
  async (member) => {
    expect((await login('jdoe', { [member]: 1 })).status).toBe(200);
  },
);

describe('white space around a user name is not part of it:', () => {
  test.each([
    ['a blank behind it', 'jdoe '],
    ['a blank before it', ' jdoe'],
    ['a tab and a line break', '\tjdoe\r\n'],
    ['no-break and ideographic spaces', '\u00a0jdoe\u3000'],
    ['a next line', 'jdoe\u0085'],
    ['line and paragraph separators', '\u2028jdoe\u2029'],
    ['byte order marks', '\ufeffjdoe\ufeff'],
    ['all of it at once', ' \u1680\ufeff\u2003jdoe\u205f\u202f\u000b\u000c'],
  ])('%s', async (_, userName) => {
    expect((await login(userName)).status).toBe(200);
  });

  test.each([
    ['white space within it', 'j doe'],
    ['a zero width space', 'jdoe\u200b'],
    ['a soft hyphen', 'jd\u00adoe'],
    ['a bell', 'jdoe\u0007'],
    ['a direction mark', '\u200ejdoe'],
    ['an unassigned character', 'jdoe\u{e01ff}'],
    ['a noncharacter', 'jdoe\uffff'],
  ])('%s belongs to the name, which nobody has', async (_, userName) => {
    expect(await wire(await login(userName))).toEqual(REFUSED);
  });

  test('a password is taken as it is', async () => {
    for (const Password of [
      `${PASSWORD} `,
      `\u00a0${PASSWORD}`,
      `${PASSWORD}\n`,
      `${PASSWORD}\ufeff`,
    ]) {
      expect((await login('jdoe', { Password })).status).toBe(401);
    }
  });

  test('a name of 256 characters may have more around it', async () => {
    const longest = 'x'.repeat(256);
    await addUser(longest);
    expect((await login(`  ${longest}\u3000`)).status).toBe(200);
  });
});

describe('a body in UTF-16 is read', () => {
  const inUtf16 = (text: string, isLittleEndian: boolean) => {
    const bytes = new DataView(new ArrayBuffer(2 * text.length));
    for (let index = 0; index < text.length; index++) {
      bytes.setUint16(2 * index, text.charCodeAt(index), isLittleEndian);
    }
    return new Uint8Array(bytes.buffer);
  };
  const body = async () =>
    `{"UserName":"ÑANDÚ","Password":"${PASSWORD}","CaptchaToken":"${await solveCaptcha()}"}`;

  test.each<[string, string, boolean, string]>([
    ['with its charset', '', true, 'application/json; charset=utf-16'],
    ['with its charset in capitals and quoted', '', true, 'text/json; Charset="UTF-16LE"'],
    ['with the label unicode', '', true, 'application/json;charset=unicode'],
    ['of the other order', '', false, 'application/json; charset=utf-16be'],
    ['with its byte order mark', '\ufeff', true, 'application/json'],
    ['of the other order with its byte order mark', '\ufeff', false, 'application/json'],
    ['with a mark that contradicts the charset', '\ufeff', false, 'application/json;charset=utf-8'],
    ['with both', '\ufeff', true, 'application/vnd.api+json; charset=utf-16le'],
  ])('%s', async (_, mark, isLittleEndian, contentType) => {
    const bytes = inUtf16(mark + (await body()), isLittleEndian);
    expect((await post(bytes, { 'Content-Type': contentType })).status).toBe(200);
  });

  test('in UTF-8 with its mark, whatever the charset says', async () => {
    const response = await post(`\ufeff${await body()}`, {
      'Content-Type': 'application/json; charset=utf-16',
    });
    expect(response.status).toBe(200);
  });

  test.each<[string, Uint8Array]>([
    ['an odd number of bytes', Uint8Array.of(0x7b, 0, 0x7d, 0, 0)],
    ['a lone surrogate', inUtf16('{"UserName":"\ud800"}', true)],
  ])('%s is a 400', async (_, bytes) => {
    const log = recordLog();
    const response = await post(bytes, { 'Content-Type': 'application/json; charset=utf-16' });
    expect(response.status).toBe(400);
    expect(log.events('login')).toMatchObject([{ reason: 'body_not_utf16' }]);
  });

  test('bytes without a charset or a mark are UTF-8, and then no JSON', async () => {
    expect((await post(inUtf16(await body(), true))).status).toBe(400);
  });
});
