/**
 * The one statement of a login.
 *
 * @module
 */
import { and, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Database } from './connection.ts';
import { type AttemptStatus, countAttempt, type Lockout, refundAttempt } from './lockout.ts';
import { foreignLayers, roleGrants, roles, users } from './schema.ts';

/** A user as a login needs it. */
export interface LoginAccount {
  id: string;
  userName: string;
  passwordHash: string | null;
  active: boolean;
  role: { name: string; isAdmin: boolean; permissions: string[] };
}

/** An attempt on a name, by which {@link recordSuccess} finds it again. */
export interface LoginAttempt {
  /** From `normalizeUserName`. */
  normalizedUserName: string;
  /** A random UUID. */
  attemptId: string;
}

export interface LoginState {
  status: AttemptStatus;
  /** How many attempts on the name count at the moment; a new one that was counted is among them. */
  attempts: number;
  /** `null` for an unknown name. */
  account: LoginAccount | null;
  /** Of every foreign layer that any user's hash begins with, in the same order for every name. */
  shapes: v.InferOutput<typeof Shapes>;
}

/**
 * Counts the attempt and reads the user, its role and what the role may do, in one round trip. It must
 * not be repeated where it fails: it may have counted all the same.
 *
 * An unknown name costs what a known one costs: a user who stands in for it is looked up every time, by
 * the name's salted digest, so that neither the order of names nor anything else that a caller can
 * choose shows in the cost of the role that is read. That role and its grants go over the wire and are
 * discarded; nothing else of the stand-in does.
 *
 * @throws what `databaseFault` understands
 */
export async function beginLogin(
  db: Database,
  { normalizedUserName, attemptId }: LoginAttempt,
  lockout: Lockout,
): Promise<LoginState> {
  const name = sql`${normalizedUserName}::text`;
  const columns = sql`id, user_name, password_hash, active, role_id`;
  const { rows } = await db.execute(sql`
    with attempt as (${countAttempt(normalizedUserName, attemptId, lockout)}),
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
      array_to_json(array(
        select json_build_object(
          'hash', hash, 'iterations', iterations, 'saltLength', salt_length, 'keyLength', key_length
        ) from ${foreignLayers} order by id
      )) as "shapes",
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
    from attempt
      left join found on true
      left join ${roles} on ${roles.id} = found.role_id
  `);
  const [row] = v.parse(LoginRows, rows);
  const { status, attempts, shapes } = row;
  if (!row.isKnown) return { status, attempts, shapes, account: null };
  const { id, userName, passwordHash, active, roleName, isAdmin, permissions } = row;
  const role = { name: roleName, isAdmin, permissions };
  return { status, attempts, shapes, account: { id, userName, passwordHash, active, role } };
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
      passwordHash: v.nullable(v.string()),
      active: v.boolean(),
      roleName: v.string(),
      isAdmin: v.boolean(),
      permissions: v.array(v.string()),
    }),
  ]),
]);

/**
 * Stores a fresh hash of the password that has just been right, in place of another system's.
 *
 * @param outdated the hash that was right: where another is stored by now, the password has been changed
 *   meanwhile, and nothing is overwritten
 * @returns whether it has been stored
 */
export async function replaceHash(
  db: Database,
  userId: string,
  outdated: string,
  fresh: string,
): Promise<boolean> {
  const { rowCount } = await db
    .update(users)
    .set({ passwordHash: fresh, foreignLayerId: null, updatedAt: sql`now()` })
    .where(and(eq(users.id, userId), eq(users.passwordHash, outdated)));
  return rowCount > 0;
}

/**
 * Stores the hash of a new password and takes the attempt out of the count.
 *
 * @param current the hash that was right; where another is stored by now, nothing happens
 * @returns whether it has been stored
 */
export async function replacePassword(
  db: Database,
  { normalizedUserName, attemptId }: LoginAttempt,
  userId: string,
  current: string,
  fresh: string,
): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    with replaced as (
      update ${users} set password_hash = ${fresh}, foreign_layer_id = null, updated_at = now()
      where ${users.id} = ${userId} and ${users.passwordHash} = ${current} returning id
    ),
    refund as (${refundAttempt(normalizedUserName, attemptId)} and exists (select from replaced))
    select from replaced`);
  return rowCount > 0;
}

/** What is stored at the moment; `null` where there is no such user, or no password. */
export async function readPasswordHash(db: Database, userId: string): Promise<string | null> {
  const [user] = await db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId));
  return user?.passwordHash ?? null;
}

/** Takes an attempt out of the count that was none on this user. */
export async function withdrawAttempt(
  db: Database,
  { normalizedUserName, attemptId }: LoginAttempt,
): Promise<void> {
  await db.execute(refundAttempt(normalizedUserName, attemptId));
}

/** Takes a right attempt out of the count and records the time of the login. */
export async function recordSuccess(
  db: Database,
  { normalizedUserName, attemptId }: LoginAttempt,
  userId: string,
): Promise<void> {
  await db.execute(sql`
    with refund as (${refundAttempt(normalizedUserName, attemptId)})
    update ${users} set last_login_at = now() where ${users.id} = ${userId}`);
}
