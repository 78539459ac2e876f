/**
 * Grants: what a role may do.
 *
 * @module
 */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import type { Permission } from '#portero/internal/permission.ts';
import type { Database } from '../src/db/connection.ts';
import { modules, roleGrants, roles, users } from '../src/db/schema.ts';
import { type AddedClaims, NO_ADDED_CLAIMS } from '../src/token/added-claims.ts';
import { OperatorError } from './operator-error.ts';
import { permissionBudget, permissionCosts, type TokenUser } from './token-size.ts';

type Role = typeof roles.$inferSelect;

/**
 * Grants permissions to a role, all or none.
 *
 * @param claims of `TOKEN_CLAIMS`, which a token holds too
 * @returns the permissions that the role did not have
 * @throws OperatorError where a module is missing, or a token could be longer than verifiers read
 */
export async function grant(
  db: Database,
  role: Role,
  permissions: Permission[],
  claims = NO_ADDED_CLAIMS,
): Promise<string[]> {
  await refuseUnknownModules(db, permissions);
  const longest = await longestUser(db, role.id);
  const budget = permissionBudget(role, longest === undefined ? [] : [longest], claims);
  if (budget < 0) {
    throw new OperatorError(
      `Without any permission, a token of ${role.name} could have more than ${MAX_TOKEN_LENGTH} characters: TOKEN_CLAIMS adds too much.`,
    );
  }
  const wanted = sql`jsonb_array_elements_text(${JSON.stringify(permissions)}::jsonb) permission`;
  const sizeAfterwards = sql`(
    select sum(${permissionBytes(claims)}) from (
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

/** What {@link permissionCosts} says, for the column `permission`. */
function permissionBytes(claims: AddedClaims): SQL {
  const { characters, ofAction, ofModule } = permissionCosts(claims);
  const [module, action] = [1, 2].map((part) => sql`split_part(permission, '.', ${part})`);
  return sql`
    ${characters}::int * octet_length(permission)
    + (${JSON.stringify(ofAction)}::jsonb ->> ${action})::int
    + ${ofModule}::int * octet_length(${module})`;
}

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
