/** The rows that the tests log in with. */
import { sql } from 'drizzle-orm';
import { inject } from 'vitest';
import { ACTIONS } from '#portero/internal/permission.ts';
import { connect, type Database } from '../../src/db/connection.ts';
import {
  foreignLayers,
  forgottenRequests,
  loginAttempts,
  modules,
  roleGrants,
  roles,
  users,
} from '../../src/db/schema.ts';
import { hashPassword } from '../../src/password/password.ts';
import { normalizeUserName } from '../../src/user-name.ts';
import { noteSecret } from './secrets.ts';

export const PASSWORD = 'correct horse battery staple';

/**
 * `postponeDeadlines` makes a minute of it. Each connection has a timer, and the runtime bears ten thousand of them, so it
 * must not be long.
 */
const DEADLINE_MS = 600;

/** A connection of the test's own, which the Worker's faults and call lists do not concern. */
export function database(): Database {
  const url = `postgresql://fixture:fixture@${inject('internetAddress')}/portero`;
  return connect(url, DEADLINE_MS);
}

type User = typeof users.$inferInsert;

/** Adds a user with {@link PASSWORD} and the role `Sales`, unless told otherwise. */
export async function addUser(
  userName: string,
  columns: Partial<User> & { role?: keyof typeof ROLE_IDS } = {},
): Promise<User> {
  const { role = 'Sales', ...rest } = columns;
  const user = {
    id: crypto.randomUUID(),
    userName,
    normalizedUserName: normalizeUserName(userName),
    passwordHash: await passwordHash(),
    roleId: ROLE_IDS[role],
    ...rest,
  };
  noteSecret(user.passwordHash);
  await database().insert(users).values(user);
  return user;
}

let hash: Promise<string> | undefined;
function passwordHash(): Promise<string> {
  hash ??= hashPassword(PASSWORD);
  return hash;
}

const ROLE_IDS = { Sales: 1, Administrator: 2, Everything: 3, TooMuch: 4 };

export async function forgetAttempts(): Promise<void> {
  const db = database();
  await db.batch([db.delete(loginAttempts), db.delete(forgottenRequests)]);
}

/**
 * Empties every table and fills in the roles. `TooMuch` has grants that no token can hold. Most tests leave the roles as they
 * are. Then only the users go, because a thousand grants take most of the time.
 */
export async function resetDatabase(): Promise<void> {
  const db = database();
  const [{ rows }] = await db.batch([
    db.execute<{ roles: string }>(ROLES_AND_GRANTS),
    db.delete(users),
    db.delete(foreignLayers),
  ]);
  if (filled !== undefined && rows[0]?.roles === filled) return;
  await fillRoles();
  filled = (await database().execute<{ roles: string }>(ROLES_AND_GRANTS)).rows[0]?.roles;
}

/** What the last fill has left. */
let filled: string | undefined;

const ROLES_AND_GRANTS = sql`
  select md5(concat(
    (select string_agg(roles::text, ',' order by id) from roles),
    (select string_agg(modules::text, ',' order by key) from modules),
    (select string_agg(role_grants::text, ',' order by role_grants::text) from role_grants)
  )) as roles`;

async function fillRoles(): Promise<void> {
  const db = database();
  const moduleKeys = Array.from({ length: 200 }, (_, index) => `module-${index}`);
  const grants = (roleId: number, keys: string[], actions: readonly (typeof ACTIONS)[number][]) =>
    keys.flatMap((moduleKey) => actions.map((action) => ({ roleId, moduleKey, action })));
  await db.batch([
    db.delete(roles),
    db.delete(modules),
    db
      .insert(roles)
      .overridingSystemValue()
      .values([
        { id: ROLE_IDS.Sales, name: 'Sales' },
        { id: ROLE_IDS.Administrator, name: 'Administrator', isAdmin: true },
        { id: ROLE_IDS.Everything, name: 'Everything' },
        { id: ROLE_IDS.TooMuch, name: 'TooMuch' },
      ]),
    db.insert(modules).values(['users', ...moduleKeys].map((key) => ({ key, name: key }))),
    db
      .insert(roleGrants)
      .values([
        ...grants(ROLE_IDS.Sales, ['users'], ['read', 'list']),
        ...grants(ROLE_IDS.Everything, moduleKeys, ['list']),
        ...grants(ROLE_IDS.TooMuch, moduleKeys, ACTIONS),
      ]),
  ]);
}
