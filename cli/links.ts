/**
 * One-time links, as the commands tell of them.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../src/db/connection.ts';
import { passwordLinks, users } from '../src/db/schema.ts';
import { printLine } from './print.ts';

/** @param sentence what the link is for */
export function printLink(link: string, sentence: string): void {
  printLine(sentence);
  printLine(link);
  printLine('Pass it on by a way that only this user reads: the link is as good as the password.');
}

/**
 * Counts the links that a change of the user will end. Put it before the change, in the same batch.
 *
 * @param condition on the row of the user: whether it is a change
 */
export const countOpenLinks = (db: Database, userId: string, condition: SQL = sql`true`) =>
  db.execute<{ count: number }>(sql`
    select count(*)::integer as count from ${passwordLinks} join ${users} on users.id = user_id
    where user_id = ${userId} and ended_at is null and expires_at > now() and ${condition}`);

/** Else an invited user would stand before a link that does not work, and nobody would know why. */
export function tellEndedLinks(userName: string, count: number): void {
  if (count === 0) return;
  printLine(
    `The open links of ${userName} have ended. To print a new one: users reset ${userName}`,
  );
}
