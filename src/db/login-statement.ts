/**
 * The one statement of a login.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Database } from './connection.ts';
import { roleGrants, roles, users } from './schema.ts';

/** A user as a login needs it. */
export interface LoginAccount {
  id: string;
  userName: string;
  passwordHash: string | null;
  active: boolean;
  role: { name: string; isAdmin: boolean; permissions: string[] };
}

/**
 * Reads a user, its role and what the role may do, in one round trip.
 *
 * An unknown name costs what a known one costs: it reads the user who stands next to it in the index
 * (behind the last, the first), that user's role and the role's grants, by the same joins. That
 * neighbour's role goes over the wire and is discarded; nothing else of the neighbour does.
 *
 * @param normalizedUserName from `normalizeUserName`
 * @throws what `databaseFault` understands
 */
export async function findLoginAccount(
  db: Database,
  normalizedUserName: string,
): Promise<LoginAccount | null> {
  const name = sql`${normalizedUserName}::text`;
  const { rows } = await db.execute(sql`
    with nearest as (
      (select *, 1 as place from ${users} where ${users.normalizedUserName} >= ${name}
        order by ${users.normalizedUserName} limit 1)
      union all
      (select *, 2 as place from ${users} order by ${users.normalizedUserName} limit 1)
      order by place limit 1
    ),
    found as (
      select *, normalized_user_name = ${name} as is_known from nearest
    )
    select
      found.is_known as "isKnown",
      case when is_known then found.id end as "id",
      case when is_known then found.user_name end as "userName",
      case when is_known then found.password_hash end as "passwordHash",
      case when is_known then found.active end as "active",
      ${roles.name} as "roleName",
      ${roles.isAdmin} as "isAdmin",
      array_to_json(array(
        select ${roleGrants.moduleKey} || '.' || ${roleGrants.action}
        from ${roleGrants} where ${roleGrants.roleId} = ${roles.id}
      )) as "permissions"
    from found join ${roles} on ${roles.id} = found.role_id
  `);
  const [row] = v.parse(LoginRows, rows);
  if (row === undefined || !row.isKnown) return null;
  const { id, userName, passwordHash, active, roleName, isAdmin, permissions } = row;
  return { id, userName, passwordHash, active, role: { name: roleName, isAdmin, permissions } };
}

const role = { roleName: v.string(), isAdmin: v.boolean(), permissions: v.array(v.string()) };

/** An empty table has no row at all. */
const LoginRows = v.pipe(
  v.array(
    v.variant('isKnown', [
      v.object({ isKnown: v.literal(false), ...role }),
      v.object({
        isKnown: v.literal(true),
        id: v.string(),
        userName: v.string(),
        passwordHash: v.nullable(v.string()),
        active: v.boolean(),
        ...role,
      }),
    ]),
  ),
  v.maxLength(1),
);

/** Records a login that has succeeded. */
export async function recordLastLogin(db: Database, userId: string): Promise<void> {
  await db.execute(sql`update ${users} set last_login_at = now() where ${users.id} = ${userId}`);
}
