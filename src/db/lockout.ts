/**
 * The exact lockout. An attempt on a name is counted before its password is checked. An attempt that turns out to be
 * right is taken out of the count again. However many guesses arrive together, no more than the allowed failures reach
 * the password hash. An attempt that is not taken out, for whatever reason, was a failure.
 *
 * Names that no user has are counted in the same way, so a lock does not tell whether a user exists.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { loginAttemptSalt, loginAttempts, users } from './schema.ts';

/** The defaults are those of ASP.NET Core Identity: 5 failures, 5 minutes. */
export interface Lockout {
  /** This many failed attempts lock a name. */
  failures: number;
  /** A lock lasts this long, from the last failure. A failure counts this long, from the first failure. */
  minutes: number;
}

/** An attempt on a name. Its id finds it again among the attempts that count. */
export interface AttemptKey {
  /** From `normalizeUserName`. */
  normalizedUserName: string;
  /** A random UUID. */
  attemptId: string;
}

/**
 * For this long after the last counted attempt, the others may still turn out to be right. The next login is asked to
 * come again, and is not refused because of them. Without imported shapes, an isolate that
 * hashes as much as the settings allow finishes a hash within this time.
 */
const UNDECIDED_SECONDS = 5;

/** Why the lockout did not count an attempt. */
export type LockoutReason = 'name_undecided' | 'name_locked';

/** What became of an attempt. Only an attempt that was `counted` may go on to the password. */
export type AttemptStatus = 'counted' | 'undecided' | 'locked';

/** The key of a name's attempts: a digest that nobody can compute outside the database. */
export function nameDigest(normalizedUserName: string | SQL): SQL {
  return sql`(
    select encode(sha256(convert_to(salt || ${normalizedUserName}::text, 'UTF8')), 'hex')
    from ${loginAttemptSalt}
  )`;
}

/**
 * Counts an attempt, unless the name is locked. It is the first part of the login statement: `with attempt as (…)`
 * yields one row of `name_digest`, `attempts` and `status`.
 *
 * One upsert decides. PostgreSQL locks the row of the name before it reads it, so the second of two attempts at a time
 * sees the first. A separate read in the same statement would see the row as it was before.
 */
export function countAttempt(
  { normalizedUserName, attemptId }: AttemptKey,
  { failures, minutes }: Lockout,
): SQL {
  const duration = sql`make_interval(mins => ${minutes}::integer)`;
  const undecided = sql`make_interval(secs => ${UNDECIDED_SECONDS})`;
  return sql`
    insert into ${loginAttempts} as known (name_digest, attempts, first_counted_at, last_counted_at)
    values (${nameDigest(normalizedUserName)}, array[${attemptId}::uuid], now(), now())
    on conflict (name_digest) do update
    set (attempts, first_counted_at, last_counted_at) = (
      select
        case
          when is_over then excluded.attempts
          when is_full then known.attempts
          else known.attempts || excluded.attempts
        end,
        case when is_over then now() else known.first_counted_at end,
        case when is_full and not is_over then known.last_counted_at else now() end
      from
        (select cardinality(known.attempts) >= ${failures}::integer as is_full) as count,
        lateral (
          select cardinality(known.attempts) = 0 or now() >= ${duration} +
            case when is_full then known.last_counted_at else known.first_counted_at end as is_over
        ) as age
    )
    returning
      name_digest,
      cardinality(attempts) as attempts,
      case
        when ${attemptId}::uuid = any(attempts) then 'counted'
        when now() < last_counted_at + ${undecided} then 'undecided'
        else 'locked'
      end as status`;
}

/**
 * Takes a right attempt out of the count. Does nothing where the count has begun anew in between, so no attempt can make
 * room for another one's.
 */
export function refundAttempt({ normalizedUserName, attemptId }: AttemptKey): SQL {
  return sql`
    update ${loginAttempts} set attempts = array_remove(attempts, ${attemptId}::uuid)
    where name_digest = ${nameDigest(normalizedUserName)}`;
}

/** Takes a right attempt out of the count, and records the time of the login. */
export async function recordLogin(db: Database, key: AttemptKey, userId: string): Promise<void> {
  await db.execute(sql`
    with refund as (${refundAttempt(key)})
    update ${users} set last_login_at = now() where ${users.id} = ${userId}`);
}

/** Takes an attempt out of the count that was not on this user, or whose password nobody has looked at. */
export async function withdrawAttempt(db: Database, key: AttemptKey): Promise<void> {
  await db.execute(refundAttempt(key));
}

/** The statement that forgets every attempt on a name. It returns the attempts. */
export function unlockOf(normalizedUserName: string | SQL): SQL {
  return sql`
    delete from ${loginAttempts} where name_digest = ${nameDigest(normalizedUserName)}
    returning cardinality(attempts) as attempts`;
}

/**
 * Forgets every attempt on a name.
 *
 * @returns whether there was one that counted
 */
export async function unlockName(db: Database, normalizedUserName: string): Promise<boolean> {
  const { rows } = await db.execute<{ attempts: number }>(unlockOf(normalizedUserName));
  return rows.some(({ attempts }) => attempts > 0);
}

/**
 * Forgets the attempts that count no longer.
 *
 * @returns on how many names
 */
export async function pruneAttempts(db: Database, { minutes }: Lockout): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from ${loginAttempts}
    where now() >= last_counted_at + make_interval(mins => ${minutes}::integer)`);
  return rowCount;
}
