/** What two commands of operators do at once. A real PostgreSQL shows it: see `POSTGRES_BIN` in the README. */
import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import {
  changeUnlessLastAdministrator,
  deleteUnlessLastAdministrator,
} from '../../cli/administrators.ts';
import { grant } from '../../cli/grants.ts';
import { modules, roleGrants, roles, users } from '../../src/db/schema.ts';
import { addUser, database, resetDatabase } from '../support/fixtures.ts';
import { tokenOf } from '../support/requests.ts';
import { raceRounds } from '../support/rounds.ts';

const ROUNDS = raceRounds(50);

beforeEach(resetDatabase);

type Administrator = { id: string; userName: string };

const deactivate = (user: Administrator) =>
  changeUnlessLastAdministrator(database(), user, sql`active = false`);
const remove = (user: Administrator) => deleteUnlessLastAdministrator(database(), user);

const outcomeOf = (change: Promise<void>) =>
  change.then(
    () => 'done',
    (error: Error) => error.message,
  );

test.each([
  ['deactivated', [deactivate, deactivate]],
  ['deactivated', [deactivate, deactivate, deactivate, deactivate]],
  ['deleted', [remove, remove]],
  ['deleted', [remove, remove, remove, remove]],
  ['deactivated or deleted', [deactivate, remove]],
  ['deactivated or deleted', [remove, deactivate, remove, deactivate]],
])('of administrators who are %s at once, one stays: %#', async (_, changes) => {
  const names = ['ana', 'ben', 'cleo', 'dora'].slice(0, changes.length);
  for (let round = 0; round < ROUNDS; round++) {
    await database().delete(users);
    const administrators = await Promise.all(
      names.map((name) => addUser(name, { role: 'Administrator' })),
    );
    const outcomes = await Promise.all(
      administrators.map((user, index) => outcomeOf((changes[index] ?? remove)(user))),
    );
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(changes.length - 1);
    expect(outcomes.filter((outcome) => /is the last active/.test(outcome))).toHaveLength(1);
    expect(await database().$count(users, eq(users.active, true))).toBe(1);
  }
});

test('a user who is deleted twice at once is deleted once, whoever it is', async () => {
  await addUser('root', { role: 'Administrator' });
  for (let round = 0; round < ROUNDS; round++) {
    const user = await addUser('ana', { role: round % 2 === 0 ? 'Administrator' : 'Sales' });
    const outcomes = await Promise.all([outcomeOf(remove(user)), outcomeOf(remove(user))]);
    expect(outcomes.sort()).toEqual(['ana has been deleted meanwhile.', 'done']);
  }
});

test('grants that fit one by one, and not together, are refused together', async () => {
  const keys = Array.from(
    { length: 70 },
    (_, index) => `a-module-with-a-rather-long-name-${index}`,
  );
  await database()
    .insert(modules)
    .values(keys.map((key) => ({ key, name: key })));
  const [role] = await database().select().from(roles).where(eq(roles.name, 'Sales'));
  if (role === undefined) throw new Error('no role');
  for (let round = 0; round < ROUNDS; round++) {
    await database().delete(roleGrants);
    const outcomes = await Promise.allSettled(
      (['read', 'list'] as const).map((action) =>
        grant(
          database(),
          role,
          keys.map((key) => `${key}.${action}` as const),
        ),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await database().$count(roleGrants)).toBe(70);
  }
});

test('whatever is granted, every user of the role gets a token', async () => {
  const names = ['日'.repeat(256), 'a"\\'.repeat(85)];
  await addUser(names[0] ?? '', { id: 'long-id-of-user'.repeat(30), role: 'Sales' });
  await addUser(names[1] ?? '', { role: 'Sales' });
  const [role] = await database().select().from(roles).where(eq(roles.name, 'Sales'));
  if (role === undefined) throw new Error('no role');
  let granted = 0;
  const key = () => `m${granted}`.padEnd(50, 'x');
  for (let isRefused = false; !isRefused; granted++) {
    await database().insert(modules).values({ key: key(), name: 'm' });
    isRefused = await grant(database(), role, [`${key()}.create`]).then(
      () => false,
      () => true,
    );
  }
  expect(granted).toBeGreaterThan(50);
  for (const name of names) {
    const token = await tokenOf(name);
    expect(token.length).toBeGreaterThan(6_000);
    expect(token.length).toBeLessThanOrEqual(8192);
  }
});
