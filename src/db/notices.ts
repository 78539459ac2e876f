/**
 * Mails that wait for the cron trigger: see `notices` in `schema.ts`.
 *
 * @module
 */
import { eq, gt, inArray, type SQL, sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { type NOTICE_KINDS, notices, users } from './schema.ts';

export type NoticeKind = (typeof NOTICE_KINDS)[number];

/**
 * The statement that puts a notice into the queue, for a user with a confirmed address. Put it before the change, in the
 * same batch: it keeps the old name and the old address.
 *
 * @param condition on the row of the user
 */
export function insertNotice(userId: string, kind: NoticeKind, condition: SQL = sql`true`): SQL {
  return sql`
    insert into ${notices} (user_id, kind, user_name, address)
    select id, ${kind}, user_name, email from ${users}
    where id = ${userId} and email_confirmed and email is not null and ${condition}`;
}

/** A notice, and what the user is called now. */
export interface QueuedNotice {
  id: number;
  userId: string;
  kind: NoticeKind;
  userName: string;
  newName: string;
  address: string;
  at: Date;
}

/** After a crash, no more mails than these are sent twice. */
const PAGE_SIZE = 20;

/** Reads a page of notices, the oldest first. @param afterId of the last notice of the page before */
export async function readNotices(db: Database, afterId: number): Promise<QueuedNotice[]> {
  return db
    .select({
      id: notices.id,
      userId: notices.userId,
      kind: notices.kind,
      userName: notices.userName,
      newName: users.userName,
      address: notices.address,
      at: notices.createdAt,
    })
    .from(notices)
    .innerJoin(users, eq(users.id, notices.userId))
    .where(gt(notices.id, afterId))
    .orderBy(notices.id)
    .limit(PAGE_SIZE);
}

export async function deleteNotices(db: Database, ids: number[]): Promise<void> {
  if (ids.length > 0) await db.delete(notices).where(inArray(notices.id, ids));
}

/** After so many days a notice is no news. It waits for so long where mail fails or is not set up. */
const NEWS_DAYS = 3;

/** Forgets the notices that are no news any more. @returns how many */
export async function pruneNotices(db: Database): Promise<number> {
  const { rowCount } = await db.execute(sql`
    delete from ${notices} where created_at < now() - make_interval(days => ${NEWS_DAYS}::integer)`);
  return rowCount;
}
