/**
 * A new user: what an operator says of it, and the statements that make it.
 *
 * @module
 */
import { asc, eq, type SQL, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { connect, type Database } from '../src/db/connection.ts';
import { roles, users } from '../src/db/schema.ts';
import { normalizeUserName } from '../src/user-name.ts';
import type { Target } from './database.ts';
import { readNewEmail, readNewName } from './names.ts';
import { OperatorError } from './operator-error.ts';
import { refuseOtherKind } from './roles.ts';
import { isTaken, takenName } from './taken-name.ts';

export interface NewUserOptions {
  role?: string;
  /** The role is an administrator's. */
  admin: boolean;
  createRole: boolean;
  email?: string;
}

/** What the options say, checked. */
export interface NewUser {
  userName: string;
  roleName: string;
  email: string | undefined;
  isAdmin: boolean;
  mayMakeRole: boolean;
}

/** The role of `--admin` where no other is named. */
const ADMINISTRATOR = 'Administrator';

/** @throws OperatorError where an option is wrong or missing */
export function readNewUser(
  name: string,
  { role, admin, createRole, email }: NewUserOptions,
): NewUser {
  const roleText = role ?? (admin ? ADMINISTRATOR : undefined);
  if (roleText === undefined) throw new OperatorError('Name a role with --role, or use --admin.');
  return {
    userName: readNewName('user name', name),
    roleName: readNewName('role name', roleText),
    email: email === undefined ? undefined : readNewEmail(email),
    isAdmin: admin,
    mayMakeRole: admin || createRole,
  };
}

/** @throws OperatorError where another user has the name, or where there is no such role */
export async function checkNewUser(target: Target, user: NewUser): Promise<void> {
  const hasName = eq(users.normalizedUserName, normalizeUserName(user.userName));
  const count = await connect(target.database).$count(users, hasName);
  if (count > 0) throw takenName(target, user.userName);
  await isRoleMissing(target, user);
}

/**
 * Makes the user, and where needed the role. An address that an operator gives is confirmed.
 *
 * @param columns the password, where the user has one
 * @param further makes statements for the same transaction, with the id of the user
 * @returns the id of the user
 */
export async function makeUser(
  target: Target,
  user: NewUser,
  columns: { passwordHash?: string; passwordSetAt?: SQL } = {},
  further: (db: Database, userId: string) => BatchItem<'pg'>[] = () => [],
): Promise<string> {
  const { userName, roleName, email, isAdmin } = user;
  const isNewRole = await isRoleMissing(target, user);
  const db = connect(target.database);
  const insertRole = db.insert(roles).values({ name: roleName, isAdmin }).onConflictDoNothing();
  const userId = crypto.randomUUID();
  const insertUser = db.insert(users).values({
    id: userId,
    userName,
    normalizedUserName: normalizeUserName(userName),
    email,
    emailConfirmed: email !== undefined,
    // Null where the role has changed in between. The column refuses null.
    roleId: sql`(select id from roles where name = ${roleName} and is_admin = ${isAdmin})`,
    ...columns,
  });
  const others = further(db, userId);
  try {
    await (isNewRole
      ? db.batch([insertRole, insertUser, ...others])
      : db.batch([insertUser, ...others]));
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw takenName(target, userName);
  }
  return userId;
}

/** @returns whether the role is missing and may be made */
async function isRoleMissing(
  { database, name }: Target,
  { roleName, isAdmin, mayMakeRole }: NewUser,
): Promise<boolean> {
  const known = await connect(database).select().from(roles).orderBy(asc(roles.name));
  const role = known.find((other) => other.name === roleName);
  if (role === undefined) {
    if (mayMakeRole) return true;
    const names = known.map((other) => other.name).join(', ') || 'none';
    throw new OperatorError(
      `There is no role ${roleName} in ${name} (roles: ${names}). ` +
        'Use --create-role to make it, without permissions.',
    );
  }
  refuseOtherKind(role, isAdmin);
  return false;
}
