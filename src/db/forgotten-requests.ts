/**
 * Forgotten passwords: how often one was told, and which users it concerns.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { nameDigest } from './lockout.ts';
import { forgottenRequests, users } from './schema.ts';

/**
 * Counts a request, under the digest of what was typed. It is the only statement before the answer, so the answer takes the
 * same time for every name.
 *
 * @param digest from `digestOf`: what was typed may be no text that PostgreSQL can hold
 * @returns how many requests of the last hour count, with this one
 */
export async function countForgottenRequest(db: Database, digest: string): Promise<number> {
  const { rows } = await db.execute<{ requests: number }>(sql`
    insert into ${forgottenRequests} as known (name_digest, requests, first_counted_at)
    values (${nameDigest(digest)}, 1, now())
    on conflict (name_digest) do update set (requests, first_counted_at) = (
      select case when is_over then 1 else known.requests + 1 end,
        case when is_over then now() else known.first_counted_at end
      from (select known.first_counted_at <= now() - interval '1 hour' as is_over) as age
    )
    returning requests`);
  return rows[0]?.requests ?? 0;
}

/** Forgets the requests that count no longer. @returns of how many names */
export async function pruneForgottenRequests(db: Database): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from ${forgottenRequests} where first_counted_at <= now() - interval '1 hour'`);
  return rowCount;
}

/** A user whose password was forgotten. */
export interface ForgetfulUser {
  id: string;
  userName: string;
  email: string | null;
  emailConfirmed: boolean;
  active: boolean;
}

/** An address is a family's or an office's, and every user of it gets a mail. */
const MOST_USERS_OF_AN_ADDRESS = 3;

/**
 * Finds the user of a name. Where there is none, it finds the active users whose confirmed address was typed. The address of
 * a mail is the stored one, so it does no harm that another address may be the same in lower case.
 */
export async function findForgetfulUsers(
  db: Database,
  typed: string,
  normalizedUserName: string,
): Promise<ForgetfulUser[]> {
  const columns = sql`
    id, user_name as "userName", email, email_confirmed as "emailConfirmed", active`;
  const { rows } = await db.execute<ForgetfulUser & Record<string, unknown>>(sql`
    with named as (select ${columns} from ${users} where normalized_user_name = ${normalizedUserName})
    select * from named
    union all
    (
      select ${columns} from ${users}
      where not exists (select from named)
        and lower(email) = lower(${typed}) and email_confirmed and active
      order by normalized_user_name limit ${MOST_USERS_OF_AN_ADDRESS}::integer
    )`);
  return rows;
}
