/**
 * How PostgreSQL goes about a login, a forgotten password and lists of many users. This needs a real server, because the embedded one takes
 * too long to fill.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/db/connection.ts';
import { findForgetfulUsers } from '../../src/db/forgotten-requests.ts';
import { beginLogin } from '../../src/db/login-statement.ts';
import { migrate } from '../../src/db/migrate.ts';
import { findUsers, type UserFilter } from '../../src/db/users.ts';
import { fillUsers } from '../support/fill-users.ts';
import { migrateFirst } from '../support/migrate-first.ts';
import { createPlannedDatabase, type PlannedDatabase } from '../support/plans.ts';
import { installedPostgres, type Postgres, startServer } from '../support/postgres.ts';

const FEW = 1_000;
const MANY = 200_000;

/** As many as the answer shows, and one more. */
const PAGE_SIZE = 11;

const bin = installedPostgres();

describe.skipIf(bin === undefined)('a real PostgreSQL', () => {
  let postgres: Postgres;
  let few: PlannedDatabase;
  let many: PlannedDatabase;

  beforeAll(async () => {
    postgres = await startServer(bin ?? '');
    few = await createFilled('few', FEW);
    many = await createFilled('many', MANY);
  });
  afterAll(async () => {
    await few?.close();
    await many?.close();
    await postgres?.stop();
  });

  /** The last migration makes the indexes. It takes less time than to fill them with each user. */
  async function createFilled(name: string, count: number): Promise<PlannedDatabase> {
    const database = await createPlannedDatabase(postgres, name);
    await migrateFirst(database.databaseUrl, 4);
    await fillUsers(database.client, count);
    await migrate(database.databaseUrl);
    await database.client.query(
      "update users set email_confirmed = true where user_name like 'ana.castro%'",
    );
    await database.client.query('analyze');
    return database;
  }

  const logIn = (normalizedUserName: string) => (db: Database) => {
    const key = { normalizedUserName, attemptId: crypto.randomUUID() };
    return beginLogin(db, key, { failures: 5, minutes: 5 });
  };

  const forget = (typed: string) => (db: Database) =>
    findForgetfulUsers(db, typed, typed.toUpperCase());

  test.each(['ana.castro40', 'ana.castro40@example.com', 'nobody@example.com'])(
    'finds the user who has forgotten the password by %s as fast among many users as among few',
    async (typed) => {
      const { scanned, blocks } = await many.costOf(forget(typed));
      expect(scanned).not.toContain('users');
      expect(blocks).toBeLessThan(20);
    },
  );

  const list = (filter: UserFilter, after?: string) => (db: Database) =>
    findUsers(db, filter, { limit: PAGE_SIZE, after });

  test.each([
    ['has', 'ANA.CASTRO40'],
    ['does not have', 'NOBODY'],
  ])(
    'does for a login with a name that a user %s as much among many users as among few',
    async (_, name) => {
      const atFew = await few.costOf(logIn(name));
      const atMany = await many.costOf(logIn(name));
      expect(atMany.scanned).not.toContain('users');
      expect(atMany.blocks).toBeLessThan(30);
      expect(atMany.blocks - atFew.blocks).toBeLessThan(6); // an index has more levels
    },
  );

  test.each<[UserFilter, string?]>([
    [{}],
    [{}, 'M'],
    [{ role: 'Sales' }],
    [{ role: 'Auditor' }],
    [{ role: 'Empty' }],
    [{ role: 'nobody has it' }],
    [{ active: true }],
    [{ active: false }],
    [{ role: 'Sales', active: false }, 'M'],
  ])('reads little more for the list of %j than it shows', async (filter, after) => {
    const cost = await many.costOf(list(filter, after));
    expect(cost.scanned).not.toContain('users');
    expect(cost.blocks).toBeLessThan(100);
  });

  /** A search goes along 100 names for each user of a page. Each of them may be in a block of its own. */
  const BLOCKS_ON_THE_WAY = 100 * PAGE_SIZE;

  test.each<[UserFilter, string?]>([
    [{ search: 'zoe.castro12359' }],
    [{ search: 'zoe.castro12359@example.com' }],
    [{ search: 'nobody' }],
    [{ search: '.com' }],
    [{ search: '.com' }, 'M'],
    [{ search: 'nobody', role: 'Sales' }],
    [{ search: 'nobody', active: true }],
    [{ search: 'teresa', role: 'Auditor' }],
    [{ search: 'teresa', role: 'nobody has it' }],
    [{ search: '.com', active: false }],
  ])('reads little more for the search %j than the names on its way', async (filter, after) => {
    const cost = await many.costOf(list(filter, after));
    expect(cost.scanned).not.toContain('users');
    expect(cost.blocks).toBeLessThan(BLOCKS_ON_THE_WAY + 500);
  });

  test.each<[UserFilter]>([
    [{ search: 't' }],
    [{ search: 'te' }],
    [{ search: 'xx' }],
    [{ search: 't', role: 'Auditor' }],
  ])('reads little more for the search of the first letters %j than it shows', async (filter) => {
    const cost = await many.costOf(list(filter));
    expect(cost.scanned).not.toContain('users');
    expect(cost.blocks).toBeLessThan(200);
  });
});
