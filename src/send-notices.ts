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

/**
 * A notice that was not sent stays in the queue for the next run. After a crash, a notice may be sent twice: that is better
 * than not at all.
 */
export async function sendNotices({ mail, database }: Settings): Promise<void> {
  if (mail === undefined) return;
  const queued = await readDatabase(database, readNotices);
  if (!queued.ok) return logFailure(queued);
  const sent: number[] = [];
  for (const notice of queued.value) {
    if (await send(notice, mail)) sent.push(notice.id);
  }
  const deleted = await askDatabase(database, (db) => deleteNotices(db, sent));
  if (!deleted.ok) logFailure(deleted);
}

/** No request tells the language of the user, so the mail has both. */
async function send(
  { userId, address, kind, userName, newName, at }: QueuedNotice,
  settings: MailSettings,
): Promise<boolean> {
  const content = { kind, userName, newName, at };
  const delivery = { userId, address, content, languages: ['en', 'es'] satisfies Language[] };
  return (await deliverMail(delivery, settings)).ok;
}

function logFailure({ reason, details }: Failure<DatabaseReason, DatabaseDetails>): void {
  log({ event: 'notices_not_sent', fault: reason, ...details });
}
