/**
 * `roles …`: what each role may do.
 *
 * @module
 */
import { asc, eq, sql } from 'drizzle-orm';
import { isPermission, type Permission } from '#portero/internal/permission.ts';
import { connect, type Database } from '../src/db/connection.ts';
import { roles } from '../src/db/schema.ts';
import { trimName } from '../src/user-name.ts';
import { audit } from './audit.ts';
import { type Target, withDatabase } from './database.ts';
import { grant, revoke } from './grants.ts';
import { readNewName } from './names.ts';
import { OperatorError } from './operator-error.ts';
import { printLine, printRow, printRows } from './print.ts';
import { readTokenClaims } from './token-claims.ts';

export async function addRole(text: string, { admin }: { admin: boolean }): Promise<void> {
  const name = readNewName('role name', text);
  await withDatabase(async (target) => {
    const row = { name, isAdmin: admin };
    const insert = connect(target.database).insert(roles).values(row).onConflictDoNothing();
    if ((await insert).rowCount === 0) {
      throw new OperatorError(`There is a role ${name} in ${target.name} already.`);
    }
    audit({ event: 'role_added', role: name, admin });
    printLine(`Added the role ${name} to ${target.name}.`);
  });
}

// The names are written in full, because Drizzle leaves out the table of a column where `from` has one table.
const permissionsOfRole = sql<string[]>`array(
  select module_key || '.' || action from role_grants
  where role_grants.role_id = roles.id order by 1
)`;
const usersOfRole = sql<number>`(
  select count(*)::integer from users where users.role_id = roles.id
)`;

const selectRoles = (db: Database) =>
  db
    .select({
      role: roles.name,
      admin: roles.isAdmin,
      users: usersOfRole,
      permissions: permissionsOfRole,
    })
    .from(roles);

export async function listRoles({ json }: { json: boolean }): Promise<void> {
  await withDatabase(async ({ database }) => {
    const rows = await selectRoles(connect(database)).orderBy(asc(roles.name));
    const counts = rows.map((row) => ({ ...row, permissions: row.permissions.length }));
    printRows(json ? rows : counts, json);
  });
}

export async function showRole(text: string, { json }: { json: boolean }): Promise<void> {
  const name = trimName(text);
  await withDatabase(async (target) => {
    const [row] = await selectRoles(connect(target.database)).where(eq(roles.name, name));
    if (row === undefined) throw noRole(name, target);
    printRow(row, json);
  });
}

export async function grantPermissions(text: string, texts: string[]): Promise<void> {
  const name = trimName(text);
  const permissions = readPermissions(texts);
  await withDatabase(async (target) => {
    const db = connect(target.database);
    const role = await findRole(db, name, target);
    if (role.isAdmin) {
      throw new OperatorError(`${name} is an administrator's role, which may do everything.`);
    }
    const added = await grant(db, role, permissions, readTokenClaims());
    if (added.length > 0) audit({ event: 'permissions_granted', role: name, permissions: added });
    printLine(
      `Granted ${count(added)} to ${name} in ${target.name}; ` +
        `${permissions.length - added.length} were granted already. It counts from the next login.`,
    );
  });
}

export async function revokePermissions(text: string, texts: string[]): Promise<void> {
  const name = trimName(text);
  const permissions = readPermissions(texts);
  await withDatabase(async (target) => {
    const db = connect(target.database);
    const role = await findRole(db, name, target);
    const removed = await revoke(db, role, permissions);
    if (removed.length > 0)
      audit({ event: 'permissions_revoked', role: name, permissions: removed });
    printLine(
      `Revoked ${count(removed)} of ${name} in ${target.name}; ` +
        `${permissions.length - removed.length} were not granted. ` +
        'Tokens that are out keep theirs, 30 minutes at most.',
    );
  });
}

function count({ length }: string[]): string {
  return length === 1 ? '1 permission' : `${length} permissions`;
}

function readPermissions(texts: string[]): Permission[] {
  return [...new Set(texts)].map((text) => {
    if (isPermission(text)) return text;
    throw new OperatorError(
      `${JSON.stringify(text)} is no permission. One is a module and create, update, delete, list or read: invoices.create`,
    );
  });
}

export async function findRole(db: Database, name: string, target: Target) {
  const [role] = await db.select().from(roles).where(eq(roles.name, name));
  if (role === undefined) throw noRole(name, target);
  return role;
}

/** An operator has to say with `--admin` that a role is an administrator's. */
export function refuseOtherKind(role: { name: string; isAdmin: boolean }, admin: boolean): void {
  if (role.isAdmin && !admin) {
    throw new OperatorError(`${role.name} is an administrator's role: use --admin to say so.`);
  }
  if (!role.isAdmin && admin) {
    throw new OperatorError(`${role.name} is not an administrator's role.`);
  }
}

function noRole(name: string, target: Target): OperatorError {
  return new OperatorError(`There is no role ${name} in ${target.name}. See roles list.`);
}
