/** `portero/client`: the calls about the password of a user. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Client, createClient, PorteroError } from '#portero/client.ts';
import { forge } from '../support/tokens.ts';

const NEW_PASSWORD = 'a new and rather long passphrase';

let answer: () => Response | Promise<Response>;
let requests: Request[];
let client: Client;
let logIn: () => unknown;

beforeEach(() => {
  requests = [];
  answer = () => new Response(null, { status: 204 });
  logIn = () => {
    throw new Error('closed');
  };
  client = createClient({
    baseUrl: 'https://login.example.org/below',
    onLoginRequired: () => logIn(),
    fetch: async (request) => {
      if (request.url.endsWith('/api/Auth')) return Response.json({ token: await forge() });
      requests.push(request);
      return answer();
    },
  });
});

const setPassword = (signal?: AbortSignal) =>
  client.setPassword(
    { token: 'the-token', newPassword: NEW_PASSWORD, captchaToken: 'captcha' },
    signal && { signal },
  );
const forgetPassword = (signal?: AbortSignal) =>
  client.forgetPassword({ userName: 'jdoe', captchaToken: 'captcha' }, signal && { signal });
const changePassword = () =>
  client.changePassword({ currentPassword: 'old', newPassword: NEW_PASSWORD });
const login = () => client.login({ userName: 'jdoe', password: 'old', captchaToken: 'captcha' });

const refusal = (member: string, detail: string) =>
  Response.json({ status: 400, errors: [{ member, detail }] }, { status: 400 });

async function errorOf(call: () => Promise<void>): Promise<PorteroError> {
  const error = await call().then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(PorteroError);
  return error;
}

describe('setPassword', () => {
  test('sends the link’s token without the session’s', async () => {
    await login();
    await setPassword();
    const [request] = requests;
    expect(request?.url).toBe('https://login.example.org/below/api/Password');
    expect(request?.headers.get('Authorization')).toBeNull();
    expect(request?.redirect).toBe('error');
    expect(await request?.json()).toEqual({
      token: 'the-token',
      newPassword: NEW_PASSWORD,
      captchaToken: 'captcha',
    });
  });

  test.each<[string, () => Response, object]>([
    ['401', () => new Response(null, { status: 401 }), { code: 'captcha_refused' }],
    ['a bad token', () => refusal('token', 'is not good'), { code: 'link_refused' }],
    [
      'a bad password',
      () => refusal('newPassword', 'is common'),
      { code: 'password_refused', detail: 'is common' },
    ],
    [
      '429',
      () => new Response(null, { status: 429, headers: { 'Retry-After': '10' } }),
      { code: 'password_later', retryAfterSeconds: 10 },
    ],
    [
      '503',
      () => new Response(null, { status: 503 }),
      { code: 'password_later', retryAfterSeconds: undefined },
    ],
    ['400 without errors', () => Response.json({}, { status: 400 }), { code: 'password_failed' }],
    ['another member', () => refusal('toString', ''), { code: 'password_failed' }],
    [
      'no errors at all',
      () => Response.json({ errors: [] }, { status: 400 }),
      { code: 'password_failed' },
    ],
    [
      'an empty error',
      () => Response.json({ errors: [null] }, { status: 400 }),
      { code: 'password_failed' },
    ],
    ['no JSON', () => new Response('<', { status: 400 }), { code: 'password_failed' }],
    ['500', () => new Response(null, { status: 500 }), { code: 'password_failed' }],
  ])('tells %s', async (_, respond, error) => {
    answer = respond;
    expect(await errorOf(setPassword)).toMatchObject(error);
  });

  test('tells that nothing was answered, with the cause', async () => {
    answer = () => Promise.reject(new TypeError('offline'));
    const { code, cause } = await errorOf(setPassword);
    expect([code, cause]).toEqual(['password_failed', new TypeError('offline')]);
  });

  test('ends with the reason of an abort', async () => {
    const aborted = new AbortController();
    answer = () => new Promise(() => {});
    client = createClient({
      baseUrl: 'https://login.example.org',
      onLoginRequired: () => {},
      fetch: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const setting = setPassword(aborted.signal);
    aborted.abort(new Error('changed my mind'));
    await expect(setting).rejects.toThrow('changed my mind');
  });

  test('asks for no login, and leaves the session alone', async () => {
    const asked = vi.fn();
    logIn = asked;
    answer = () => new Response(null, { status: 401 });
    await errorOf(setPassword);
    expect(asked).not.toHaveBeenCalled();
    expect(client.session).toBeUndefined();
  });
});

describe('forgetPassword', () => {
  test('succeeds with the answer for every name', async () => {
    answer = () => new Response(null, { status: 202 });
    await forgetPassword();
    expect(requests[0]?.url).toBe('https://login.example.org/below/api/Password/Forgotten');
    expect(await requests[0]?.json()).toEqual({ userName: 'jdoe', captchaToken: 'captcha' });
  });

  test.each([
    [401, 'captcha_refused'],
    [404, 'password_failed'],
    [429, 'password_later'],
  ])('tells %i', async (status, code) => {
    answer = () => new Response(null, { status });
    expect((await errorOf(forgetPassword)).code).toBe(code);
  });
});

describe('changePassword', () => {
  test('sends the session’s token, and the session goes on', async () => {
    const session = await login();
    await changePassword();
    const [request] = requests;
    expect(request?.url).toBe('https://login.example.org/below/api/Users/me/password');
    expect(request?.headers.get('Authorization')).toMatch(/^Bearer eyJ/);
    expect(await request?.json()).toEqual({ currentPassword: 'old', newPassword: NEW_PASSWORD });
    expect(client.session).toBe(session);
  });

  test.each([
    ['currentPassword', 'current_password_refused'],
    ['newPassword', 'password_refused'],
  ])('tells that %s is refused', async (member, code) => {
    await login();
    answer = () => refusal(member, 'is wrong');
    expect(await errorOf(changePassword)).toMatchObject({ code, detail: 'is wrong' });
  });

  test('tells that nothing was answered, with the cause', async () => {
    await login();
    answer = () => Promise.reject(new TypeError('offline'));
    expect(await errorOf(changePassword)).toMatchObject({
      code: 'password_failed',
      cause: new TypeError('offline'),
    });
  });

  test('waits for an answer for 45 seconds, and for the user as long as it takes', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    logIn = login;
    answer = () => new Response(null, { status: requests.length === 1 ? 401 : 204 });
    await changePassword();
    expect(timeout.mock.calls).toEqual([[45_000], [30_000], [45_000]]);
    timeout.mockRestore();
  });

  test('asks for a login where the token is refused, and goes on', async () => {
    logIn = login;
    answer = () => new Response(null, { status: requests.length === 1 ? 401 : 204 });
    await changePassword();
    expect(requests).toHaveLength(2);
  });

  test('fails where a fresh token is refused too: there is no captcha', async () => {
    logIn = login;
    answer = () => new Response(null, { status: 401 });
    expect((await errorOf(changePassword)).code).toBe('password_failed');
  });

  test('ends where the login is cancelled', async () => {
    answer = () => new Response(null, { status: 401 });
    expect((await errorOf(changePassword)).code).toBe('login_cancelled');
  });
});
