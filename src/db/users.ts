/**
 * Reads users, with one statement for each answer. None of them returns a password hash.
 *
 * @module
 */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { roles, users } from './schema.ts';
import { searchNames } from './search-users.ts';

const columns = {
  id: users.id,
  userName: users.userName,
  email: users.email,
  active: users.active,
  role: roles.name,
  createdAt: users.createdAt,
  lastLoginAt: users.lastLoginAt,
};

export type UserRow = Awaited<ReturnType<typeof usersWithRoles>>[number];

const usersWithRoles = (db: Database) =>
  db.select(columns).from(users).innerJoin(roles, eq(roles.id, users.roleId));

/** Which users to find. An absent member does not restrict them. */
export interface UserFilter {
  /**
   * A part of the user name or of the e-mail address, without regard to case. One or two characters match only the
   * beginning of a name or of an address.
   */
  search?: string;
  active?: boolean;
  /** The name of the role. */
  role?: string;
}

export interface PageOfUsers {
  /** The most users to return. */
  limit: number;
  /**
   * The normalised name that the last page ended with. Names are unique, so users who come or go in between neither
   * repeat nor hide another user.
   */
  after?: string | undefined;
}

/**
 * Finds users, in the order of their normalised names.
 *
 * @throws what `databaseFailure` reads
 */
export function findUsers(
  db: Database,
  { search, active, role }: UserFilter,
  { limit, after }: PageOfUsers,
): Promise<UserRow[]> {
  const roleId = sql`(select ${roles.id} from ${roles} where ${roles.name} = ${role})`;
  const filter = and(
    after === undefined ? undefined : gt(users.normalizedUserName, after),
    active === undefined ? undefined : eq(users.active, active),
    role === undefined ? undefined : eq(users.roleId, roleId),
  );
  const found =
    search === undefined
      ? filter
      : sql`${users.normalizedUserName} in (${searchNames(search, { filter, limit })})`;
  return usersWithRoles(db).where(found).orderBy(asc(users.normalizedUserName)).limit(limit);
}

/** @throws what `databaseFailure` reads */
export async function findUser(db: Database, id: string): Promise<UserRow | undefined> {
  const [user] = await usersWithRoles(db).where(eq(users.id, id));
  return user;
}

/** @param normalizedUserName from `normalizeUserName` */
export async function findUserByName(
  db: Database,
  normalizedUserName: string,
): Promise<UserRow | undefined> {
  const [user] = await usersWithRoles(db).where(eq(users.normalizedUserName, normalizedUserName));
  return user;
}
