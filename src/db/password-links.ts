/**
 * The one-time links that set a password.
 *
 * Two statements on the links of one user must not overlap: each of them locks the row of the user first. A batch is one
 * transaction, and each of its statements sees everything that was done before it. So the statement behind the lock counts
 * right.
 *
 * @module
 */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { unlockOf } from './lockout.ts';
import { type LINK_KINDS, passwordLinks, users } from './schema.ts';

export type LinkKind = (typeof LINK_KINDS)[number];

export interface NewLink {
  userId: string;
  kind: LinkKind;
  /** From `makePasswordLink`. */
  tokenDigest: string;
  /** How long the link is good. */
  hours: number;
  /** Whether the link goes to the user's address and to nobody else. Its use then confirms the address. */
  isMailed: boolean;
}

/**
 * A user gets no more links by forgetting a password: neither within an hour, nor while others are open. So a flood does not
 * fill anybody's mailbox.
 */
const MOST_FORGOTTEN_LINKS = 3;

/** The first statement of a batch on a user. The later ones see what was done before it. */
export const lockUser = (db: Database, userId: string) =>
  db.execute(sql`select from ${users} where ${users.id} = ${userId} for update`);

/** Adds a link. An inactive user gets none. @param condition on the row of the user */
export const insertLink = (db: Database, link: NewLink, condition: SQL = sql`active`) =>
  db.execute(sql`
    insert into ${passwordLinks} (token_digest, user_id, kind, is_mailed, expires_at)
    select ${link.tokenDigest}, id, ${link.kind}, ${link.isMailed}::boolean,
      now() + make_interval(hours => ${link.hours}::integer)
    from ${users} where id = ${link.userId} and ${condition}`);

/**
 * Adds the link of an operator, in place of all that the user has.
 *
 * @returns whether it was added. An inactive user gets none
 */
export async function replaceLinks(db: Database, link: NewLink): Promise<boolean> {
  const [, , { rowCount }] = await db.batch([
    lockUser(db, link.userId),
    db.execute(sql`
      update ${passwordLinks} set ended_at = now()
      where user_id = ${link.userId} and ended_at is null`),
    insertLink(db, link),
  ]);
  return rowCount > 0;
}

/**
 * Adds the link of a forgotten password. It ends no other link, because anybody can ask for it.
 *
 * @param address where the link will be mailed
 * @returns whether it was added. A user with three of them gets none, nor does a user who has another address by now
 */
export async function addForgottenLink(
  db: Database,
  { address, ...link }: Omit<NewLink, 'kind' | 'isMailed'> & { address: string },
): Promise<boolean> {
  const mayHaveAnother = sql`
    active and email_confirmed and email = ${address} and (
      select count(*) from ${passwordLinks} where user_id = ${link.userId} and kind = 'forgotten'
        and (created_at > now() - interval '1 hour' or (ended_at is null and expires_at > now()))
    ) < ${MOST_FORGOTTEN_LINKS}::integer`;
  const [, { rowCount }] = await db.batch([
    lockUser(db, link.userId),
    insertLink(db, { ...link, kind: 'forgotten', isMailed: true }, mayHaveAnother),
  ]);
  return rowCount > 0;
}

/** Forgets a link that nobody has got, so that it does not count. */
export async function deleteLink(db: Database, tokenDigest: string): Promise<void> {
  await db.delete(passwordLinks).where(eq(passwordLinks.tokenDigest, tokenDigest));
}

/** A link as it is stored, and its user. */
export interface StoredLink {
  userId: string;
  userName: string;
  email: string | null;
  active: boolean;
  isEnded: boolean;
  isExpired: boolean;
}

/** Reads a link, good or not. `undefined` where there is none. @throws what `databaseFailure` reads */
export async function readLink(db: Database, tokenDigest: string): Promise<StoredLink | undefined> {
  const [link] = await db
    .select({
      userId: users.id,
      userName: users.userName,
      email: users.email,
      active: users.active,
      isEnded: sql<boolean>`${passwordLinks.endedAt} is not null`,
      isExpired: sql<boolean>`${passwordLinks.expiresAt} <= now()`,
    })
    .from(passwordLinks)
    .innerJoin(users, eq(users.id, passwordLinks.userId))
    .where(eq(passwordLinks.tokenDigest, tokenDigest));
  return link;
}

/**
 * Uses a link: stores the password, confirms the address that the link was mailed to, and ends a lock of the name, because
 * the owner of a link does not guess. The trigger of `users` ends the other links.
 *
 * One statement does it all. So of two uses at a time, the second finds the link used.
 *
 * @returns the confirmed address of the user, or `null` without one. `undefined` where the link is not good any more
 */
export async function takeLink(
  db: Database,
  { tokenDigest, passwordHash }: { tokenDigest: string; passwordHash: string },
): Promise<{ address: string | null } | undefined> {
  const { rows } = await db.execute<{ address: string | null }>(sql`
    with owner as (
      select ${users.id} from ${passwordLinks} join ${users} on ${users.id} = user_id
      where token_digest = ${tokenDigest} and active for update of users
    ),
    taken as (
      update ${passwordLinks} set ended_at = now() from owner
      where token_digest = ${tokenDigest} and user_id = owner.id
        and ended_at is null and expires_at > now()
      returning user_id, is_mailed
    ),
    stored as (
      update ${users} set password_hash = ${passwordHash}, foreign_layer_id = null,
        password_set_at = now(), updated_at = now(),
        email_confirmed = email_confirmed or (is_mailed and email is not null)
      from taken where ${users.id} = user_id
      returning normalized_user_name, case when email_confirmed then email end as address
    ),
    unlocked as (${unlockOf(sql`(select normalized_user_name from stored)`)})
    select address from stored`);
  return rows[0];
}

/** How long a link stays after its end. Its row tells the log why it is refused, and counts for an hour. */
const DAYS_AFTER_END = 7;

/** Forgets the links that ended long ago. @returns how many */
export async function pruneLinks(db: Database): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from ${passwordLinks}
    where least(ended_at, expires_at) < now() - make_interval(days => ${DAYS_AFTER_END}::integer)`);
  return rowCount;
}
