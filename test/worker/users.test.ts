/** The protected reads of users. */
import { like } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { users } from '../../src/db/schema.ts';
import { HEADERS, problem, REFUSED } from '../support/answers.ts';
import { breakNext, callsTo, type Fault, forgetCalls } from '../support/control.ts';
import { missDeadlines } from '../support/deadlines.ts';
import { addUser, database, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { send, wire } from '../support/requests.ts';
import { forge } from '../support/tokens.ts';

const CREATED = new Date('2026-01-02T03:04:05.678Z');
const NAMES = ['Ana', 'ben', 'Cleo', 'dora', 'Éva', 'fay', 'percent%', 'under_score', 'ünal'];

beforeAll(async () => {
  await resetDatabase();
  for (const [index, userName] of NAMES.entries()) {
    await addUser(userName, {
      id: `id-of-${userName}`,
      email: index % 2 ? `${userName}@Example.com` : null,
      active: index % 3 !== 2,
      role: index === 0 ? 'Administrator' : 'Sales',
      createdAt: CREATED,
    });
  }
  await addUser('Upper', { id: 'AbC/dEf ?#%', lastLoginAt: CREATED, createdAt: CREATED });
});
beforeEach(forgetCalls);
afterEach(() => vi.restoreAllMocks());

async function get(path: string, claims: object = { permissions: ['users.list', 'users.read'] }) {
  return send(path, { headers: { Authorization: `Bearer ${await forge(claims)}` } });
}

async function names(query: string): Promise<string[]> {
  const answer = await get(`/api/Users?${query}`);
  expect(answer.status).toBe(200);
  const { users } = await answer.json<{ users: { userName: string }[] }>();
  return users.map(({ userName }) => userName);
}

const FORBIDDEN = problem(403, 'Forbidden', {
  headers: {
    'www-authenticate': 'Bearer realm="portero", error="insufficient_scope"',
  },
});

describe.each([
  ['/api/Users', 'users.list', ['invoices.list', 'users.create', 'users.read']],
  ['/api/Users/id-of-ben', 'users.read', ['user.read', 'users.list', 'users.update']],
])('GET %s', (path, permission, others) => {
  test('is allowed with the permission, and to an administrator, in one statement', async () => {
    for (const claims of [{ permissions: [permission] }, { admin: true, permissions: undefined }]) {
      await forgetCalls();
      expect((await get(path, claims)).status).toBe(200);
      expect(await callsTo('database')).toHaveLength(1);
    }
  });

  test('is forbidden without it, and the database is not asked', async () => {
    for (const permissions of [[], others]) {
      expect(await wire(await get(path, { permissions }))).toEqual(FORBIDDEN);
    }
    expect(await callsTo('database')).toEqual([]);
  });

  test('is a 401 without a token and with a bad one, and the database is not asked', async () => {
    expect(await wire(await send(path))).toEqual(REFUSED);
    const bad = await send(path, { headers: { Authorization: 'Bearer x.y.z' } });
    expect(bad.status).toBe(401);
    expect(bad.headers.get('WWW-Authenticate')).toContain('error="invalid_token"');
    expect(await callsTo('database')).toEqual([]);
  });

  test('is the only method, but for HEAD', async () => {
    const response = await send(path, { method: 'DELETE' });
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
  });

  test.each([
    ['unreachable', 'unreachable' as const, { fault: 'database_unreachable' }],
    ['failing', { status: 400, body: '{"message":"m","code":"53300"}' }, { sqlState: '53300' }],
    [
      'answering rows of another kind',
      {
        status: 200,
        body: '{"command":"SELECT","rowCount":1,"rowAsArray":true,"fields":[],"rows":[[]]}',
      },
      { fault: 'database_bad_answer' },
    ],
    ['answering nonsense', { status: 200, body: '{}' }, { fault: 'database_bad_answer' }],
  ])('is a 503 while the database is %s, and the log says why', async (_, fault, logged) => {
    const log = recordLog();
    await forgetCalls();
    await breakNext('database', fault, fault); // a read is repeated once
    expect(await wire(await get(path))).toEqual(
      problem(503, 'Service Unavailable', {
        detail: 'Users cannot be read at the moment.',
        headers: {
          'retry-after': '5',
        },
      }),
    );
    expect(log.events('users_not_read')).toMatchObject([logged]);
    expect(await callsTo('database')).toHaveLength(2);
    expect((await get(path)).status).toBe(200);
  });

  test.each<Fault>([
    'unreachable',
    'answers in vain',
    { status: 500, body: 'the compute wakes up' },
    { status: 200, body: '<html></html>' },
  ])('is repeated once where the database fails the first time: %j', async (fault) => {
    const log = recordLog();
    await forgetCalls();
    await breakNext('database', fault);
    expect((await get(path)).status).toBe(200);
    expect(await callsTo('database')).toHaveLength(2);
    expect(log.lines).toEqual([]);
  });

  test('is repeated once where the first answer never comes', async () => {
    const deadlines = missDeadlines(5_000, 1);
    await breakNext('database', 'hangs');
    expect((await get(path)).status).toBe(200);
    expect(deadlines()).toEqual([5_000, 5_000]);
  });
});

describe('GET /api/Users/{id}', () => {
  test('answers the user, without a password hash', async () => {
    expect(await wire(await get('/api/Users/id-of-ben'))).toEqual({
      status: 200,
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: JSON.stringify({
        id: 'id-of-ben',
        userName: 'ben',
        email: 'ben@Example.com',
        active: true,
        role: 'Sales',
        createdAt: '2026-01-02T03:04:05.678Z',
        lastLoginAt: null,
      }),
    });
  });

  test('takes the id as it is, although paths match without regard to case', async () => {
    const id = encodeURIComponent('AbC/dEf ?#%');
    for (const path of [`/api/Users/${id}`, `/API/uSERS/${id}/`]) {
      const user = await (await get(path)).json();
      expect(user).toMatchObject({ userName: 'Upper', lastLoginAt: '2026-01-02T03:04:05.678Z' });
    }
    expect((await get(`/api/Users/${id.toLowerCase()}`)).status).toBe(404);
  });

  test.each(['nobody', 'ID-OF-BEN', '%00', '%ff', '%', '%ED%A0%80', 'x'.repeat(2000), '%2e%2e'])(
    'is a 404 for %s',
    async (id) => {
      expect(await wire(await get(`/api/Users/${id}`))).toEqual(problem(404, 'Not Found'));
    },
  );

  test('is not found below a user', async () => {
    expect((await get('/api/Users/id-of-ben/password')).status).toBe(404);
  });
});

describe('GET /api/Users', () => {
  test('lists everybody by name, without password hashes', async () => {
    const text = await (await get('/api/Users')).text();
    expect(JSON.parse(text).users).toHaveLength(NAMES.length + 1);
    expect(text).not.toContain('$portero');
    const members = ['id', 'userName', 'email', 'active', 'role', 'createdAt', 'lastLoginAt'];
    for (const user of JSON.parse(text).users) expect(Object.keys(user)).toEqual(members);
    expect(Object.keys(JSON.parse(text))).toEqual(['users']);
  });

  test.each([
    ['search=AN', ['Ana']],
    ['search=example.com', ['ben', 'dora', 'fay', 'under_score']],
    ['search=nt%25', ['percent%']],
    ['search=r_s', ['under_score']],
    ['search=E%CC%81', ['Éva']],
    ['search=%20ben%20', ['ben']],
    ['search=nothing', []],
    ['active=false', ['Cleo', 'fay', 'ünal']],
    ['role=Administrator', ['Ana']],
    ['role=administrator', []],
    ['ROLE=Sales&Active=true&SEARCH=b', ['ben']],
    ['search=ben&_=1732540000000', ['ben']],
    ['search=ben&role=&active=&limit=&cursor=&SEARCH_=x', ['ben']],
    ['search=%20&role=%C2%A0&active=false', ['Cleo', 'fay', 'ünal']],
    ['search=%C2%85&role=%EF%BB%BF&active=false', ['Cleo', 'fay', 'ünal']],
    ['search=%C2%85ben%E3%80%80', ['ben']],
    ['search=ana&search=ben', ['ben']],
    ['active=true&ACTIVE=false', ['Cleo', 'fay', 'ünal']],
    ['limit=0&limit=1&search=ben', ['ben']],
    ['search=nothing&search=&role=Administrator', ['Ana']],
  ])('filters by %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  test('pages through all of them, once each, also while users come and go', async () => {
    const seen: string[] = [];
    let query = 'limit=3';
    for (let page = 0; page < 10; page++) {
      const answer = await (await get(`/api/Users?${query}`)).json<{
        users: { userName: string }[];
        nextCursor?: string;
      }>();
      expect(answer.users.length).toBeLessThanOrEqual(3);
      seen.push(...answer.users.map(({ userName }) => userName));
      if (answer.nextCursor === undefined) break;
      query = `limit=3&cursor=${answer.nextCursor}`;
      // Before the cursor, so that it moves everybody by one.
      if (page < 2) await addUser(`aa-${page}`, { active: false });
    }
    const all = await names('limit=100');
    expect(seen).toEqual(all.filter((name) => !name.startsWith('aa-')));
    await database().delete(users).where(like(users.userName, 'aa-%'));
  });

  test('goes on behind a name whose form changes once more when it is compared again', async () => {
    await addUser('di\u0307lek', { id: 'id-of-dilek' });
    const [, second] = await names('search=di%CC%87lek&limit=1');
    expect(second).toBeUndefined();
    const page = await get('/api/Users?limit=100');
    expect(page.status).toBe(200);
    const all = await names('limit=100');
    const before = all.indexOf('di\u0307lek') + 1;
    const answer = await (await get(`/api/Users?limit=${before}`)).json<{ nextCursor: string }>();
    expect(await names(`limit=100&cursor=${answer.nextCursor}`)).toEqual(all.slice(before));
    await database().delete(users).where(like(users.id, 'id-of-dilek'));
  });

  test('has no next page where the last one is full', async () => {
    const all = await names('limit=100');
    const answer = await (await get(`/api/Users?limit=${all.length}`)).json<object>();
    expect(answer).not.toHaveProperty('nextCursor');
  });

  const LIMIT = { member: 'limit', detail: 'is not a whole number from 1 to 100' };
  const CURSOR = { member: 'cursor', detail: 'is not the nextCursor of an earlier answer' };
  const ACTIVE = { member: 'active', detail: 'is neither true nor false' };
  test.each([
    ['limit=0', [LIMIT]],
    ['limit=101', [LIMIT]],
    ['limit=1.5', [LIMIT]],
    ['limit=-1', [LIMIT]],
    ['limit=1e1', [LIMIT]],
    ['limit=999999999999', [LIMIT]],
    ['cursor=x', [CURSOR]],
    ['cursor=AA', [CURSOR]],
    ['cursor=%F0%9F%98%80', [CURSOR]],
    ['active=1', [ACTIVE]],
    [
      'search=%00',
      [{ member: 'search', detail: 'does not have 1 to 256 characters that can be stored' }],
    ],
    [
      'role=%ED%A0%80%00',
      [{ member: 'role', detail: 'does not have 1 to 256 characters that can be stored' }],
    ],
    [
      `search=${'x'.repeat(257)}`,
      [{ member: 'search', detail: 'does not have 1 to 256 characters that can be stored' }],
    ],
    ['limit=5&LIMIT=x', [LIMIT]],
    ['limit=0&active=no&cursor=x&sort=y', [ACTIVE, LIMIT, CURSOR]],
  ])(
    'is a 400 that names every mistake in %s, and the database is not asked',
    async (query, errors) => {
      const answer = await get(`/api/Users?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'The query has mistakes.',
        errors,
      });
      expect(await callsTo('database')).toEqual([]);
    },
  );
});
