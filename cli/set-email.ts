/**
 * `users set-email`: another e-mail address for a user.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import { insertNotice } from '../src/db/notices.ts';
import { users } from '../src/db/schema.ts';
import { audit } from './audit.ts';
import { readNewEmail } from './names.ts';
import { printLine } from './print.ts';
import { deletedMeanwhile, withUser } from './with-user.ts';

/**
 * Sets the address. It counts as confirmed, because an operator knows the user. The old address is told, so that nobody takes
 * a user over in silence.
 */
export async function setEmail(text: string, address: string): Promise<void> {
  const email = readNewEmail(address);
  await withUser(text, async (db, { id: userId, userName, email: oldEmail }, target) => {
    const set = sql`
      update ${users} set email = ${email}, email_confirmed = true, updated_at = now()
      where id = ${userId}`;
    const isSameMailbox = email.toLowerCase() === oldEmail?.toLowerCase();
    const notice = insertNotice(userId, 'address_changed', sql`${!isSameMailbox}::boolean`);
    const [, { rowCount }] = await db.batch([db.execute(notice), db.execute(set)]);
    if (rowCount === 0) throw deletedMeanwhile(userName);
    audit({ event: 'email_set', userId, userName });
    printLine(`The address of ${userName} in ${target.name} is ${email}, and confirmed.`);
  });
}
