/** `portero/client`: requests that go on after a login. */
import { describe, expect, test, vi } from 'vitest';
import { createClient, PorteroError } from '#portero/client.ts';
import {
  jdoe,
  startClient as start,
  startTokenService,
  type TokenService,
  until,
} from '../support/token-service.ts';

/** A login that the test itself ends. */
function loginDialog() {
  const dialog = Promise.withResolvers<unknown>();
  dialog.promise.catch(() => {}); // it may be closed before a client looks at it
  const open = vi.fn(() => dialog.promise);
  return { ...dialog, open, isOpen: () => open.mock.calls.length > 0 };
}

const codeOf = (error: unknown) => (error instanceof PorteroError ? error.code : error);
const outcomeOf = (request: Promise<Response>) =>
  request.then(({ status }) => status, codeOf) as Promise<unknown>;
const tokensOf = (service: TokenService) => service.received().map(({ token }) => token);

describe('a request', () => {
  test('carries the token of the last login', async () => {
    const { service, client, onLoginRequired } = await start();
    await client.login(jdoe);
    const response = await client.fetch('/anything', { method: 'PUT', body: 'text' });
    expect(await response.text()).toBe('done');
    expect(service.received()).toEqual([
      expect.objectContaining({
        method: 'PUT',
        path: '/anything',
        body: 'text',
        token: expect.stringMatching(/^eyJ/),
      }),
    ]);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test('begins at the base address where its own is relative', async () => {
    const { service } = await start();
    const client = createClient({ baseUrl: `${service.url}/below`, onLoginRequired: () => {} });
    await client.fetch('open').catch(() => {});
    await client.fetch('/open').catch(() => {});
    expect(service.received().map(({ path }) => path)).toEqual(['/below/open', '/open']);
  });

  test('asks nobody for what needs no login', async () => {
    const { service, client, onLoginRequired } = await start();
    expect((await client.fetch('/open')).status).toBe(200);
    expect(tokensOf(service)).toEqual([undefined]);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test.each([400, 403, 404, 429, 500, 503])(
    'that is answered %i is not sent again',
    async (status) => {
      const { service, client, onLoginRequired } = await start();
      await client.login(jdoe);
      expect((await client.fetch(`/status/${status}`)).status).toBe(status);
      expect(service.received()).toHaveLength(1);
      expect(onLoginRequired).not.toHaveBeenCalled();
    },
  );

  test('that is answered 401 is sent once more after a login', async () => {
    const { service, client, onLoginRequired } = await start();
    expect(await (await client.fetch('/anything')).text()).toBe('done');
    expect(tokensOf(service)).toEqual([undefined, expect.stringMatching(/^eyJ/)]);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
  });

  test('that is answered 401 again ends with that', async () => {
    const { service, client, onLoginRequired } = await start();
    expect((await client.fetch('/status/401')).status).toBe(401);
    expect(service.received()).toHaveLength(2);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
  });

  test.each(['https://attacker.example', 'http://127.0.0.1:1', '//attacker.example/x'])(
    'to %s is not sent, since the token is not for it',
    async (address) => {
      const send = vi.fn(async () => new Response());
      const { client } = await start({ fetch: send });
      await expect(client.fetch(address)).rejects.toMatchObject({ code: 'origin_not_trusted' });
      await expect(client.fetch(new Request(new URL(address, 'https://x')))).rejects.toMatchObject({
        code: 'origin_not_trusted',
      });
      expect(send).not.toHaveBeenCalled();
    },
  );

  test('to an origin that is trusted carries the token', async () => {
    const invoices = await startTokenService();
    const { client } = await start({ trustedOrigins: [`${invoices.url}/whatever`] });
    await client.login(jdoe);
    await client.fetch(`${invoices.url}/open`);
    expect(tokensOf(invoices)).toEqual([expect.stringMatching(/^eyJ/)]);
  });

  test('that is redirected elsewhere goes on without the token', async () => {
    const elsewhere = await startTokenService();
    const { client } = await start();
    await client.login(jdoe);
    await client.fetch(`/redirect?to=${elsewhere.url}/open`);
    expect(tokensOf(elsewhere)).toEqual([undefined]);
  });
});

describe('what goes out is what was checked:', () => {
  /** A trusted service, where `jdoe` is logged in, and another that must not be sent anything. */
  async function startBeside() {
    const elsewhere = await startTokenService();
    const started = await start();
    await started.client.login(jdoe);
    return { ...started, elsewhere, good: `${started.service.url}/1`, bad: `${elsewhere.url}/1` };
  }

  const texts = (...list: string[]) => ({ toString: () => list.shift() ?? '' });

  class LyingRequest extends Request {
    override get url() {
      return super.url.replace(/:\d+/, ':80');
    }
  }

  test.each<[string, (good: string, bad: string) => unknown]>([
    [
      'an object with the one address, whose clone has another',
      (good, bad) => ({ url: good, clone: () => new Request(bad) }),
    ],
    [
      'a Request whose clone is replaced',
      (good, bad) => Object.assign(new Request(good), { clone: () => new Request(bad) }),
    ],
    [
      'a Request whose address is overwritten',
      (good, bad) => Object.defineProperty(new Request(bad), 'url', { value: good }),
    ],
    [
      'a Request that shows an address of its own',
      (good, bad) => Object.assign(new LyingRequest(bad), { good }),
    ],
    [
      'an object whose clone is a text',
      (good, bad) => ({ url: good, clone: () => texts(bad, bad) }),
    ],
    [
      'an object whose address changes',
      (good, bad) => {
        const urls = [good, good, bad, bad];
        return {
          get url() {
            return urls.shift();
          },
          clone: () => new Request(bad),
        };
      },
    ],
    [
      'a Request whose clone is a lying one',
      (good, bad) => ({
        url: good,
        clone: () => Object.defineProperty(new Request(bad), 'url', { value: good }),
      }),
    ],
  ])('%s', async (_, make) => {
    const { client, elsewhere, service, good, bad } = await startBeside();
    const input = make(good, bad) as Request;
    expect(await outcomeOf(client.fetch(input))).toBe('origin_not_trusted');
    expect(elsewhere.received()).toEqual([]);
    expect(service.received()).toEqual([]);
  });

  test('a Request that goes elsewhere the second time is not sent a second time', async () => {
    const { service, client, elsewhere, good, bad } = await startBeside();
    const requests = [new Request(good), new Request(bad)];
    const input = { url: good, clone: () => requests.shift() } as unknown as Request;
    service.refuseTokens();
    expect(await outcomeOf(client.fetch(input))).toBe('origin_not_trusted');
    expect(service.received()).toHaveLength(1);
    expect(elsewhere.received()).toEqual([]);
  });

  test('an address that changes meanwhile is the first one both times', async () => {
    const { service, client, elsewhere, good, bad } = await startBeside();
    service.refuseTokens();
    const url = new URL(good);
    const byUrl = client.fetch(url);
    url.href = bad;
    const byText = client.fetch(texts(good, bad, bad) as unknown as string);
    expect(await Promise.all([byUrl, byText].map(outcomeOf))).toEqual([200, 200]);
    expect(service.received()).toHaveLength(4);
    expect(elsewhere.received()).toEqual([]);
  });

  test('options cannot lead it elsewhere', async () => {
    const { client, elsewhere, service, good, bad } = await startBeside();
    const init = { url: bad, clone: () => new Request(bad) } as RequestInit;
    expect(await outcomeOf(client.fetch(good, init))).toBe(200);
    expect(service.received()).toHaveLength(1);
    expect(elsewhere.received()).toEqual([]);
  });
});

describe('requests that fail together', () => {
  test('ask for one login, and are each sent once more', async () => {
    const { service, client, onLoginRequired } = await start();
    await client.login(jdoe);
    service.refuseTokens();
    const paths = ['/1', '/2', '/3', '/4', '/5'];
    const responses = await Promise.all(paths.map((path) => client.fetch(path)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
    expect(service.logins()).toHaveLength(2);
    for (const path of paths) {
      expect(service.received().filter((request) => request.path === path)).toHaveLength(2);
    }
  });

  test('wait for a login that is asked for already', async () => {
    const dialog = loginDialog();
    const { client, ...rest } = await start({ onLoginRequired: dialog.open });
    const first = client.fetch('/1');
    await until(() => rest.service.received().length === 1);
    const second = client.fetch('/2');
    await until(() => rest.service.received().length === 2);
    dialog.resolve(client.login(jdoe));
    expect(await Promise.all([outcomeOf(first), outcomeOf(second)])).toEqual([200, 200]);
    expect(rest.service.received()).toHaveLength(4);
  });

  test('are only sent again where there has been a login since', async () => {
    const { service, client, onLoginRequired } = await start();
    await client.login(jdoe);
    const late = client.fetch('/held');
    await until(() => service.holds() === 1);
    await client.login(jdoe);
    service.release();
    await until(() => service.holds() === 1);
    service.release();
    expect(await outcomeOf(late)).toBe(401);
    const [first, second] = tokensOf(service);
    expect(first).not.toBe(second);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test('all fail with a login that is cancelled, and the last of them does not ask again', async () => {
    const onLoginRequired = vi.fn(async () => {
      throw new Error('closed');
    });
    const { service, client } = await start({ onLoginRequired });
    const late = client.fetch('/held');
    await until(() => service.holds() === 1);
    const others = await Promise.all(['/1', '/2'].map((path) => outcomeOf(client.fetch(path))));
    expect(others).toEqual(['login_cancelled', 'login_cancelled']);
    service.release();
    expect(await outcomeOf(late)).toBe('login_cancelled');
    expect(onLoginRequired).toHaveBeenCalledTimes(1);

    expect(await outcomeOf(client.fetch('/4'))).toBe('login_cancelled');
    expect(onLoginRequired).toHaveBeenCalledTimes(2);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('closed'))],
    ['throws', () => JSON.parse('no JSON')],
    ['ends without a login', () => {}],
  ])('a login that %s is a cancelled one', async (_, onLoginRequired) => {
    const { client } = await start({ onLoginRequired });
    expect(await outcomeOf(client.fetch('/1'))).toBe('login_cancelled');
  });

  test('go on after a login that comes about although its dialog then fails', async () => {
    const { client } = await start({
      onLoginRequired: async () => {
        await client.login(jdoe);
        throw new Error('the animation of the dialog');
      },
    });
    expect(await outcomeOf(client.fetch('/1'))).toBe(200);
  });

  test('say why the login was cancelled', async () => {
    const cause = new Error('closed');
    const { client } = await start({ onLoginRequired: () => Promise.reject(cause) });
    await expect(client.fetch('/1')).rejects.toMatchObject({ code: 'login_cancelled', cause });
  });

  test('fail as the login does that is refused', async () => {
    const { client } = await start({
      onLoginRequired: () => client.login({ ...jdoe, password: 'guess' }),
    });
    expect(await outcomeOf(client.fetch('/1'))).toBe('login_refused');
  });

  test('are not sent again for somebody else', async () => {
    const { service, client } = await start({
      onLoginRequired: () => client.login({ ...jdoe, userName: 'ana' }),
    });
    await client.login(jdoe);
    service.refuseTokens();
    const requests = await Promise.all(['/1', '/2'].map((path) => outcomeOf(client.fetch(path))));
    expect(requests).toEqual(['user_changed', 'user_changed']);
    expect(service.received()).toHaveLength(2);
    expect(client.session?.claims.name).toBe('ana');
    expect(await outcomeOf(client.fetch('/3'))).toBe(200);
  });
});

describe('a body', () => {
  const form = new FormData();
  form.set('field', 'value');
  form.set('file', new Blob(['content of a file']), 'file.txt');

  test.each<[string, BodyInit, RegExp, RegExp]>([
    ['a string', 'text', /^text$/, /^text\/plain/],
    ['a form', form, /value.*content of a file/s, /^multipart\/form-data; boundary=/],
    ['a Blob', new Blob(['blob'], { type: 'image/png' }), /^blob$/, /^image\/png$/],
    ['parameters', new URLSearchParams({ a: '1' }), /^a=1$/, /^application\/x-www-form-urlencoded/],
    ['bytes', new TextEncoder().encode('bytes'), /^bytes$/, /^$/],
  ])('that is %s is sent again as it was', async (_, body, text, contentType) => {
    const { service, client } = await start();
    expect(await outcomeOf(client.fetch('/1', { method: 'POST', body }))).toBe(200);
    expect(service.received()).toHaveLength(2);
    for (const request of service.received()) {
      expect(request.method).toBe('POST');
      expect(request.body).toMatch(text);
      expect(request.contentType ?? '').toMatch(contentType);
    }
  });

  test('of a Request is sent again as it was', async () => {
    const { service, client } = await start();
    const headers = { 'Content-Type': 'application/json' };
    const request = new Request(`${service.url}/1`, { method: 'PATCH', body: '{}', headers });
    expect(await outcomeOf(client.fetch(request))).toBe(200);
    const sent = { method: 'PATCH', body: '{}', contentType: 'application/json' };
    expect(service.received()).toEqual([
      expect.objectContaining(sent),
      expect.objectContaining(sent),
    ]);
  });

  const stream = () => new Blob(['a stream']).stream();
  async function* chunks() {
    yield new TextEncoder().encode('chunks');
  }

  test.each([
    ['a stream', stream],
    ['an async iterable', chunks],
  ])('that is %s is not sent in vain: a login comes first', async (_, body) => {
    const { service, client, onLoginRequired } = await start();
    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit;
    expect(await outcomeOf(client.fetch('/1', init))).toBe(200);
    expect(service.received()).toHaveLength(1);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
  });

  test('that is a stream asks for one login, even where its token is of no use', async () => {
    const { client, onLoginRequired } = await start();
    const init = { method: 'POST', body: stream(), duplex: 'half' } as RequestInit;
    expect(await outcomeOf(client.fetch('/status/401', init))).toBe(401);
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
  });

  test('of an answer that is kept elsewhere does not hold up the login', async () => {
    const kept: Response[] = [];
    const { client } = await start({
      fetch: async (request) => {
        const response = await fetch(request);
        kept.push(response.clone());
        return response;
      },
    });
    expect(await outcomeOf(client.fetch('/1'))).toBe(200);
  });

  test('that is a stream is told from others where it cannot be sent again', async () => {
    const { service, client, onLoginRequired } = await start();
    await client.login(jdoe);
    service.refuseTokens();
    const upload = () =>
      client.fetch('/1', { method: 'POST', body: stream(), duplex: 'half' } as RequestInit);
    await expect(upload()).rejects.toMatchObject({
      code: 'body_not_repeatable',
      message: 'A stream cannot be sent a second time.',
    });
    // There was a login for it, so that whoever has the source can send it again.
    expect(onLoginRequired).toHaveBeenCalledTimes(1);
    expect(await outcomeOf(upload())).toBe(200);
  });

  test('that is a stream is not to be sent again for somebody else', async () => {
    const { service, client } = await start({
      onLoginRequired: () => client.login({ ...jdoe, userName: 'ana' }),
    });
    await client.login(jdoe);
    service.refuseTokens();
    const init = { method: 'POST', body: stream(), duplex: 'half' } as RequestInit;
    expect(await outcomeOf(client.fetch('/1', init))).toBe('user_changed');
  });

  test('that is a stream asks nobody where it can never be sent', async () => {
    const { client, onLoginRequired } = await start();
    const init = { method: 'GET', body: stream(), duplex: 'half' } as RequestInit;
    await expect(client.fetch('/1', init)).rejects.toThrow(TypeError);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });
});

describe('an abort', () => {
  const reason = new Error('not needed any more');

  test('before a request keeps it from being sent', async () => {
    const { service, client, onLoginRequired } = await start();
    const signal = AbortSignal.abort(reason);
    await expect(client.fetch('/1', { signal })).rejects.toBe(reason);
    const body = new Blob(['a stream']).stream();
    const upload = { method: 'POST', body, duplex: 'half', signal } as RequestInit;
    await expect(client.fetch('/1', upload)).rejects.toBe(reason);
    expect(service.received()).toEqual([]);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test('in the moment of a 401 asks nobody', async () => {
    const controller = new AbortController();
    const { client, onLoginRequired } = await start({
      fetch: async () => {
        controller.abort(reason);
        return new Response(null, { status: 401 });
      },
    });
    await expect(client.fetch('/1', { signal: controller.signal })).rejects.toBe(reason);
    expect(onLoginRequired).not.toHaveBeenCalled();
  });

  test('ends a request that is under way', async () => {
    const { service, client } = await start();
    const controller = new AbortController();
    const request = client.fetch('/held', { signal: controller.signal });
    await until(() => service.holds() === 1);
    controller.abort(reason);
    await expect(request).rejects.toBe(reason);
  });

  test.each(['of the options', 'of a Request'])(
    '%s ends the waiting for a login, for this request alone',
    async (place) => {
      const dialog = loginDialog();
      const { service, client } = await start({ onLoginRequired: dialog.open });
      const controller = new AbortController();
      const { signal } = controller;
      const url = `${service.url}/1`;
      const aborted =
        place === 'of a Request'
          ? client.fetch(new Request(url, { signal }))
          : client.fetch(url, { signal });
      const other = client.fetch('/2');
      await until(() => service.received().length === 2);
      controller.abort(reason);
      await expect(aborted).rejects.toMatchObject({ message: reason.message });
      dialog.resolve(client.login(jdoe));
      expect(await outcomeOf(other)).toBe(200);
      const paths = service.received().map(({ path }) => path);
      expect(paths.toSorted()).toEqual(['/1', '/2', '/2']);
    },
  );

  test('of a Request can be taken away by the options', async () => {
    const { service, client } = await start();
    const request = new Request(`${service.url}/1`, { signal: AbortSignal.abort(reason) });
    expect(await outcomeOf(client.fetch(request, { signal: null }))).toBe(200);
  });

  test('of every request leaves the login to itself', async () => {
    const dialog = loginDialog();
    const { client } = await start({ onLoginRequired: dialog.open });
    const controller = new AbortController();
    const request = client.fetch('/1', { signal: controller.signal });
    await until(dialog.isOpen);
    controller.abort(reason);
    await expect(request).rejects.toBe(reason);
    dialog.reject(new Error('closed later'));
    expect(await outcomeOf(client.fetch('/2'))).toBe('login_cancelled');
  });
});
