/**
 * Grants, and how many of them a token can hold.
 *
 * @module
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import type { Permission } from '#portero/internal/permission.ts';

import type { Database } from '../src/db/connection.ts';
import { modules, roleGrants, roles, users } from '../src/db/schema.ts';
import { buildClaims } from '../src/token/build-claims.ts';
import { longestTokenLength } from '../src/token/longest-token.ts';
import { MAX_USER_NAME_LENGTH } from '../src/user-name.ts';
import { OperatorError } from './operator-error.ts';

type Role = typeof roles.$inferSelect;

/**
 * Grants permissions to a role, all or none.
 *
 * @returns the permissions that the role did not have
 * @throws OperatorError where a module is missing, or a token could be longer than verifiers read
 */
export async function grant(
  db: Database,
  role: Role,
  permissions: Permission[],
): Promise<string[]> {
  await refuseUnknownModules(db, permissions);
  const longest = await longestUser(db, role.id);
  const budget = permissionBudget(role.name, longest === undefined ? [] : [longest]);
  const wanted = sql`jsonb_array_elements_text(${JSON.stringify(permissions)}::jsonb) permission`;
  const sizeAfterwards = sql`(
    select sum(octet_length(permission) + ${JSON_OVERHEAD_BYTES}) from (
      select module_key || '.' || action as permission from ${roleGrants} where role_id = ${role.id}
      union select permission from ${wanted}
    ) every_permission
  )`;
  // The role's row is locked first, so that the size includes the grants of another command.
  const [, size, inserted] = await db.batch([
    db.execute(sql`select from ${roles} where ${roles.id} = ${role.id} for update`),
    db.execute<{ fits: boolean }>(sql`select ${sizeAfterwards} <= ${budget} as fits`),
    db.execute<{ permission: string }>(sql`
      insert into ${roleGrants} (role_id, module_key, action)
      select ${role.id}, split_part(permission, '.', 1), split_part(permission, '.', 2)::permission_action
      from ${wanted} where ${sizeAfterwards} <= ${budget}
      on conflict do nothing
      returning module_key || '.' || action as permission`),
  ]);
  if (!size.rows[0]?.fits) {
    throw new OperatorError(
      `With that, a token of ${role.name} could have more than ${MAX_TOKEN_LENGTH} characters. Nothing was granted.`,
    );
  }
  return inserted.rows.map(({ permission }) => permission);
}

/** Two quotation marks and a comma around each. */
const JSON_OVERHEAD_BYTES = 3;

/** @returns the permissions that the role had */
export async function revoke(
  db: Database,
  role: Role,
  permissions: Permission[],
): Promise<string[]> {
  await refuseUnknownModules(db, permissions);
  const permission = sql<string>`${roleGrants.moduleKey} || '.' || ${roleGrants.action}`;
  const removed = await db
    .delete(roleGrants)
    .where(and(eq(roleGrants.roleId, role.id), inArray(permission, permissions)))
    .returning({ permission });
  return removed.map((row) => row.permission);
}

async function refuseUnknownModules(db: Database, permissions: Permission[]): Promise<void> {
  const keys = [...new Set(permissions.map((permission) => permission.split('.')[0] ?? ''))];
  const known = await db.select().from(modules).where(inArray(modules.key, keys));
  const missing = keys.filter((key) => !known.some((module) => module.key === key));
  if (missing.length > 0) {
    throw new OperatorError(`There is no module ${missing.join(', ')}. Use modules add first.`);
  }
}

/** Room for the issuer, and as much for the audience. They are settings of the Worker, so the database does not know them. */
const URL_LENGTH = 200;

/** Room for future users: an id that Portero makes, and the longest name with three bytes a character. */
const NEXT_USER = { id: 'x'.repeat(36), userName: '\u65e5'.repeat(MAX_USER_NAME_LENGTH) };

/** What a token holds of a user. */
export interface TokenUser {
  id: string;
  userName: string;
}

/** The user of a role whose id and name together are longest. */
export async function longestUser(db: Database, roleId: number): Promise<TokenUser | undefined> {
  const [longest] = await db
    .select({ id: users.id, userName: users.userName })
    .from(users)
    .where(eq(users.roleId, roleId))
    .orderBy(sql`octet_length(json_build_array(id, user_name)::text) desc`)
    .limit(1);
  return longest;
}

/** How many bytes the JSON of a role's permissions may have in a token of any of these users, and of the next one. */
export function permissionBudget(roleName: string, users: TokenUser[]): number {
  const lengths = [NEXT_USER, ...users].map((user) => emptyLength(user, roleName));
  // Base64 makes four characters from three bytes. The empty token has the brackets of the list already.
  return Math.floor(((MAX_TOKEN_LENGTH - Math.max(...lengths)) * 3) / 4) - 1;
}

/** How many bytes permissions take in a token. */
export function permissionBytes(permissions: Permission[]): number {
  return permissions.reduce((sum, { length }) => sum + length + JSON_OVERHEAD_BYTES, 0);
}

function emptyLength(user: TokenUser, roleName: string): number {
  const url = 'x'.repeat(URL_LENGTH);
  const role = { name: roleName, isAdmin: false, permissions: [] };
  const issuance = { issuer: url, audience: url };
  const instance = { now: Date.now(), id: crypto.randomUUID() };
  return longestTokenLength(buildClaims({ ...user, role }, issuance, instance));
}
