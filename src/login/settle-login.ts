/**
 * What happens after the answer of a login that succeeded. The user does not wait for it, and a failure here does not
 * undo the login.
 *
 * @module
 */
import { askDatabase } from '../db/connection.ts';
import { type AttemptKey, recordLogin } from '../db/lockout.ts';
import { replaceHash } from '../db/stored-passwords.ts';
import { log } from '../log.ts';
import { hashQueue } from '../password/hash-queue.ts';
import { hashPassword, type PasswordMatch } from '../password/password.ts';
import type { Settings } from '../settings.ts';

/** A login that succeeded. */
export interface SuccessfulLogin {
  key: AttemptKey;
  userId: string;
  password: string;
  match: PasswordMatch;
}

/** Takes the attempt out of the count, and then gives the user today's hash where the stored one is outdated. */
export async function settleLogin(login: SuccessfulLogin, settings: Settings): Promise<void> {
  await recordSuccess(login, settings);
  if (login.match.isOutdated) await rehash(login, settings);
}

/** Where it fails, the attempt stays counted as a failure. */
async function recordSuccess(
  { key, userId }: SuccessfulLogin,
  { database }: Settings,
): Promise<void> {
  const recorded = await askDatabase(database, (db) => recordLogin(db, key, userId));
  if (recorded.ok) return;
  log({ event: 'success_not_recorded', userId, fault: recorded.reason, ...recorded.details });
}

/** Stores today's hash of the password, behind all logins. Where that is not possible now, the next login does it. */
async function rehash(
  { key, userId, password, match }: SuccessfulLogin,
  { database }: Settings,
): Promise<void> {
  const name = key.normalizedUserName;
  const fresh = await hashQueue.runBehindLogins('rehash', name, (takeTurn) =>
    hashPassword(password, takeTurn),
  );
  if (!fresh.ok) return log({ event: 'password_not_rehashed', userId, fault: fresh.reason });
  const replaced = await askDatabase(database, (db) =>
    replaceHash(db, { userId, current: match.hash, fresh: fresh.value }),
  );
  if (!replaced.ok) {
    const { reason: fault, details } = replaced;
    log({ event: 'password_not_rehashed', userId, fault, ...details });
  } else if (replaced.value) log({ event: 'password_rehashed', userId });
}
