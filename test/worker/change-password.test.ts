/** `POST /api/Users/me/password`. */
import { env } from 'cloudflare:workers';
import { eq, type SQL } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { layerIdOf, toHashRow } from '../../cli/hash-row.ts';
import { listForeignLayers } from '../../src/db/foreign-layers.ts';
import { loginAttempts, users } from '../../src/db/schema.ts';
import { hashPassword } from '../../src/password/password.ts';
import { parseStoredHash } from '../../src/password/stored-hash.ts';
import { HEADERS, problem, REFUSED } from '../support/answers.ts';
import {
  breakNext,
  callsTo,
  forgetCalls,
  identityHash,
  releaseHeldUp,
  untilCalled,
} from '../support/control.ts';
import { expectValue } from '../support/expect-value.ts';
import { addUser, database, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import { LIMIT_OF_THREE, TOO_MANY } from '../support/limit-of-three.ts';
import { recordLog } from '../support/log.ts';
import { ADDRESS, login, ORIGIN, send, sendWith, wire } from '../support/requests.ts';
import { noteSecret } from '../support/secrets.ts';
import { forge } from '../support/tokens.ts';

const NEW_PASSWORD = 'a new and rather long passphrase';

beforeEach(async () => {
  noteSecret(NEW_PASSWORD);
  await resetDatabase();
  await addUser('jdoe', { id: 'id-of-jdoe', updatedAt: new Date(0) });
  await forgetCalls();
});
afterEach(() => vi.restoreAllMocks());

async function request(members: object = {}, claims: object = {}): Promise<Request> {
  const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, ...members };
  return new Request(`${ORIGIN}/api/Users/me/password`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: {
      Authorization: `Bearer ${await forge(claims)}`,
      'Content-Type': 'application/json',
      'CF-Connecting-IP': ADDRESS,
    },
  });
}

const change = async (members: object = {}, claims: object = {}) =>
  sendWith({}, await request(members, claims));

async function stored() {
  const [user] = await database().select().from(users).where(eq(users.id, 'id-of-jdoe'));
  return user;
}

async function countedAttempts(): Promise<number> {
  const rows = await database().select().from(loginAttempts);
  return rows.reduce((sum, { attempts }) => sum + attempts.length, 0);
}

const badMember = (member: string, detail: string) =>
  JSON.stringify({
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'The password is not changed.',
    errors: [{ member, detail }],
  });

test('the new password logs in from then on, and the old one does not', async () => {
  const log = recordLog();
  expect(await wire(await change())).toEqual({ status: 204, headers: HEADERS, body: '' });
  expect(log.events('password_change')).toEqual([
    {
      event: 'password_change',
      status: 204,
      reason: 'success',
      userId: 'id-of-jdoe',
      address: ADDRESS,
    },
  ]);
  expect((await stored())?.updatedAt.getTime()).toBeGreaterThan(0);
  // No later import overwrites it.
  expect((await stored())?.passwordSetAt).toEqual((await stored())?.updatedAt);
  expect(await countedAttempts()).toBe(0);
  expect((await login('jdoe', { Password: NEW_PASSWORD })).status).toBe(200);
  expect((await login('jdoe')).status).toBe(401);
});

test("another system's hash gives way to today's", async () => {
  const hash = await toHashRow(expectValue(parseStoredHash(await identityHash(PASSWORD))), true);
  const shapes = hash.shape === undefined ? [] : [hash.shape];
  for (const statement of listForeignLayers(database(), shapes)) await statement;
  const { passwordHash } = hash;
  await database()
    .update(users)
    .set({ passwordHash, foreignLayerId: layerIdOf(hash) as SQL<number> });
  expect((await change()).status).toBe(204);
  expect(await stored()).toMatchObject({
    passwordHash: expect.stringMatching(/^\$portero\$v=1\$p=/),
    foreignLayerId: null,
  });
});

test('a login beside it, which replaces an old hash of the same password, does not get in its way', async () => {
  const passwordHash = await identityHash(PASSWORD);
  await database().update(users).set({ passwordHash });
  await breakNext('database', 'passes', 'is held up');
  const changing = change();
  await untilCalled('database', 2);
  await database()
    .update(users)
    .set({ passwordHash: await hashPassword(PASSWORD) });
  await releaseHeldUp();
  expect((await changing).status).toBe(204);
  expect(await countedAttempts()).toBe(0);
  expect((await login('jdoe', { Password: NEW_PASSWORD })).status).toBe(200);
});

test('any role may, whatever its permissions', async () => {
  expect((await change({}, { permissions: [] })).status).toBe(204);
});

test('member names match without regard to case', async () => {
  const members = { CURRENTPASSWORD: PASSWORD, NewPassword: NEW_PASSWORD };
  const nothing = { currentPassword: undefined, newPassword: undefined };
  expect((await change({ ...nothing, ...members })).status).toBe(204);
});

describe('a wrong current password', () => {
  test('changes nothing, and says so', async () => {
    const before = await stored();
    const answer = await wire(await change({ currentPassword: 'wrong-password' }));
    expect(answer.status).toBe(400);
    expect(answer.body).toBe(badMember('currentPassword', 'is not the current password'));
    expect(await stored()).toEqual(before);
  });

  test.each(['\ud83d', '\ude00', '\0'])('also where it has %j behind it', async (end) => {
    const answer = await wire(await change({ currentPassword: `${PASSWORD}${end}` }));
    expect(answer.status).toBe(400);
    expect(answer.body).toBe(badMember('currentPassword', 'is not the current password'));
  });

  test('counts as a failed login does, and five lock the name for both', async () => {
    const log = recordLog();
    for (let time = 0; time < 5; time++) {
      expect(log.events('name_locked')).toEqual([]);
      await change({ currentPassword: 'wrong-password' });
    }
    expect(log.events('name_locked')).toEqual([
      {
        event: 'name_locked',
        minutes: 5,
        address: ADDRESS,
        userId: 'id-of-jdoe',
        userName: 'jdoe',
      },
    ]);
    const { status, headers } = await wire(await change());
    expect([status, headers['retry-after']]).toEqual([429, '1']);
    expect((await login('jdoe')).status).toBe(429);
    await database()
      .update(loginAttempts)
      .set({ lastCountedAt: new Date(Date.now() - 10_000) });
    expect((await wire(await change())).headers['retry-after']).toBe('60');
    expect((await login('jdoe')).status).toBe(401);
  });

  test('is what the current one is when it has been changed meanwhile', async () => {
    await breakNext('database', 'passes', 'is held up');
    const changing = change();
    await untilCalled('database', 2);
    await database().update(users).set({ passwordHash: 'another' });
    await releaseHeldUp();
    expect((await changing).status).toBe(400);
    expect((await stored())?.passwordHash).toBe('another');
    expect(await countedAttempts()).toBe(1);
  });
});

test.each([
  ['short', 'has fewer than 15 characters'],
  ['passwordpassword', 'is among the commonest, which are guessed first'],
  ['a perfectly\0good passphrase', 'holds the character U+0000'],
  ['a perfectly\ud83dgood passphrase', 'is not valid Unicode'],
  [PASSWORD, 'is the current password'],
  ['x'.repeat(1025), 'has more than 1024 characters'],
])(
  'the new password %j is refused, and nothing is asked of the database',
  async (newPassword, detail) => {
    const answer = await wire(await change({ newPassword }));
    expect([answer.status, answer.body]).toEqual([400, badMember('newPassword', detail)]);
    expect(await callsTo('database')).toEqual([]);
  },
);

test('the user’s own address is refused, and no attempt counts', async () => {
  await database().update(users).set({ email: 'jdoe.of.sales@example.org' });
  const answer = await wire(await change({ newPassword: 'JDoe.of.Sales@example.org' }));
  expect([answer.status, answer.body]).toEqual([
    400,
    badMember('newPassword', "is the user's own name or e-mail address"),
  ]);
  expect(await countedAttempts()).toBe(0);
});

test.each([
  [{ currentPassword: undefined }, 'currentPassword', 'is missing'],
  [{ currentPassword: null }, 'currentPassword', 'is missing'],
  [{ newPassword: '' }, 'newPassword', 'is missing'],
  [{ newPassword: 1 }, 'newPassword', 'is not a string'],
])('%j is a 400 that names the member', async (members, member, detail) => {
  const answer = await wire(await change(members));
  expect([answer.status, answer.body]).toEqual([400, badMember(member, detail)]);
});

test('every faulty member is named', async () => {
  const { errors } = await (await change({ currentPassword: 1, newPassword: null })).json<{
    errors: object[];
  }>();
  expect(errors).toEqual([
    { member: 'currentPassword', detail: 'is not a string' },
    { member: 'newPassword', detail: 'is missing' },
  ]);
});

test.each([
  ['text/plain', '{}', 415],
  ['application/json', '[]', 400],
  ['application/json', 'x'.repeat(16 * 1024 + 1), 413],
])('a body of %s that is no request is a %i', async (contentType, body, status) => {
  const headers = { Authorization: `Bearer ${await forge()}`, 'Content-Type': contentType };
  const response = await send('/api/Users/me/password', { method: 'POST', body, headers });
  expect(response.status).toBe(status);
  expect(await callsTo('database')).toEqual([]);
});

test('with a bad token it is a 401, and nothing is read', async () => {
  const response = await change({}, { exp: 1 });
  expect(response.status).toBe(401);
  expect(response.headers.get('WWW-Authenticate')).toContain('invalid_token');
  expect(await callsTo('database')).toEqual([]);
});

test('without a token it is a 401, and nothing is read', async () => {
  const response = await send('/api/Users/me/password', { method: 'POST', body: '{' });
  expect(await wire(response)).toEqual(REFUSED);
});

test('another method is a 405', async () => {
  const response = await send('/api/Users/me/password');
  expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST']);
});

test.each<[string, Partial<typeof users.$inferInsert>]>([
  ['is inactive by now', { active: false }],
  ['has another name by now', { normalizedUserName: 'ANOTHER' }],
  ['is another one of the name', { id: 'another' }],
])('a caller who %s is refused', async (_, columns) => {
  await database().update(users).set(columns);
  const log = recordLog();
  expect(await wire(await change())).toEqual(
    problem(403, 'Forbidden', { detail: 'This user cannot change a password.' }),
  );
  expect(log.events('password_change')).toMatchObject([{ status: 403, reason: 'user_changed' }]);
  // Whoever has the name by now is not locked out with an old token.
  expect(await countedAttempts()).toBe(0);
});

test('a user without a password cannot set one', async () => {
  await database().update(users).set({ passwordHash: null });
  expect((await change()).status).toBe(400);
  expect((await stored())?.passwordHash).toBeNull();
});

test.each([[['unreachable']], [['passes', 'unreachable']]] as const)(
  'a database that fails is a 503 (%j), and nothing is lost',
  async ([...faults]) => {
    await breakNext('database', ...faults);
    const response = await change();
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5']);
    expect((await login('jdoe')).status).toBe(200);
  },
);

test.each<[keyof Env, object, number]>([
  ['LOGINS_PER_ADDRESS', { newPassword: 'short' }, 400],
  ['LOGINS_PER_NAME', { currentPassword: 'wrong-password' }, 400],
])('the limit %s of logins holds for it too', async (binding, members, status) => {
  const name = 'of-this-test-alone';
  await addUser(name, { id: name });
  const settings = { LOCKOUT_FAILURES: '100', [binding]: LIMIT_OF_THREE };
  const statuses = [];
  for (let time = 0; time < TOO_MANY; time++) {
    const own = await request(members, { sub: name, name });
    statuses.push((await sendWith(settings, own)).status);
  }
  expect(statuses.slice(0, 3)).toEqual([status, status, status]);
  expect(statuses).toContain(429);
});

test('it takes room as a login does', async () => {
  const settings = { ...env, HASH_CAPACITY: '1' };
  await addUser('another', { id: 'id-of-another' });
  await breakNext('database', 'is held up');
  const held = sendWith(settings, await request());
  await untilCalled('database', 1);
  const other = await request({}, { sub: 'id-of-another', name: 'another' });
  expect((await sendWith(settings, other)).status).toBe(503);
  await releaseHeldUp();
  expect((await held).status).toBe(204);
});
