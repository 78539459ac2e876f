/**
 * The one statement of a login.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Subject } from '../token/build-claims.ts';
import type { Database } from './connection.ts';
import { selectForeignLayers } from './foreign-layers.ts';
import { type AttemptKey, type AttemptStatus, countAttempt, type Lockout } from './lockout.ts';
import { foreignLayers, modules, roleGrants, roles, users } from './schema.ts';

/** A user, as a login needs it. */
export interface LoginAccount extends Subject {
  email: string | null;
  passwordHash: string | null;
  active: boolean;
}

export interface LoginState {
  status: AttemptStatus;
  /** How many attempts on the name count at the moment. Where the new one was counted, it is among them. */
  attempts: number;
  /** `null` where no user has the name. */
  account: LoginAccount | null;
  /** Every listed shape of a foreign layer, in the same order for every name. */
  shapes: v.InferOutput<typeof Shapes>;
}

/**
 * Counts the attempt, and reads the user, its role and the role's permissions, in one round trip. Do not repeat it
 * where it fails: it may have counted the attempt all the same.
 *
 * An unknown name costs as much as a known one. A user who stands in for it is looked up every time, by the salted digest
 * of the name. So neither the order of the names nor anything else that a caller can choose shows in the cost of the
 * role that is read. The stand-in's role and grants go over the wire and are thrown away. Nothing else of the stand-in
 * leaves the database.
 *
 * @param options.listsAll whether an administrator's permissions are those of all modules, and not left out
 * @throws what `databaseFailure` reads
 */
export async function beginLogin(
  db: Database,
  key: AttemptKey,
  lockout: Lockout,
  { listsAll = false }: { listsAll?: boolean } = {},
): Promise<LoginState> {
  const name = sql`${key.normalizedUserName}::text`;
  const columns = sql`id, user_name, email, password_hash, active, role_id`;
  const { rows } = await db.execute(sql`
    with attempt as (${countAttempt(key, lockout)}),
    candidate as (
      (select 1 as preference, ${columns} from ${users} where normalized_user_name = ${name})
      union all
      (
        select 2, ${columns} from ${users}
        where id >= (select name_digest from attempt) order by id limit 1
      )
      union all
      (select 3, ${columns} from ${users} order by id limit 1)
    ),
    found as (
      select *, preference = 1 as is_known from candidate order by preference limit 1
    )
    select
      attempt.status as "status",
      attempt.attempts as "attempts",
      ${selectForeignLayers()} as "shapes",
      coalesce(found.is_known, false) as "isKnown",
      case when is_known then found.id end as "id",
      case when is_known then found.user_name end as "userName",
      case when is_known then found.email end as "email",
      case when is_known then found.password_hash end as "passwordHash",
      case when is_known then found.active end as "active",
      ${roles.name} as "roleName",
      ${roles.isAdmin} as "isAdmin",
      ${roles.id} as "roleId",
      array_to_json(array(
        select ${roleGrants.moduleKey} || '.' || ${roleGrants.action}
        from ${roleGrants} where ${roleGrants.roleId} = ${roles.id}
        union all
        select ${modules.key} || '.' || action
        from ${modules}, unnest(enum_range(null::permission_action)) action
        where ${roles.isAdmin} and ${listsAll}::boolean
      )) as "permissions"
    from attempt
      left join found on true
      left join ${roles} on ${roles.id} = found.role_id
  `);
  const [row] = v.parse(LoginRows, rows);
  const { status, attempts, shapes } = row;
  if (!row.isKnown) return { status, attempts, shapes, account: null };
  const { id, userName, email, passwordHash, active } = row;
  const { roleId, roleName, isAdmin, permissions } = row;
  const role = { id: roleId, name: roleName, isAdmin, permissions };
  return { status, attempts, shapes, account: { id, userName, email, passwordHash, active, role } };
}

const Shapes = v.array(
  v.object({
    hash: v.picklist(foreignLayers.hash.enumValues),
    iterations: v.number(),
    saltLength: v.number(),
    keyLength: v.number(),
  }),
);

const commonColumns = {
  status: v.picklist(['counted', 'undecided', 'locked'] satisfies AttemptStatus[]),
  attempts: v.number(),
  shapes: Shapes,
};

const LoginRows = v.strictTuple([
  v.variant('isKnown', [
    v.object({ isKnown: v.literal(false), ...commonColumns }),
    v.object({
      isKnown: v.literal(true),
      ...commonColumns,
      id: v.string(),
      userName: v.string(),
      email: v.nullable(v.string()),
      passwordHash: v.nullable(v.string()),
      active: v.boolean(),
      roleId: v.number(),
      roleName: v.string(),
      isAdmin: v.boolean(),
      permissions: v.array(v.string()),
    }),
  ]),
]);
