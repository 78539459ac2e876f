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
 * An unknown name costs what a known one costs: a user who stands in for it is looked up every time, by
 * the name's digest, so that no order of names shows in the cost of the role that is read. That role
 * and its grants go over the wire and are discarded; nothing else of the stand-in does.
 *
 * @param normalizedUserName from `normalizeUserName`
 * @throws what `databaseFault` understands
 */
export async function findLoginAccount(
  db: Database,
  normalizedUserName: string,
): Promise<LoginAccount | null> {
  const name = sql`${normalizedUserName}::text`;
  const columns = sql`id, user_name, password_hash, active, role_id`;
  const { rows } = await db.execute(sql`
    with candidate as (
      (select 1 as preference, ${columns} from ${users} where normalized_user_name = ${name})
      union all
      (select 2, ${columns} from ${users} where id >= md5(${name}) order by id limit 1)
      union all
      (select 3, ${columns} from ${users} order by id limit 1)
    ),
    found as (
      select *, preference = 1 as is_known from candidate order by preference limit 1
    )
    select
      coalesce(found.is_known, false) as "isKnown",
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
    from (values (1)) as always_one_row
      left join found on true
      left join ${roles} on ${roles.id} = found.role_id
  `);
  const [row] = v.parse(LoginRows, rows);
  if (!row.isKnown) return null;
  const { id, userName, passwordHash, active, roleName, isAdmin, permissions } = row;
  return { id, userName, passwordHash, active, role: { name: roleName, isAdmin, permissions } };
}

const LoginRows = v.strictTuple([
  v.variant('isKnown', [
    v.object({ isKnown: v.literal(false) }),
    v.object({
      isKnown: v.literal(true),
      id: v.string(),
      userName: v.string(),
      passwordHash: v.nullable(v.string()),
      active: v.boolean(),
      roleName: v.string(),
      isAdmin: v.boolean(),
      permissions: v.array(v.string()),
    }),
  ]),
]);

/** Records a login that has succeeded. */
export async function recordLastLogin(db: Database, userId: string): Promise<void> {
  await db.execute(sql`update ${users} set last_login_at = now() where ${users.id} = ${userId}`);
}
