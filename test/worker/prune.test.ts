/** The cron trigger. */
import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { layerIdOf, storeHashes, toHashRow } from '../../cli/hash-row.ts';
import {
  foreignLayers,
  forgottenRequests,
  loginAttempts,
  passwordLinks,
  users,
} from '../../src/db/schema.ts';
import worker from '../../src/index.ts';
import { parseStoredHash } from '../../src/password/stored-hash.ts';
import { breakNext, identityHash } from '../support/control.ts';
import { expectValue } from '../support/expect-value.ts';
import { addUser, database, forgetAttempts, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { raceRounds } from '../support/rounds.ts';

beforeAll(resetDatabase);
beforeEach(forgetAttempts); // the tests add them by hand
afterEach(() => vi.restoreAllMocks());

const tick = (settings: Partial<Env> = {}) =>
  worker.scheduled(createScheduledController(), { ...env, ...settings });

async function addAttempts(
  nameDigest: string,
  secondsAgo: number,
  { attempts = [crypto.randomUUID()] as string[], first = secondsAgo } = {},
): Promise<void> {
  await database()
    .insert(loginAttempts)
    .values({
      nameDigest,
      attempts,
      firstCountedAt: new Date(Date.now() - first * 1000),
      lastCountedAt: new Date(Date.now() - secondsAgo * 1000),
    });
}

async function remaining(): Promise<string[]> {
  const rows = await database().select().from(loginAttempts);
  return rows.map(({ nameDigest }) => nameDigest).sort();
}

test('it forgets the attempts that count no longer, and no others', async () => {
  await addAttempts('a day ago', 86_400);
  await addAttempts('just over', 301);
  await addAttempts('all of them right', 301, { attempts: [] });
  await addAttempts('nearly over', 240);
  await addAttempts('locked later', 10, { first: 309 });
  await addAttempts('now', 0);
  const log = recordLog();
  const timeout = vi.spyOn(AbortSignal, 'timeout');
  await tick();
  expect(timeout.mock.calls).toEqual([[60_000]]);
  expect(await remaining()).toEqual(['locked later', 'nearly over', 'now']);
  expect(log.lines).toEqual([
    '{"event":"pruned","names":3,"foreignLayers":0,"links":0,"requests":0,"notices":0}',
  ]);
});

test('it forgets the foreign layers that no hash begins with any more', async () => {
  const shape = { hash: 'SHA-256' as const, saltLength: 16, keyLength: 32 };
  const [used] = await database()
    .insert(foreignLayers)
    .values([10_000, 20_000].map((iterations) => ({ ...shape, iterations })))
    .returning();
  await addUser('old', { foreignLayerId: used?.id });
  await tick();
  expect(await database().select().from(foreignLayers)).toEqual([used]);
  await database().update(users).set({ foreignLayerId: null });
  await tick();
  expect(await database().select().from(foreignLayers)).toEqual([]);
});

test('it waits for an import that has listed a layer and not yet stored its hash', async () => {
  const hash = await toHashRow(
    expectValue(parseStoredHash(await identityHash('P@ssw0rd!'))),
    false,
  );
  const log = recordLog();
  for (let round = 0; round < raceRounds(20); round++) {
    const name = `imported ${round}`;
    const user = { id: name, userName: name, normalizedUserName: name, roleId: 1 };
    const row = { ...user, passwordHash: hash.passwordHash, foreignLayerId: layerIdOf(hash) };
    const insert = database().insert(users).values(row);
    await Promise.all([tick(), storeHashes(database(), [hash], [insert]), tick()]);
    expect(await database().$count(foreignLayers)).toBe(1);
    await database().delete(users).where(eq(users.id, name));
  }
  expect(log.events('not_pruned')).toEqual([]);
});

test('it minds the setting for how long they count', async () => {
  await addAttempts('two minutes ago', 120);
  await tick({ LOCKOUT_MINUTES: '3' });
  expect(await remaining()).toEqual(['two minutes ago']);
  await tick({ LOCKOUT_MINUTES: '1' });
  expect(await remaining()).toEqual([]);
});

test('a database that fails is logged, and tried again the next time', async () => {
  await addAttempts('a day ago', 86_400);
  const log = recordLog();
  await breakNext('database', 'unreachable');
  await tick();
  expect(log.events('not_pruned')).toEqual([
    { event: 'not_pruned', fault: 'database_unreachable' },
  ]);
  await tick();
  expect(await remaining()).toEqual([]);
});

test('settings that are refused are logged', async () => {
  const log = recordLog();
  await tick({ DATABASE_URL: undefined });
  expect(log.events('settings_refused')).toHaveLength(1);
});

test('it forgets links a week after their end, and requests after an hour', async () => {
  await addUser('linked', { id: 'linked' });
  const days = (count: number) => sql`now() - make_interval(days => ${count}::integer)`;
  const link = { userId: 'linked', kind: 'reset', isMailed: false } as const;
  await database()
    .insert(passwordLinks)
    .values([
      { ...link, tokenDigest: 'expired long ago', expiresAt: days(8) },
      { ...link, tokenDigest: 'used long ago', expiresAt: days(-1), endedAt: days(8) },
      { ...link, tokenDigest: 'used', expiresAt: days(-1), endedAt: days(6) },
      { ...link, tokenDigest: 'expired', expiresAt: days(6) },
      { ...link, tokenDigest: 'open', expiresAt: days(-1) },
    ]);
  const hour = (minutes: number) => sql`now() - make_interval(mins => ${minutes}::integer)`;
  await database()
    .insert(forgottenRequests)
    .values([
      { nameDigest: 'old', requests: 1, firstCountedAt: hour(61) },
      { nameDigest: 'new', requests: 1, firstCountedAt: hour(59) },
    ]);
  const log = recordLog();
  await tick();
  expect(log.events('pruned')).toMatchObject([{ links: 2, requests: 1 }]);
  const links = await database().select().from(passwordLinks);
  expect(links.map(({ tokenDigest }) => tokenDigest).sort()).toEqual(['expired', 'open', 'used']);
  expect(await database().$count(forgottenRequests)).toBe(1);
});
