/**
 * Reading users, one statement for each answer. None of them returns a password hash.
 *
 * @module
 */
import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm';
import { normalizeUserName } from '../user-name.ts';
import type { Database } from './connection.ts';
import { roles, users } from './schema.ts';

const columns = {
  id: users.id,
  userName: users.userName,
  email: users.email,
  active: users.active,
  role: roles.name,
  createdAt: users.createdAt,
  lastLoginAt: users.lastLoginAt,
};

export type UserRow = Awaited<ReturnType<typeof selectUsers>>[number];

const selectUsers = (db: Database) =>
  db.select(columns).from(users).innerJoin(roles, eq(roles.id, users.roleId));

/** Which users to list; what is absent does not restrict the list. */
export interface UserFilter {
  /** Part of the user name or of the e-mail address, without regard to case. */
  search?: string;
  active?: boolean;
  /** The name of the role. */
  role?: string;
}

/**
 * Lists users in the order of their names.
 *
 * @param after the normalised name that the last page ended with: names are unique, so that users who
 *   come or go meanwhile neither repeat nor hide another one
 * @throws what `databaseFault` understands
 */
export function listUsers(
  db: Database,
  { search, active, role }: UserFilter,
  limit: number,
  after?: string,
): Promise<UserRow[]> {
  return selectUsers(db)
    .where(
      and(
        after === undefined ? undefined : gt(users.normalizedUserName, after),
        active === undefined ? undefined : eq(users.active, active),
        role === undefined ? undefined : eq(roles.name, role),
        search === undefined ? undefined : contains(search),
      ),
    )
    .orderBy(asc(users.normalizedUserName))
    .limit(limit);
}

/** `position` knows no wildcards. */
function contains(search: string): SQL {
  return sql`(
    position(${normalizeUserName(search)}::text in ${users.normalizedUserName}) > 0
    or position(lower(${search}::text) in lower(${users.email})) > 0
  )`;
}

/** @throws what `databaseFault` understands */
export async function findUser(db: Database, id: string): Promise<UserRow | undefined> {
  const [user] = await selectUsers(db).where(eq(users.id, id));
  return user;
}

/** @param normalizedUserName from `normalizeUserName` */
export async function findUserByName(
  db: Database,
  normalizedUserName: string,
): Promise<UserRow | undefined> {
  const [user] = await selectUsers(db).where(eq(users.normalizedUserName, normalizedUserName));
  return user;
}
