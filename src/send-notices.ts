/**
 * Sends the mails that the command line has put into the queue. The command line has no binding to send mail with.
 *
 * @module
 */
import type { Failure } from '#portero/internal/result.ts';
import { askDatabase, readDatabase } from './db/connection.ts';
import type { DatabaseDetails, DatabaseReason } from './db/failure.ts';
import { deleteNotices, type QueuedNotice, readNotices } from './db/notices.ts';
import { deliverMail } from './deliver-mail.ts';
import { log } from './log.ts';
import type { Language } from './mail/language.ts';
import type { MailSettings } from './mail/send-mail.ts';
import type { Settings } from './settings.ts';

/** The runtime ends a cron trigger after 15 minutes, and the pruning comes after the mails. */
const TIME_MS = 10 * 60_000;

/**
 * Sends the notices, page by page. A notice that was refused stays for the next run. After a crash, a notice may be sent
 * twice: that is better than not at all.
 */
export async function sendNotices({ mail, database }: Settings): Promise<void> {
  if (mail === undefined) return;
  const giveUpAt = Date.now() + TIME_MS;
  for (let afterId = 0; Date.now() < giveUpAt; ) {
    const page = await readDatabase(database, (db) => readNotices(db, afterId));
    if (!page.ok) return logFailure(page);
    const last = page.value.at(-1);
    if (last === undefined) return;
    afterId = last.id;
    const done: number[] = [];
    for (const notice of page.value) {
      if (await isDone(notice, mail)) done.push(notice.id);
    }
    const deleted = await askDatabase(database, (db) => deleteNotices(db, done));
    if (!deleted.ok) return logFailure(deleted);
  }
}

/** No request tells the language of the user, so the mail has both. @returns whether it was sent, or may have been */
async function isDone(
  { userId, address, kind, userName, newName, at }: QueuedNotice,
  settings: MailSettings,
): Promise<boolean> {
  const content = { kind, userName, newName, at };
  const delivery = { userId, address, content, languages: ['en', 'es'] satisfies Language[] };
  const sent = await deliverMail(delivery, settings);
  return sent.ok || sent.reason === 'mail_timeout';
}

function logFailure({ reason, details }: Failure<DatabaseReason, DatabaseDetails>): void {
  log({ event: 'notices_not_sent', fault: reason, ...details });
}
