/** Users who come from ASP.NET Core Identity with the hashes they have. */
import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { ITERATIONS_PER_LAYER, LAYERS } from '#password/cost.ts';
import { foreignLayers, users } from '../../src/db/schema.ts';
import { hardenHash, hashPassword } from '../../src/password/password.ts';
import { type ForeignHash, parseStoredHash } from '../../src/password/stored-hash.ts';
import { REFUSED } from '../support/answers.ts';
import { breakNext, identityHash, releaseHeldUp } from '../support/control.ts';
import { expectValue } from '../support/expect-value.ts';
import { addUser, database, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import type { IdentityParameters } from '../support/identity-hash.ts';
import { recordLog } from '../support/log.ts';
import { LONG_WAIT } from '../support/long-wait.ts';
import {
  login,
  loginBody,
  loginRequest,
  sendAndLeave,
  sendWith,
  wire,
} from '../support/requests.ts';

beforeAll(resetDatabase);
afterEach(() => vi.restoreAllMocks());

async function storedHashOf(userName: string) {
  const [user] = await database().select().from(users).where(eq(users.userName, userName));
  return user;
}

const TODAYS = RegExp(`^\\$portero\\$v=1\\$p=sha512,i=${ITERATIONS_PER_LAYER},n=${LAYERS},s=`);

/** Puts today's layers over a hash, as the importer does. */
async function harden(stored: string): Promise<string> {
  return hardenHash(expectValue(parseStoredHash(stored)) as ForeignHash);
}

describe('an old password logs in, and is hashed anew after the answer', () => {
  const shapes: [string, IdentityParameters][] = [
    ['version 2', {}],
    ['version 3 of .NET Core 1 to 6', { prf: 'sha256' }],
    ['version 3 of .NET 7 and later', { prf: 'sha512', iterations: 100_000 }],
    ['version 3 with SHA-1', { prf: 'sha1', iterations: 50_000 }],
    ['version 3 with a long salt and key', { prf: 'sha256', saltLength: 64, keyLength: 100 }],
  ];
  const passwords = ['p', 'contraseña', 'contrasen\u0303a', '😀'.repeat(20), 'x'.repeat(1000)];

  test.each(shapes)('%s', async (name, parameters) => {
    const password = passwords[name.length % passwords.length] as string;
    const raw = await identityHash(password, parameters);
    for (const [kind, passwordHash] of [
      ['raw', raw],
      ['hardened', await harden(raw)],
    ] as const) {
      const userName = `${kind} ${name}`;
      await addUser(userName, { passwordHash });
      const wrong = await login(userName, { Password: `${password}x` });
      expect(await wire(wrong)).toEqual(REFUSED);
      expect((await storedHashOf(userName))?.passwordHash).toBe(passwordHash);

      expect((await login(userName, { Password: password })).status).toBe(200);
      expect((await storedHashOf(userName))?.passwordHash).toMatch(TODAYS);
      expect((await login(userName, { Password: password })).status).toBe(200);
    }
  });
});

test('so does one with more iterations than production allows in one call', async () => {
  const passwordHash = await identityHash(PASSWORD, {
    prf: 'sha1',
    iterations: 100_001,
    keyLength: 16,
  });
  await addUser('raised', { passwordHash: await harden(passwordHash) });
  expect((await login('raised')).status).toBe(200);
  expect((await storedHashOf('raised'))?.passwordHash).toMatch(TODAYS);
});

test('composed and decomposed letters are two passwords', async () => {
  await addUser('composed', { passwordHash: await identityHash('contraseña') });
  expect((await login('composed', { Password: 'contrasen\u0303a' })).status).toBe(401);
});

test('a hash that is malformed is a refused login, and the log says why', async () => {
  const whole = await identityHash(PASSWORD, { prf: 'sha256' });
  const log = recordLog();
  for (const [index, passwordHash] of [
    whole.slice(0, 20),
    whole.slice(4),
    `${whole}!`,
    'AQ==',
  ].entries()) {
    await addUser(`malformed ${index}`, { passwordHash });
    expect(await wire(await login(`malformed ${index}`))).toEqual(REFUSED);
  }
  expect(log.events('login')).toMatchObject(Array(4).fill({ reason: 'unreadable_hash' }));
});

describe('the hash that replaces an old one', () => {
  test('frees the user from the list of foreign layers', async () => {
    const shape = { hash: 'SHA-1' as const, iterations: 1000, saltLength: 16, keyLength: 32 };
    const [layer] = await database().insert(foreignLayers).values(shape).returning();
    const passwordHash = await identityHash(PASSWORD);
    await addUser('listed', { passwordHash, foreignLayerId: layer?.id });
    const log = recordLog();
    await login('listed');
    // The password is still the imported one, so a later import may bring another.
    expect(await storedHashOf('listed')).toMatchObject({
      foreignLayerId: null,
      passwordSetAt: null,
    });
    expect(log.events('password_rehashed')).toHaveLength(1);
    await database().delete(foreignLayers);
  });

  test('is noted with its time, and made also where there is room for one hash alone', async () => {
    await addUser('alone', { passwordHash: await identityHash(PASSWORD), updatedAt: new Date(0) });
    const request = loginRequest(await loginBody('alone'));
    expect((await sendWith({ HASH_CAPACITY: '1' }, request)).status).toBe(200);
    const user = await storedHashOf('alone');
    expect(user?.passwordHash).toMatch(TODAYS);
    expect(Date.now() - (user?.updatedAt.getTime() ?? 0)).toBeLessThan(60_000);
  });

  test("is not made for one that is today's already", async () => {
    await addUser('modern');
    const log = recordLog();
    await login('modern');
    expect(log.events('password_rehashed')).toEqual([]);
  });

  test('overwrites no password that was changed meanwhile', async () => {
    await addUser('changed', { passwordHash: await identityHash(PASSWORD) });
    await breakNext('database', 'passes', 'passes', 'is held up');
    const { response, rest } = await sendAndLeave(loginRequest(await loginBody('changed')));
    expect(response.status).toBe(200);
    const passwordHash = await hashPassword('another password');
    await database().update(users).set({ passwordHash }).where(eq(users.userName, 'changed'));
    await vi.waitUntil(async () => {
      await releaseHeldUp();
      return Promise.race([rest().then(() => true), scheduler.wait(50).then(() => false)]);
    }, LONG_WAIT);
    expect((await storedHashOf('changed'))?.passwordHash).toBe(passwordHash);
  });

  test('is made by the next login where the database fails', async () => {
    const passwordHash = await identityHash(PASSWORD);
    await addUser('unlucky', { passwordHash });
    const log = recordLog();
    await breakNext('database', 'passes', 'passes', 'unreachable');
    expect((await login('unlucky')).status).toBe(200);
    expect(log.events('password_not_rehashed')).toMatchObject([{ fault: 'database_unreachable' }]);
    expect((await storedHashOf('unlucky'))?.passwordHash).toBe(passwordHash);
    await login('unlucky');
    expect((await storedHashOf('unlucky'))?.passwordHash).toMatch(TODAYS);
  });
});
