/**
 * `users add`: a new user with a role.
 *
 * @module
 */
import { asc, eq, sql } from 'drizzle-orm';
import { connect } from '../src/db/connection.ts';
import { roles, users } from '../src/db/schema.ts';
import { hashPassword } from '../src/password/password.ts';
import { normalizeUserName } from '../src/user-name.ts';
import { audit } from './audit.ts';
import { type Target, withDatabase } from './database.ts';
import { readNewEmail, readNewName } from './names.ts';
import { readNewPassword } from './new-password.ts';
import { OperatorError } from './operator-error.ts';
import { printLine } from './print.ts';
import { refuseOtherKind } from './roles.ts';
import { isTaken, takenName } from './taken-name.ts';

export interface AddUserOptions {
  role?: string;
  /** The role is an administrator's. */
  admin: boolean;
  createRole: boolean;
  email?: string;
  passwordStdin: boolean;
}

/** The role of `--admin` where no other is named. */
const ADMINISTRATOR = 'Administrator';

export async function addUser(name: string, options: AddUserOptions): Promise<void> {
  const { admin } = options;
  const role = options.role ?? (admin ? ADMINISTRATOR : undefined);
  if (role === undefined) throw new OperatorError('Name a role with --role, or use --admin.');
  const userName = readNewName('user name', name);
  const roleName = readNewName('role name', role);
  const email = options.email === undefined ? undefined : readNewEmail(options.email);

  // Everything else is checked first, so that nobody types a password in vain.
  if (!options.passwordStdin) {
    await withDatabase(async (target) => {
      await refuseTakenName(target, userName);
      await checkRole(target, roleName, options);
    });
  }
  const ownNames = email === undefined ? [userName] : [userName, email];
  const password = await readNewPassword(options.passwordStdin, ownNames);
  const passwordHash = await hashPassword(password);

  await withDatabase(async (target) => {
    const isNewRole = await checkRole(target, roleName, options);
    const db = connect(target.database);
    const newRole = { name: roleName, isAdmin: admin };
    const insertRole = db.insert(roles).values(newRole).onConflictDoNothing();
    const userId = crypto.randomUUID();
    const insertUser = db.insert(users).values({
      id: userId,
      userName,
      normalizedUserName: normalizeUserName(userName),
      email,
      passwordHash,
      passwordSetAt: sql`now()`,
      // Null where the role has changed in between. The column refuses null.
      roleId: sql`(select id from roles where name = ${roleName} and is_admin = ${admin})`,
    });
    try {
      await (isNewRole ? db.batch([insertRole, insertUser]) : insertUser);
    } catch (error) {
      if (!isTaken(error)) throw error;
      throw takenName(target, userName);
    }
    audit({ event: 'password_set', userId, userName });
    printLine(`Added ${userName} (${roleName}) to ${target.name}.`);
  });
}

async function refuseTakenName(target: Target, userName: string): Promise<void> {
  const hasName = eq(users.normalizedUserName, normalizeUserName(userName));
  const count = await connect(target.database).$count(users, hasName);
  if (count > 0) throw takenName(target, userName);
}

/** @returns whether the role is missing and may be made */
async function checkRole(
  { database, name }: Target,
  roleName: string,
  { admin, createRole }: AddUserOptions,
): Promise<boolean> {
  const known = await connect(database).select().from(roles).orderBy(asc(roles.name));
  const role = known.find((other) => other.name === roleName);
  if (role === undefined) {
    if (admin || createRole) return true;
    const names = known.map((other) => other.name).join(', ') || 'none';
    throw new OperatorError(
      `There is no role ${roleName} in ${name} (roles: ${names}). ` +
        'Use --create-role to make it, without permissions.',
    );
  }
  refuseOtherKind(role, admin);
  return false;
}
