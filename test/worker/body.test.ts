/** How leniently a login's body is read. */
import { beforeAll, describe, expect, test } from 'vitest';
import { solveCaptcha } from '../support/control.ts';
import { addUser, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import { login, post } from '../support/requests.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
  await addUser('ñandú');
});

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

test('a user name is not trimmed', async () => {
  expect((await login(' jdoe')).status).toBe(401);
});
