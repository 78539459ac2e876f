/** `portero/client`: logins, what they yield, and how they end. */
import { afterEach, describe, expect, expectTypeOf, test, vi } from 'vitest';
import {
  type Claims,
  type Client,
  type ClientOptions,
  createClient,
  PorteroError,
} from '#portero/client.ts';
import type { Claims as IssuedClaims } from '#portero/internal/claims.ts';
import { jdoe, startClient as start, startTokenService, until } from '../support/token-service.ts';
import { forge } from '../support/tokens.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const LIFETIME_SECONDS = 1_800;

afterEach(() => void vi.useRealTimers());

/** Holds both clocks of the device: `setSystemTime` changes one of them, `advanceTimersByTime` both. */
function fakeClocks(now = Date.now()): void {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'], now });
}

/** A request that can be sent only once, so that a login comes first where there is no session. */
function upload(client: Client): Promise<Response> {
  const body = new Blob(['a stream']).stream();
  return client.fetch('/1', { method: 'POST', body, duplex: 'half' } as RequestInit);
}

describe('a login', () => {
  test('sends what the service asks for, and yields the session', async () => {
    const { service, client } = await start();
    expect(client.session).toBeUndefined();
    const session = await client.login(jdoe);
    expect(client.session).toBe(session);
    const [request] = service.logins();
    expect(request).toMatchObject({ method: 'POST', contentType: 'application/json' });
    expect(JSON.parse(request?.body ?? '')).toEqual(jdoe);
  });

  test('goes below the path of the base address', async () => {
    const { service } = await start();
    const client = createClient({ baseUrl: `${service.url}/below?x#y`, onLoginRequired() {} });
    await client.login(jdoe).catch(() => {});
    expect(service.received().map(({ path }) => path)).toEqual(['/below/api/Auth']);
  });

  const answer = (status: number, body: string | null = null, headers: HeadersInit = {}) =>
    new Response(body, { status, headers });

  test.each<[string, Response, Partial<PorteroError>]>([
    ['401', answer(401), { code: 'login_refused' }],
    [
      '429',
      answer(429, '{}', { 'Retry-After': '60' }),
      { code: 'login_later', retryAfterSeconds: 60 },
    ],
    [
      '503',
      answer(503, '{}', { 'Retry-After': '5' }),
      { code: 'login_later', retryAfterSeconds: 5 },
    ],
    ['503 without a time', answer(503), { code: 'login_later', retryAfterSeconds: undefined }],
    [
      '429 with a time that has passed',
      answer(429, '{}', { 'Retry-After': '-5' }),
      { code: 'login_later', retryAfterSeconds: undefined },
    ],
    ['400', answer(400, '{}'), { code: 'login_failed' }],
    ['500', answer(500), { code: 'login_failed' }],
    ['200 without a token', answer(200, '{}'), { code: 'login_failed' }],
    ['200 with no JSON', answer(200, '<h1>secret-in-a-page</h1>'), { code: 'login_failed' }],
    ['a token that is none', answer(200, '{"token":"a.b.c"}'), { code: 'login_failed' }],
    ['a token without a time', answer(200, '{"token":"e30.e30.x"}'), { code: 'login_failed' }],
    [
      '500 with a token',
      answer(500, '{"token":"e30.eyJleHAiOjIsImlhdCI6MX0.x"}'),
      { code: 'login_failed' },
    ],
    ['a redirect', answer(307, null, { Location: '/elsewhere' }), { code: 'login_failed' }],
  ])('that is answered %s fails with a typed error', async (_, response, expected) => {
    const { service, client } = await start();
    service.answerLogins(() => response);
    const error = await client.login(jdoe).catch((error) => error);
    expect(error).toBeInstanceOf(PorteroError);
    expect(error).toMatchObject({ name: 'PorteroError', ...expected });
    expect(client.session).toBeUndefined();
    expect(service.received()).toEqual([]);
    expect(`${error} ${error.cause}`).not.toContain('secret-in-a-page');
  });

  test('that gets no answer fails with a typed error', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:9', onLoginRequired() {} });
    await expect(client.login(jdoe)).rejects.toMatchObject({
      code: 'login_failed',
      cause: expect.any(TypeError),
    });
  });

  test('ends after 30 s without an answer', async () => {
    const deadline = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
    const { client, service } = await start();
    const { promise, resolve } = Promise.withResolvers<Response>();
    service.answerLogins(() => promise);
    const login = client.login(jdoe);
    await until(() => service.logins().length === 1);
    deadline.abort(new DOMException('The operation timed out.', 'TimeoutError'));
    await expect(login).rejects.toMatchObject({
      code: 'login_failed',
      cause: { name: 'TimeoutError' },
    });
    expect(timeout.mock.calls).toEqual([[30_000]]);
    resolve(new Response());
    timeout.mockRestore();
  });

  test('that fails leaves the session before it', async () => {
    const { client } = await start();
    const session = await client.login(jdoe);
    await client.login({ ...jdoe, password: 'guess' }).catch(() => {});
    expect(client.session).toBe(session);
  });

  test('that began before one that has succeeded does not count any more', async () => {
    const { service, client } = await start();
    const slow = Promise.withResolvers<Response>();
    service.answerLogins(() => slow.promise);
    const first = client.login(jdoe).catch(({ code }: PorteroError) => code);
    await until(() => service.logins().length === 1);
    service.answerLogins(undefined);
    const session = await client.login({ ...jdoe, userName: 'ana' });
    slow.resolve(Response.json({ token: await forge() }));
    expect(await first).toBe('login_cancelled');
    expect(client.session).toBe(session);
  });

  test('counts although a later one has failed', async () => {
    const { service, client } = await start();
    await client.login({ ...jdoe, userName: 'ana' });
    const slow = Promise.withResolvers<Response>();
    service.answerLogins(() => slow.promise);
    const first = client.login(jdoe);
    await until(() => service.logins().length === 2);
    service.answerLogins(undefined);
    await client.login({ ...jdoe, password: 'guess' }).catch(() => {});
    slow.resolve(Response.json({ token: await forge() }));
    expect((await first).claims.name).toBe('jdoe');
    expect(client.session).toBe(await first);
  });

  test('can be aborted', async () => {
    const { service, client } = await start();
    service.answerLogins(() => new Promise(() => {}));
    const controller = new AbortController();
    const login = client.login(jdoe, { signal: controller.signal });
    await until(() => service.logins().length === 1);
    const reason = new Error('closed');
    controller.abort(reason);
    await expect(login).rejects.toBe(reason);
  });
});

describe('a session', () => {
  test('has what the token says', async () => {
    const { service, client } = await start();
    service.issueWith({ name: 'Núñez 🦊', permissions: ['invoices.list'] });
    const { header, claims } = await client.login(jdoe);
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.any(String) });
    expect(claims).toMatchObject({ sub: 'id-of-jdoe', name: 'Núñez 🦊', role: 'Sales' });
  });

  test('knows what its user may do', async () => {
    const { service, client } = await start();
    service.issueWith({ permissions: ['invoices.list'] });
    const session = await client.login(jdoe);
    expect(session.can('invoices.list')).toBe(true);
    expect(session.can('invoices.create')).toBe(false);

    service.issueWith({ permissions: undefined });
    expect((await client.login(jdoe)).can('invoices.list')).toBe(false);

    service.issueWith({ permissions: undefined, admin: true });
    expect((await client.login(jdoe)).can('invoices.create')).toBe(true);
  });

  test.each([
    ['is right', 0],
    ['is an hour fast', 1],
    ['is an hour slow', -1],
    ['is five hours fast', 5],
    ['is fifty years slow', -50 * 365 * 24],
  ])('has thirty minutes where the clock %s', async (_, skewHours) => {
    const { service, client, onLoginRequired } = await start();
    const now = Math.floor(Date.now() / SECOND_MS);
    service.issueWith({ iat: now, nbf: now, exp: now + LIFETIME_SECONDS });
    fakeClocks(Date.now() + skewHours * HOUR_MS);
    const session = await client.login(jdoe);
    expect(session.secondsLeft).toBe(LIFETIME_SECONDS);
    vi.advanceTimersByTime(600 * SECOND_MS);
    expect(session.secondsLeft).toBe(LIFETIME_SECONDS - 600);
    await client.fetch('/1');
    expect(onLoginRequired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(HOUR_MS);
    expect(session.secondsLeft).toBe(0);
  });

  test.each([
    ['an hour forward', HOUR_MS],
    ['an hour back', -HOUR_MS],
    ['a minute back', -60 * SECOND_MS],
    ['a year forward', 365 * 24 * HOUR_MS],
  ])('has as long as before where the clock is set %s meanwhile', async (_, shiftMs) => {
    fakeClocks();
    const { service, client, onLoginRequired } = await start();
    const session = await client.login(jdoe);
    vi.setSystemTime(Date.now() + shiftMs);
    expect(session.secondsLeft).toBe(LIFETIME_SECONDS);
    vi.advanceTimersByTime((LIFETIME_SECONDS - 1) * SECOND_MS);
    expect(session.secondsLeft).toBe(1);
    expect((await upload(client)).status).toBe(200);
    expect(onLoginRequired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(SECOND_MS);
    expect(session.secondsLeft).toBe(0);
    await upload(client);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
    expect(service.received()).toHaveLength(2);
  });

  describe('of a device that has slept for twenty minutes,', () => {
    /** The clocks of the device stand still. @returns a session, and the time of the service */
    async function startAndSleep(options: Partial<ClientOptions> = {}) {
      fakeClocks();
      const started = await start(options);
      const iat = Math.floor(Date.now() / SECOND_MS);
      started.service.issueWith({ iat, nbf: iat, exp: iat + LIFETIME_SECONDS });
      await started.client.login(jdoe);
      return { ...started, later: new Date((iat + 1_200) * SECOND_MS).toUTCString() };
    }

    test.each(['/open', '/status/403', '/1'])(
      'has less once an answer shows the time: %s',
      async (path) => {
        const { service, client, later } = await startAndSleep();
        service.showTime(later);
        await client.fetch(path);
        expect(client.session?.secondsLeft).toBe(LIFETIME_SECONDS - 1_200);
      },
    );

    test('is over once an answer shows that it is', async () => {
      const { service, client, onLoginRequired } = await startAndSleep();
      service.showTime(new Date(Date.now() + HOUR_MS).toUTCString());
      await client.fetch('/open');
      expect(client.session?.secondsLeft).toBe(0);
      expect(onLoginRequired).not.toHaveBeenCalled();
      service.showTime(undefined);
      expect((await upload(client)).status).toBe(200);
      expect(onLoginRequired).toHaveBeenCalledTimes(1);
    });

    test.each([
      ['from a cache', new Date(0).toUTCString()],
      ['that is none', 'yesterday'],
      ['that is empty', ''],
    ])('goes on as before after a time %s', async (_, date) => {
      const { service, client } = await startAndSleep();
      service.showTime(date);
      await client.fetch('/open');
      expect(client.session?.secondsLeft).toBe(LIFETIME_SECONDS);
    });

    test('does not believe the clock of another service', async () => {
      const invoices = await startTokenService();
      const { service, client, later } = await startAndSleep({ trustedOrigins: [invoices.url] });
      invoices.showTime(later);
      await client.fetch(`${invoices.url}/open`);
      await client.fetch(`/redirect?to=${invoices.url}/open`);
      expect(invoices.received()).toHaveLength(2);
      expect(service.received()).toHaveLength(1);
      expect(client.session?.secondsLeft).toBe(LIFETIME_SECONDS);
    });

    test('is renewed in time', async () => {
      const options = { askBeforeExpirySeconds: 60, onLoginRequired: vi.fn() };
      const { service, client, later } = await startAndSleep(options);
      service.showTime(later);
      await client.fetch('/open');
      vi.advanceTimersByTime((LIFETIME_SECONDS - 1_200 - 60 - 1) * SECOND_MS);
      expect(options.onLoginRequired).not.toHaveBeenCalled();
      vi.advanceTimersByTime(SECOND_MS);
      expect(options.onLoginRequired).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(HOUR_MS);
      expect(options.onLoginRequired).toHaveBeenCalledTimes(1);
    });
  });

  test('of a token that is old already has what the answer leaves it', async () => {
    fakeClocks();
    const { service, client } = await start();
    const iat = Math.floor(Date.now() / SECOND_MS) - 1_000;
    service.issueWith({ iat, nbf: iat, exp: iat + LIFETIME_SECONDS });
    service.showTime(new Date((iat + 1_000) * SECOND_MS).toUTCString());
    expect((await client.login(jdoe)).secondsLeft).toBe(LIFETIME_SECONDS - 1_000);
  });

  test('that has expired is renewed before what can be sent only once', async () => {
    const { service, client, onLoginRequired } = await start();
    fakeClocks();
    await client.login(jdoe);
    vi.advanceTimersByTime((LIFETIME_SECONDS - 2) * SECOND_MS);
    await upload(client);
    expect(onLoginRequired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2 * SECOND_MS);
    await upload(client);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
    expect(service.received()).toHaveLength(2);
  });

  test('that has expired keeps nobody from what needs no login', async () => {
    const { client, onLoginRequired } = await start();
    fakeClocks();
    await client.login(jdoe);
    vi.advanceTimersByTime(HOUR_MS);
    expect((await client.fetch('/open')).status).toBe(200);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });
});

describe('a login shortly before the expiry', () => {
  const ask = { askBeforeExpirySeconds: 60 };

  /** Logs in, and goes on to one second before the login is asked for. */
  async function startAndWait(options: Partial<ClientOptions> = {}) {
    fakeClocks();
    const started = await start({ ...ask, ...options });
    await started.client.login(jdoe);
    vi.advanceTimersByTime((LIFETIME_SECONDS - 60 - 1) * SECOND_MS);
    return started;
  }

  test('is asked for without a request', async () => {
    const { service, onLoginRequired } = await startAndWait();
    expect(onLoginRequired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(SECOND_MS);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
    await until(() => service.logins().length === 2);
  });

  test('does not hold up requests meanwhile', async () => {
    const { client } = await startAndWait({ onLoginRequired: () => new Promise(() => {}) });
    vi.advanceTimersByTime(SECOND_MS);
    expect((await client.fetch('/1')).status).toBe(200);
  });

  test('is not asked for again where it is cancelled, until a service wants one', async () => {
    const onLoginRequired = vi.fn();
    const { service, client } = await startAndWait({ onLoginRequired });
    vi.advanceTimersByTime(HOUR_MS);
    expect((await client.fetch('/1')).status).toBe(200);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
    service.refuseTokens();
    await expect(client.fetch('/2')).rejects.toMatchObject({ code: 'login_cancelled' });
    expect(onLoginRequired).toHaveBeenCalledTimes(2);
  });

  test.each<[string, Partial<ClientOptions>, (client: Client) => unknown]>([
    ['after a logout', {}, (client) => client.logout()],
    ['where it is not wanted', { askBeforeExpirySeconds: undefined }, () => {}],
    ['where it would be at once', { askBeforeExpirySeconds: LIFETIME_SECONDS }, () => {}],
  ])('is not asked for %s', async (_, options, act) => {
    const { client, onLoginRequired } = await startAndWait(options);
    act(client);
    vi.advanceTimersByTime(HOUR_MS);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test('does not keep a program from ending', async () => {
    const { client } = await start(ask);
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await client.login(jdoe);
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('does not come twice after two logins', async () => {
    const { client, onLoginRequired } = await startAndWait({ onLoginRequired: vi.fn() });
    await client.login(jdoe);
    vi.advanceTimersByTime((LIFETIME_SECONDS - 60 - 2) * SECOND_MS);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });
});

describe('a logout', () => {
  test('forgets the token, as often as it is called', async () => {
    const { service, client } = await start();
    await client.login(jdoe);
    client.logout();
    client.logout();
    expect(client.session).toBeUndefined();
    await client.fetch('/open');
    expect(service.received()[0]?.token).toBeUndefined();
    await client.login(jdoe);
    expect(client.session?.claims.name).toBe('jdoe');
  });

  test('ends a login that is under way', async () => {
    const { service, client } = await start();
    service.answerLogins(() => new Promise(() => {}));
    const logins = [client.login(jdoe), client.login(jdoe)];
    await until(() => service.logins().length === 2);
    client.logout();
    client.logout();
    for (const login of logins) await expect(login).rejects.toMatchObject({ code: 'logged_out' });
    expect(client.session).toBeUndefined();
  });

  test('discards a login that is answered in the same moment', async () => {
    const { service } = await start();
    const client: Client = createClient({
      baseUrl: service.url,
      onLoginRequired() {},
      fetch: async (request) => {
        const response = await fetch(request);
        const text = await response.text();
        return {
          ...{ status: response.status, headers: response.headers },
          text: async () => {
            client.logout();
            return text;
          },
        } as Response;
      },
    });
    await expect(client.login(jdoe)).rejects.toMatchObject({ code: 'logged_out' });
    expect(client.session).toBeUndefined();
  });

  test('ends what waits for a login, and says so to whoever shows it', async () => {
    const onLoginRequired = vi.fn(() => new Promise(() => {}));
    const { service, client } = await start({ onLoginRequired });
    const requests = [client.fetch('/1'), client.fetch('/2')];
    await until(() => service.received().length === 2);
    await until(() => onLoginRequired.mock.calls.length === 1);
    const [[context]] = onLoginRequired.mock.calls as unknown as [[{ signal: AbortSignal }]];
    expect(context.signal.aborted).toBe(false);
    client.logout();
    client.logout();
    for (const request of requests) {
      await expect(request).rejects.toMatchObject({ code: 'logged_out' });
    }
    expect(context.signal.aborted).toBe(true);
    expect(service.received()).toHaveLength(2);
  });

  test('keeps a request of its user from being sent again for the next one', async () => {
    const { service, client, onLoginRequired } = await start();
    await client.login(jdoe);
    const late = client.fetch('/held');
    await until(() => service.holds() === 1);
    client.logout();
    await client.login({ ...jdoe, userName: 'ana' });
    service.release();
    await expect(late).rejects.toMatchObject({ code: 'logged_out' });
    expect(service.received()).toHaveLength(1);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test('ends a request that nobody had logged in for', async () => {
    const { service, client, onLoginRequired } = await start();
    const late = client.fetch('/held');
    await until(() => service.holds() === 1);
    client.logout();
    service.release();
    await expect(late).rejects.toMatchObject({ code: 'logged_out' });
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test('in the moment between a login and what waits for it keeps that from being sent', async () => {
    const service = await startTokenService();
    const client: Client = createClient({
      baseUrl: service.url,
      onLoginRequired: () => client.login(jdoe),
      fetch: (request) => {
        if (request.headers.has('Authorization')) client.logout();
        return fetch(request);
      },
    });
    const requests = await Promise.allSettled(['/1', '/2'].map((path) => client.fetch(path)));
    expect(requests[1]).toMatchObject({ reason: { code: 'logged_out' } });
    expect(service.received()).toHaveLength(3);
  });

  test('does not keep the next request from asking', async () => {
    const dialogs: PromiseWithResolvers<unknown>[] = [];
    const { service, client } = await start({
      onLoginRequired: () => {
        const dialog = Promise.withResolvers<unknown>();
        dialogs.push(dialog);
        return dialog.promise;
      },
    });
    const first = client.fetch('/1');
    await until(() => dialogs.length === 1);
    client.logout();
    const second = client.fetch('/2');
    await expect(first).rejects.toMatchObject({ code: 'logged_out' });
    await until(() => dialogs.length === 2);
    dialogs[0]?.reject(new Error('closed late'));
    dialogs[1]?.resolve(client.login(jdoe));
    expect((await second).status).toBe(200);
    expect(service.received()).toHaveLength(3);
  });
});

test('the claims are those that the service issues', () => {
  expectTypeOf<Claims>().toEqualTypeOf<IssuedClaims>(); // by the compiler
});

const NO_ADDRESSES = ['', 'no address', 'http://', 'capacitor://localhost', 'data:,x'];

/** Over `http`, everybody on the way reads the token. */
const NOT_ENCRYPTED = [
  'http://login.example.org',
  'HTTP://LOGIN.EXAMPLE.ORG:8787/path',
  'http://192.168.1.2:8787',
  'http://0.0.0.0:8787',
  'http://128.0.0.1',
  'http://[::ffff:127.0.0.1]',
  'http://[::]',
  'http://localhost.example.org',
  'http://127.0.0.1.example.org',
  'http://notlocalhost',
  'http://localhost@login.example.org',
  'ws://localhost',
];

test.each([...NO_ADDRESSES, ...NOT_ENCRYPTED, 'https://user:secret@login.example.org'])(
  '%j is no base address',
  (baseUrl) => {
    const create = () => createClient({ baseUrl, onLoginRequired() {} });
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow('secret');
  },
);

test.each([
  'invoices.example.org',
  'localhost:3000',
  'https://*.example.org',
  'http://user:secret@invoices.example.org',
  ...NO_ADDRESSES,
  ...NOT_ENCRYPTED,
])('%j is no origin that could be trusted', (origin) => {
  const options = { baseUrl: 'https://login.example.org', onLoginRequired() {} };
  const create = () => createClient({ ...options, trustedOrigins: [origin] });
  expect(create).toThrow(TypeError);
  expect(create).not.toThrow('secret');
});

test.each([
  'https://login.example.org',
  'https://192.168.1.2:8787/path',
  'HTTPS://LOGIN.example.org.',
  'http://localhost',
  'http://LOCALHOST:8787/path',
  'http://127.0.0.1:8787',
  'http://127.1.2.3',
  'http://[::1]:8787',
  'http://[0:0:0:0:0:0:0:1]',
])('%j may have the token', (address) => {
  createClient({ baseUrl: address, trustedOrigins: [address], onLoginRequired() {} });
});

test('a base address that is refused is told why, and what to do', () => {
  const create = () => createClient({ baseUrl: 'http://login.example.org', onLoginRequired() {} });
  expect(create).toThrow(
    'http://login.example.org is neither one https origin nor http on this machine.',
  );
});
