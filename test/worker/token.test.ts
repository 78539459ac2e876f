/** The token: what it claims, and which ones a protected route accepts. */
import { env } from 'cloudflare:workers';
import type { JWTPayload } from 'jose';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { LAYERS } from '#password/cost.ts';
import { importSecretKey } from '#portero/internal/secret-key.ts';
import { HEADERS } from '../support/answers.ts';
import { callsTo, forgetCalls } from '../support/control.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { login, send, tokenOf, wire } from '../support/requests.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe', { id: '0f8fad5b-d9cb-469f-a165-70867728950e' });
  await addUser('admin', { id: 'id-of-admin', role: 'Administrator' });
});

function part(token: string, index: 0 | 1): JWTPayload {
  return JSON.parse(
    atob((token.split('.')[index] ?? '').replaceAll('-', '+').replaceAll('_', '/')),
  );
}

describe('the token', () => {
  test('is HS256, a JWT, and names its key', async () => {
    const { id } = await importSecretKey(env.JWT_SECRET);
    expect(part(await tokenOf('jdoe'), 0)).toEqual({ alg: 'HS256', typ: 'JWT', kid: id });
    expect(id).toMatch(/^[\w-]{16}$/);
  });

  test('holds the claims of the contract and no others', async () => {
    const before = Math.floor(Date.now() / 1000);
    const claims = part(await tokenOf('jdoe'), 1);
    expect(claims).toEqual({
      iss: 'https://login.example.org',
      aud: 'https://api.example.org',
      sub: '0f8fad5b-d9cb-469f-a165-70867728950e',
      name: 'jdoe',
      role: 'Sales',
      permissions: ['users.list', 'users.read'],
      iat: expect.any(Number),
      nbf: claims.iat,
      exp: (claims.iat as number) + 1800,
      jti: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(claims.iat).toBeGreaterThanOrEqual(before);
  });

  test('of an administrator says so instead of listing permissions', async () => {
    const claims = part(await tokenOf('admin'), 1);
    expect(claims).toMatchObject({ admin: true, role: 'Administrator' });
    expect(claims).not.toHaveProperty('permissions');
  });

  test('is signed with a key that is imported once', async () => {
    await login('jdoe');
    const importKey = vi.spyOn(crypto.subtle, 'importKey');
    await login('jdoe');
    const algorithms = importKey.mock.calls.map(([, , algorithm]) => algorithm);
    importKey.mockRestore();
    expect(algorithms).toEqual(Array(LAYERS).fill('PBKDF2'));
  });

  test('is another one each time', async () => {
    const [one, two] = [part(await tokenOf('jdoe'), 1), part(await tokenOf('jdoe'), 1)];
    expect(one.jti).not.toBe(two.jti);
  });
});

function me(authorization?: string): Promise<Response> {
  return send('/api/Users/me', { headers: authorization ? { Authorization: authorization } : {} });
}

const JSON_HEADERS = { ...HEADERS, 'content-type': 'application/json' };

describe('GET /api/Users/me', () => {
  test('answers who the caller is and what it may do', async () => {
    expect(await wire(await me(`Bearer ${await tokenOf('jdoe')}`))).toEqual({
      status: 200,
      headers: JSON_HEADERS,
      body: JSON.stringify({
        id: '0f8fad5b-d9cb-469f-a165-70867728950e',
        userName: 'jdoe',
        role: 'Sales',
        admin: false,
        permissions: ['users.list', 'users.read'],
      }),
    });
  });

  test('answers an administrator without a list', async () => {
    const answer = await (await me(`Bearer ${await tokenOf('admin')}`)).json();
    expect(answer).toEqual({
      id: 'id-of-admin',
      userName: 'admin',
      role: 'Administrator',
      admin: true,
    });
  });

  test('asks the database nothing', async () => {
    const token = await tokenOf('jdoe');
    await forgetCalls();
    expect((await me(`Bearer ${token}`)).status).toBe(200);
    expect(await callsTo('database')).toEqual([]);
  });

  test.each(['bearer', 'BEARER', 'Bearer '])('accepts the scheme as "%s"', async (scheme) => {
    expect((await me(`${scheme} ${await tokenOf('jdoe')}`)).status).toBe(200);
  });

  test.each([undefined, 'Bearer', 'Bearer ', 'Basic amRvZTpzM2NyM3Q='])(
    'challenges without an error where the authorization is "%s"',
    async (authorization) => {
      expect(await wire(await me(authorization))).toEqual({
        status: 401,
        headers: { ...HEADERS, 'www-authenticate': 'Bearer realm="portero"' },
        body: '',
      });
    },
  );

  test('POST is a 405', async () => {
    const response = await send('/api/Users/me', { method: 'POST' });
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
  });
});

test('a token that is refused is logged with its reason and the address, and nothing of it', async () => {
  const log = recordLog();
  const headers = { Authorization: 'Bearer forged.to.ken', 'CF-Connecting-IP': '192.0.2.1' };
  await send('/api/Users/me', { headers });
  vi.restoreAllMocks();
  expect(log.lines).toEqual([
    '{"event":"token_refused","reason":"malformed","address":"192.0.2.1"}',
  ]);
});
