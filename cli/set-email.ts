/**
 * `users set-email`: another e-mail address for a user.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import { insertNotice } from '../src/db/notices.ts';
import { lockUser } from '../src/db/password-links.ts';
import { users } from '../src/db/schema.ts';
import { audit } from './audit.ts';
import { countOpenLinks, tellEndedLinks } from './links.ts';
import { readNewEmail } from './names.ts';
import { printLine } from './print.ts';
import { deletedMeanwhile, withUser } from './with-user.ts';

/**
 * Sets the address. It counts as confirmed, because an operator knows the user. The old address is told, so that nobody takes
 * a user over in silence.
 */
export async function setEmail(text: string, address: string): Promise<void> {
  const email = readNewEmail(address);
  await withUser(text, async (db, { id: userId, userName }, target) => {
    const isOtherMailbox = sql`lower(email) <> lower(${email})`;
    const [, links, , { rowCount }] = await db.batch([
      lockUser(db, userId),
      countOpenLinks(db, userId, sql`email is distinct from ${email}`),
      db.execute(insertNotice(userId, 'address_changed', isOtherMailbox)),
      db.execute(sql`
        update ${users} set email = ${email}, email_confirmed = true, updated_at = now()
        where id = ${userId}`),
    ]);
    if (rowCount === 0) throw deletedMeanwhile(userName);
    audit({ event: 'email_set', userId, userName });
    printLine(`The address of ${userName} in ${target.name} is ${email}, and confirmed.`);
    tellEndedLinks(userName, links.rows[0]?.count ?? 0);
  });
}
