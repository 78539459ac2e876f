/**
 * The password hashes that are stored. Each change names the hash that it replaces: where another hash is stored by
 * now, somebody has set a new password in between, and nothing is overwritten.
 *
 * @module
 */
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { type AttemptKey, refundAttempt } from './lockout.ts';
import { users } from './schema.ts';

export interface HashReplacement {
  userId: string;
  /** The hash that the password matched. */
  current: string;
  /** The hash to store in its place. */
  fresh: string;
}

/**
 * Stores today's hash of the same password in place of an outdated one.
 *
 * @returns whether it was stored
 */
export async function replaceHash(
  db: Database,
  { userId, current, fresh }: HashReplacement,
): Promise<boolean> {
  const { rowCount } = await db
    .update(users)
    .set({ passwordHash: fresh, foreignLayerId: null, updatedAt: sql`now()` })
    .where(and(eq(users.id, userId), eq(users.passwordHash, current)));
  return rowCount > 0;
}

/**
 * Stores the hash of a new password, and takes the attempt out of the count.
 *
 * @returns the confirmed address of the user, or `null` without one. `undefined` where it was not stored
 */
export async function replacePassword(
  db: Database,
  key: AttemptKey,
  { userId, current, fresh }: HashReplacement,
): Promise<{ address: string | null } | undefined> {
  const { rows } = await db.execute<{ address: string | null }>(sql`
    with replaced as (
      update ${users} set password_hash = ${fresh}, foreign_layer_id = null,
        password_set_at = now(), updated_at = now()
      where ${users.id} = ${userId} and ${users.passwordHash} = ${current}
      returning case when email_confirmed then email end as address
    ),
    refund as (${refundAttempt(key)} and exists (select from replaced))
    select address from replaced`);
  return rows[0];
}

/** Reads the stored hash. `null` where there is no such user, or where the user has no password. */
export async function readPasswordHash(db: Database, userId: string): Promise<string | null> {
  const [user] = await db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId));
  return user?.passwordHash ?? null;
}
