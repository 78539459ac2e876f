/** Protecting another Worker: `portero/middleware` and `portero/verifier`. */
import { env, exports } from 'cloudflare:workers';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type CallerVariables,
  requirePermission,
  requireToken,
  type Verification,
} from '#portero/middleware.ts';
import { createSecretVerifier } from '#portero/secret-verifier.ts';
import { verifyToken } from '#portero/verifier.ts';
import { TokenVerifier } from '../../src/token-verifier.ts';
import { callsTo, forgetCalls } from '../support/control.ts';
import { recordLog } from '../support/log.ts';
import { wire } from '../support/requests.ts';
import { forge } from '../support/tokens.ts';

afterEach(() => vi.restoreAllMocks());

const ran = vi.fn();
afterEach(() => ran.mockReset());

const app = new Hono<{ Variables: CallerVariables }>()
  .use('/api/*', requireToken())
  .get('/api/invoices', requirePermission('invoices.list'), (context) => {
    ran();
    return context.text(context.get('caller').sub);
  });

async function request(claims: object | undefined, portero: unknown = exports.TokenVerifier) {
  const headers = claims && { Authorization: `Bearer ${await forge(claims)}` };
  return wire(await app.request('/api/invoices', { headers }, { PORTERO: portero }));
}

const challenged = (error?: string) => ({
  status: 401,
  headers: {
    'cache-control': 'no-store',
    'www-authenticate': `Bearer realm="portero"${error ? `, error="${error}"` : ''}`,
  },
  body: '',
});
const FORBIDDEN = {
  status: 403,
  headers: {
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
    'www-authenticate': 'Bearer realm="portero", error="insufficient_scope"',
  },
  body: '{"type":"about:blank","title":"Forbidden","status":403}',
};
const UNAVAILABLE = {
  status: 503,
  headers: {
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
    'retry-after': '5',
  },
  body: '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Tokens cannot be verified at the moment."}',
};

describe('a route', () => {
  test('runs for who has the permission, and for an administrator, without a database', async () => {
    await forgetCalls();
    for (const claims of [
      { permissions: ['invoices.create', 'invoices.list'] },
      { permissions: undefined, admin: true },
    ]) {
      expect(await request(claims)).toMatchObject({ status: 200, body: 'id-of-jdoe' });
    }
    expect(ran).toHaveBeenCalledTimes(2);
    expect(await callsTo('database')).toEqual([]);
  });

  test.each([
    ['without a token', undefined, challenged()],
    ['with a bad one', { exp: 1 }, challenged('invalid_token')],
    ['without the permission', { permissions: ['invoices.lists', 'invoices.read'] }, FORBIDDEN],
    ['without any permission', { permissions: [] }, FORBIDDEN],
  ])('does not run %s', async (_, claims, answer) => {
    expect(await request(claims)).toEqual(answer);
    expect(ran).not.toHaveBeenCalled();
  });

  test.each<[string, unknown]>([
    ['no binding', undefined],
    ['a binding to something else', { fetch: () => new Response() }],
    ['a binding that fails', { verify: () => Promise.reject(new Error('token in the message')) }],
    ['a binding that answers nothing', { verify: async () => undefined }],
    ['a binding that answers nonsense', { verify: async () => ({ valid: true }) }],
    ['a binding that gives no reason', { verify: async () => ({ ok: false }) }],
    ['a binding that lets nobody through', { verify: async () => ({ ok: true }) }],
    [
      'a binding that lets through who is nobody',
      { verify: async () => ({ ok: true, value: {} }) },
    ],
    [
      'a Portero that cannot tell',
      { verify: async () => ({ ok: false, reason: 'verifier_unavailable' }) },
    ],
  ])('does not run, and is a 503, with %s', async (_, portero) => {
    const log = recordLog();
    expect(await request({}, portero ?? null)).toEqual(UNAVAILABLE);
    expect(ran).not.toHaveBeenCalled();
    expect(log.lines.join()).not.toContain('message');
  });

  test('challenges without asking anybody where there is no token', async () => {
    expect(await request(undefined, null)).toEqual(challenged());
  });
});

describe('behind a web page', () => {
  const origin = 'https://app.example.org';
  const behind = new Hono<{ Variables: CallerVariables }>()
    .use('/api/*', cors({ origin: [origin], exposeHeaders: ['Retry-After', 'WWW-Authenticate'] }))
    .use('/api/*', requireToken())
    .get('/api/invoices', requirePermission('invoices.list'), (context) => context.text(''))
    .get('/api/broken', () => {
      throw new Error('broken');
    });

  async function ask(path: string, claims?: object, portero: unknown = exports.TokenVerifier) {
    const headers = { Origin: origin, ...(claims && bearer(await forge(claims))) };
    return behind.request(path, { headers }, { PORTERO: portero });
  }
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

  test('a preflight needs no token', async () => {
    const headers = {
      Origin: origin,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'authorization,traceparent',
    };
    const init = { method: 'OPTIONS', headers };
    const response = await behind.request('/api/invoices', init, { PORTERO: null });
    expect(response.status).toBe(204);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(origin);
    expect(response.headers.get('Access-Control-Allow-Headers')).toBe('authorization,traceparent');
  });

  test.each<[number, string, object | undefined, unknown]>([
    [200, '/api/invoices', { permissions: ['invoices.list'] }, undefined],
    [401, '/api/invoices', undefined, undefined],
    [401, '/api/invoices', { exp: 1 }, undefined],
    [403, '/api/invoices', {}, undefined],
    [404, '/api/nothing', {}, undefined],
    [500, '/api/broken', {}, undefined],
    [503, '/api/invoices', {}, null],
  ])('the web app can read a %i of %s', async (status, path, claims, portero) => {
    const response = await ask(path, claims, portero);
    expect(response.status).toBe(status);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe(origin);
    expect(response.headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate');
  });
});

test('a binding of another name, and a verifier that cannot be made, are told by the options', async () => {
  const headers = { Authorization: `Bearer ${await forge()}` };
  const another = new Hono().get('/', requireToken({ binding: 'AUTH' }), (context) => {
    ran();
    return context.text('');
  });
  const bindings = { AUTH: exports.TokenVerifier };
  expect((await another.request('/', { headers }, bindings)).status).toBe(200);
  expect((await another.request('/', { headers }, { PORTERO: bindings.AUTH })).status).toBe(503);
  const verifier = () => {
    throw new Error('no secret');
  };
  const broken = new Hono().get('/', requireToken({ verifier }), ran);
  expect(await wire(await broken.request('/', { headers }))).toEqual(UNAVAILABLE);
  expect(ran).toHaveBeenCalledTimes(1);
});

describe('the RPC method', () => {
  test('answers the caller', async () => {
    const verification = await exports.TokenVerifier.verify(await forge());
    expect(verification).toMatchObject({ ok: true, value: { sub: 'id-of-jdoe' } });
  });

  test('is the only one', () => {
    expect(Object.getOwnPropertyNames(TokenVerifier.prototype)).toEqual(['constructor', 'verify']);
  });

  test('says that it cannot tell while a setting is refused, and the log names it', async () => {
    const log = recordLog();
    const context = {} as ExecutionContext;
    const verifier = new TokenVerifier(context, { ...env, JWT_SECRET: '' });
    expect(await verifier.verify(await forge())).toEqual({
      ok: false,
      reason: 'verifier_unavailable',
    });
    expect(log.events('settings_refused')).toHaveLength(1);
  });
});

describe('verifyToken', () => {
  const ask = async (claims: object | undefined, permission?: 'invoices.list') => {
    const headers: HeadersInit = claims ? { Authorization: `bearer ${await forge(claims)}` } : {};
    const incoming = new Request('https://invoices.example', { headers });
    return verifyToken(incoming, exports.TokenVerifier, permission);
  };

  test('returns the caller', async () => {
    expect(await ask({})).toMatchObject({ caller: { name: 'jdoe' } });
    expect(await ask({ permissions: ['invoices.list'] }, 'invoices.list')).toHaveProperty('caller');
  });

  test.each([
    [undefined, challenged()],
    [{ aud: 'another' }, challenged('invalid_token')],
    [{ permissions: ['invoices.create'] }, FORBIDDEN],
  ])('or the answer to give: %j', async (claims, answer) => {
    const verdict = await ask(claims, 'invoices.list');
    if (!('response' in verdict)) throw new Error('let through');
    expect(await wire(verdict.response)).toEqual(answer);
  });

  test('takes no permission that is none', async () => {
    const incoming = new Request('https://invoices.example');
    const permission = 'invoices' as 'invoices.list';
    await expect(verifyToken(incoming, exports.TokenVerifier, permission)).rejects.toThrow(
      TypeError,
    );
  });
});

describe('options that are wrong are refused when the app is built:', () => {
  const secret = 'x'.repeat(32);
  const options = { secret, issuer: 'i', audience: 'a' };
  test.each<[string, () => unknown]>([
    ['an unknown option', () => requireToken({ bindings: 'X' } as object)],
    ['a name instead of options', () => requireToken('PORTERO' as never)],
    ['null instead of options', () => requireToken(null as never)],
    ['no options of a secret', () => createSecretVerifier(undefined as never)],
    ['a secret instead of options', () => createSecretVerifier(secret as never)],
    ['a binding without a name', () => requireToken({ binding: '' })],
    ['a verifier that is no function', () => requireToken({ verifier: {} as never })],
    ['both', () => requireToken({ binding: 'X', verifier: () => exports.TokenVerifier })],
    ...[
      'invoices',
      'invoices.fly',
      'Invoices.read',
      '.read',
      'invoices.read.all',
      '1x.read',
      '',
    ].map((permission): [string, () => unknown] => [
      `the permission "${permission}"`,
      () => requirePermission(permission as 'invoices.read'),
    ]),
    ['no permission at all', () => requirePermission(undefined as never)],
    ['another kind of secret', () => createSecretVerifier({ ...options, jwks: 'x' } as never)],
    ['a short secret', () => createSecretVerifier({ ...options, secret: 'x'.repeat(31) })],
    ['no secret', () => createSecretVerifier({ ...options, secret: undefined as never })],
    ['no issuer', () => createSecretVerifier({ ...options, issuer: '' })],
    ['no audience', () => createSecretVerifier({ ...options, audience: '' })],
    [
      'a short previous secret',
      () => createSecretVerifier({ ...options, previous: { secret: 'x', until: new Date() } }),
    ],
    [
      'a previous secret without an end',
      () => createSecretVerifier({ ...options, previous: { secret: 'y'.repeat(32) } as never }),
    ],
    [
      'a previous secret until no date',
      () =>
        createSecretVerifier({
          ...options,
          previous: { secret: 'y'.repeat(32), until: new Date('x') },
        }),
    ],
    ...[-1, 61, 3600, 0.5, NaN, Infinity, '5', null, [5], {}, true].map(
      (clockToleranceSeconds): [string, () => unknown] => [
        `the clock tolerance ${JSON.stringify(clockToleranceSeconds)}`,
        () => createSecretVerifier({ ...options, clockToleranceSeconds } as never),
      ],
    ),
    [
      'the clock tolerance by another name',
      () => createSecretVerifier({ ...options, clockTolerance: 60 } as never),
    ],
  ])('%s', (_, build) => {
    expect(build).toThrow(TypeError);
  });

  test('requirePermission stands behind requireToken', async () => {
    const alone = new Hono().get('/', requirePermission('invoices.list'), ran);
    alone.onError((error) => new Response(error.message, { status: 500 }));
    const response = await alone.request('/');
    expect(await response.text()).toBe('requirePermission stands behind requireToken');
    expect(ran).not.toHaveBeenCalled();
  });
});

test('a verifier with the secret accepts the previous one until its time', async () => {
  const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  const token = await forge();
  const verifyWith = (until: number): Promise<Verification> =>
    createSecretVerifier({
      secret: 'a-newer-secret-of-32-bytes-or-more',
      issuer,
      audience,
      previous: { secret, until: new Date(until) },
    }).verify(token);
  expect(await verifyWith(Date.now() + 60_000)).toMatchObject({ ok: true });
  expect(await verifyWith(Date.now() - 1000)).toEqual({
    ok: false,
    reason: 'ERR_JWKS_NO_MATCHING_KEY',
  });
});
