/**
 * The exact lockout: an attempt on a name is counted before its password is checked, and one that
 * turns out to be right is taken out of the count again. However many guesses arrive together, no
 * more than the allowed failures reach the password hash, and an attempt that nobody takes out, for
 * whatever reason, was a failure.
 *
 * Names that no user has are counted alike, so that a lock tells nothing.
 *
 * @module
 */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { loginAttemptSalt, loginAttempts } from './schema.ts';

/** The defaults are those of ASP.NET Core Identity: 5 failures, 5 minutes. */
export interface Lockout {
  /** So many attempts that were not right lock a name. */
  failures: number;
  /** How long a lock lasts, from the last of them, and a failure counts, from the first. */
  minutes: number;
}

/**
 * For so long after the last counted attempt, the others may still turn out to be right: the next
 * login is asked to come again instead of being refused for them. Longer than a hash takes where an
 * isolate hashes as many as the settings allow.
 */
const UNDECIDED_SECONDS = 5;

/** What became of an attempt: only one that was `counted` may go on to the password. */
export type AttemptStatus = 'counted' | 'undecided' | 'locked';

/** The key of a name's attempts: a digest that cannot be computed outside the database. */
function nameDigest(normalizedUserName: string): SQL {
  return sql`(
    select encode(sha256(convert_to(salt || ${normalizedUserName}::text, 'UTF8')), 'hex')
    from ${loginAttemptSalt}
  )`;
}

/**
 * Counts an attempt, unless the name is locked. To be the first part of the login statement:
 * `with attempt as (…)`, a row of `name_digest`, `attempts` and `status`.
 *
 * One upsert decides: PostgreSQL locks the name's row before it reads it, so that of two attempts at
 * a time the second sees the first. A statement's own reads would show the row as it was before.
 */
export function countAttempt(
  normalizedUserName: string,
  attemptId: string,
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
 * Takes a right attempt out of the count. Does nothing where the count has begun anew meanwhile, so
 * that no attempt can make room for another one's.
 */
export function refundAttempt(normalizedUserName: string, attemptId: string): SQL {
  return sql`
    update ${loginAttempts} set attempts = array_remove(attempts, ${attemptId}::uuid)
    where name_digest = ${nameDigest(normalizedUserName)}`;
}

/**
 * Forgets every attempt on a name.
 *
 * @returns whether there was one that counted
 */
export async function unlockName(db: Database, normalizedUserName: string): Promise<boolean> {
  const forgotten = await db
    .delete(loginAttempts)
    .where(eq(loginAttempts.nameDigest, nameDigest(normalizedUserName)))
    .returning({ attempts: loginAttempts.attempts });
  return forgotten.some(({ attempts }) => attempts.length > 0);
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
