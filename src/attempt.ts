/**
 * An attempt on a name: somebody claims to be a user and sends a password. The login makes one, and so does the change
 * of a password.
 *
 * The steps are separate functions, because their order is the security, and it must be visible in the handler:
 *
 * 1. `checkAddressLimit` (`limits.ts`) comes before everything else.
 * 2. {@link takeHashSlot} and `checkNameLimit` (`limits.ts`) come before the database. Where there is a captcha, the slot comes
 *    before the captcha, and the limit on the name after it.
 * 3. {@link beginAttempt} counts the attempt. It comes before the password is checked.
 * 4. {@link verifyAttempt} hashes the password, in the queue of the isolate.
 * 5. {@link failAttempt} ends an attempt that must not succeed. It stays counted, and {@link logLock} logs it if the name
 *    is now locked.
 * 6. `recordLogin` (`db/lockout.ts`) or `replacePassword` (`db/stored-passwords.ts`) takes a right attempt out of the
 *    count. `withdrawAttempt` (`db/lockout.ts`) takes out an attempt that was not on this
 *    user, or whose password nobody has looked at.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { askDatabase } from './db/connection.ts';
import type { DatabaseDetails, DatabaseReason } from './db/failure.ts';
import { type AttemptKey, type LockoutReason, withdrawAttempt } from './db/lockout.ts';
import { beginLogin, type LoginAccount } from './db/login-statement.ts';
import { log } from './log.ts';
import { blockIterations, type LayerShape } from './password/foreign-layer.ts';
import { hashQueue, type TakeTurn } from './password/hash-queue.ts';
import { type HashSlot, HashSlots } from './password/hash-slots.ts';
import {
  type PasswordMatch,
  type PasswordReason,
  unlistedShape,
  verifyPassword,
} from './password/password.ts';
import type { Settings } from './settings.ts';

/** An attempt that was counted. */
export interface Attempt {
  key: AttemptKey;
  /** The user of that name. `null` if there is none: the attempt goes on all the same. */
  account: LoginAccount | null;
  /** Every login derives one foreign layer of each of these shapes. */
  shapes: LayerShape[];
  /** Whether it is the last attempt that the lockout allows. If it fails, it locks the name. */
  isLast: boolean;
  details: AttemptDetails;
}

/** What the log says about an attempt. */
export interface AttemptDetails {
  /** How many attempts on the name count at the moment. This attempt is among them, if it was counted. */
  attempts: number;
  /** Absent for an unknown user. */
  userId: string | undefined;
  /** As it is stored, never as it was typed. Absent for an unknown user. */
  userName: string | undefined;
}

/** The slots of this isolate. */
const hashSlots = new HashSlots();

/**
 * Takes a slot for the hashes of an attempt. Release it when the attempt has ended.
 *
 * @param hashes how many the attempt needs: 1, or 2 for the change of a password
 */
export function takeHashSlot(
  normalizedUserName: string,
  { hashCapacity, lockout }: Settings,
  hashes: 1 | 2,
): Result<HashSlot, 'isolate_busy'> {
  const limits = { capacity: hashCapacity, failures: lockout.failures };
  return hashSlots.take({ name: normalizedUserName, hashes, since: Date.now() }, limits);
}

/** Counts an attempt and reads the user, in the one statement of a login. */
export async function beginAttempt(
  normalizedUserName: string,
  { database, lockout, addedClaims }: Settings,
): Promise<
  Result<Attempt, DatabaseReason | LockoutReason, Partial<AttemptDetails> & DatabaseDetails>
> {
  const key = { normalizedUserName, attemptId: crypto.randomUUID() };
  const listsAll = addedClaims.lists.length > 0;
  const state = await askDatabase(database, (db) => beginLogin(db, key, lockout, { listsAll }));
  if (!state.ok) return state;
  const { status, attempts, account, shapes } = state.value;
  hashSlots.expectLayers(shapes.reduce((sum, shape) => sum + blockIterations(shape), 0));
  const details = { attempts, userId: account?.id, userName: account?.userName };
  if (status === 'undecided') return fail('name_undecided', details);
  if (status === 'locked') return fail('name_locked', details);
  return succeed({ key, account, shapes, isLast: attempts === lockout.failures, details });
}

/**
 * Verifies the password of an attempt. The same keys are derived whether there is such a user or not: see
 * `verifyPassword`. All of them wait in the same lane, and cost the same there.
 *
 * A hash with a longer layer waits a second time, without its slot, behind all others. So neither their wait nor their slots
 * tell that its user exists. If too many of them wait, or if it waits for too long, the password is not verified, and the
 * attempt is taken out of the count.
 */
export async function verifyAttempt(
  { key, account, shapes }: Attempt,
  password: string,
  { slot, settings }: { slot: HashSlot; settings: Settings },
): Promise<Result<PasswordMatch, PasswordReason | 'long_hash_given_up'>> {
  const stored = account?.passwordHash ?? null;
  const verify = (shapes: LayerShape[]) => (takeTurn: TakeTurn) =>
    verifyPassword(password, stored, { shapes, takeTurn });
  const match = await hashQueue.run(verify(shapes));
  const ownShape = stored === null ? undefined : unlistedShape(stored, shapes);
  if (ownShape === undefined) return match;

  slot.release();
  const name = key.normalizedUserName;
  const longMatch = await hashQueue.runBehindLogins('long', name, verify([ownShape]));
  if (longMatch.ok) return longMatch.value;
  await askDatabase(settings.database, (db) => withdrawAttempt(db, key));
  return fail('long_hash_given_up');
}

/** Ends an attempt that was wrong, or that must not succeed although its password was right. It stays counted. */
export function failAttempt<Reason extends string, Details extends object>(
  { isLast }: Attempt,
  reason: Reason,
  details: Details,
) {
  return { ...fail(reason, details), locksName: isLast };
}

/** Logs a lock if the attempt was the last one that the lockout allows. */
export function logLock(
  { locksName = false }: { locksName?: boolean },
  who: { address: string | undefined; userId: string | undefined; userName: string | undefined },
  { lockout }: Settings,
): void {
  if (locksName) log({ event: 'name_locked', minutes: lockout.minutes, ...who });
}
