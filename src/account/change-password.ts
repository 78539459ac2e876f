/**
 * `POST /api/Users/me/password`: a new password for the caller, who has to send the current one too.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import type { MemberError } from '#portero/internal/problem.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { AppEnv } from '../app-env.ts';
import { beginAttempt, failAttempt, logLock, takeHashSlot, verifyAttempt } from '../attempt.ts';
import { askDatabase, readDatabase } from '../db/connection.ts';
import { withdrawAttempt } from '../db/lockout.ts';
import { readPasswordHash, replacePassword } from '../db/stored-passwords.ts';
import { type ClientAddress, readClientAddress } from '../http/client-address.ts';
import { readMembers } from '../http/json-body.ts';
import { memberErrors } from '../http/member-errors.ts';
import { checkAddressLimit, checkNameLimit } from '../limits.ts';
import { log } from '../log.ts';
import { SPELLINGS } from '../members.ts';
import { hashQueue } from '../password/hash-queue.ts';
import type { HashSlot } from '../password/hash-slots.ts';
import { hashPassword } from '../password/password.ts';
import type { Settings } from '../settings.ts';
import { normalizeUserName } from '../user-name.ts';
import { answerPasswordChange, type PasswordChangeReason } from './answers.ts';
import { readNewPassword, refuseNewPassword } from './new-password.ts';
import { sendPasswordNotice } from './password-notice.ts';

const member = v.pipe(v.string('is not a string'), v.minLength(1, 'is missing'));

/** The body. */
export const PasswordChange = v.object(
  { currentPassword: member, newPassword: member },
  'is missing',
);
type PasswordChange = v.InferOutput<typeof PasswordChange>;

const { currentPassword, newPassword } = SPELLINGS;

const SENTENCES = {
  malformed: 'Send a JSON object with strings for currentPassword, newPassword.',
  unavailable: 'Passwords cannot be changed at the moment.',
};

interface ChangeDetails {
  /** What is wrong with the members of the body. */
  errors?: MemberError[];
  sqlState?: string;
}

/** A success has the address that is told about it. */
type ChangeOutcome = Result<{ address: string | null }, PasswordChangeReason, ChangeDetails> & {
  /** The attempt failed, and it was the last one that the lockout allows. */
  locksName?: boolean;
};

/** Changes the password, or says why not. The caller has a valid token, so the answer may say why. */
export async function changePassword(context: Context<AppEnv>): Promise<Response> {
  const client = readClientAddress(context.req.raw.headers);
  const address = client?.address;
  const { sub: userId, name: userName } = context.get('caller');
  const outcome = await readAndChange(context, client);
  if (outcome.ok) {
    log({ event: 'password_change', status: 204, reason: 'success', userId, address });
    sendPasswordNotice(context, { userId, userName, address: outcome.value.address });
    return new Response(null, { status: 204 });
  }
  const { reason, details: { errors, sqlState } = {} } = outcome;
  const answer = answerPasswordChange(reason, SENTENCES, errors);
  log({ event: 'password_change', status: answer.status, reason, userId, address, sqlState });
  logLock(outcome, { address, userId, userName }, context.get('settings'));
  return answer;
}

async function readAndChange(
  context: Context<AppEnv>,
  client: ClientAddress | undefined,
): Promise<ChangeOutcome> {
  const settings = context.get('settings');
  const caller = context.get('caller');
  const withinAddressLimit = await checkAddressLimit(client, settings);
  if (!withinAddressLimit.ok) return withinAddressLimit;

  const members = await readMembers(context.req.raw, { currentPassword, newPassword });
  if (!members.ok) return members;
  const request = v.safeParse(PasswordChange, members.value);
  if (!request.success) {
    return fail('member_of_wrong_type', { errors: memberErrors(request.issues) });
  }
  const allowed = checkPolicy(request.output, caller.name);
  if (!allowed.ok) return allowed;

  const normalizedUserName = normalizeUserName(caller.name);
  const withinNameLimit = await checkNameLimit(normalizedUserName, settings);
  if (!withinNameLimit.ok) return withinNameLimit;
  const slot = takeHashSlot(normalizedUserName, settings, 2);
  if (!slot.ok) return slot;
  try {
    const user = { userId: caller.sub, normalizedUserName };
    return await change(request.output, user, { slot: slot.value, settings });
  } finally {
    slot.value.release();
  }
}

function checkPolicy({ currentPassword, newPassword }: PasswordChange, userName: string) {
  return newPassword === currentPassword
    ? refuseNewPassword('is the current password')
    : readNewPassword(newPassword, [userName]);
}

/** A wrong current password counts towards the lockout, as a wrong password at a login does. */
async function change(
  { currentPassword, newPassword }: PasswordChange,
  { userId, normalizedUserName }: { userId: string; normalizedUserName: string },
  { slot, settings }: { slot: HashSlot; settings: Settings },
): Promise<ChangeOutcome> {
  const { database } = settings;
  const begun = await beginAttempt(normalizedUserName, settings);
  if (!begun.ok) return begun;
  const attempt = begun.value;
  const { account, key } = attempt;
  /** Nobody has looked at the current password. */
  async function withdraw(failure: ChangeOutcome): Promise<ChangeOutcome> {
    const withdrawn = await askDatabase(database, (db) => withdrawAttempt(db, key));
    return withdrawn.ok ? failure : withdrawn;
  }
  // Another user may have the name by now. An old token must not lock that user out.
  if (account?.id !== userId || !account.active) return withdraw(fail('user_changed'));
  // The token does not tell the address, so only now it can be compared.
  const allowed = readNewPassword(newPassword, account.email === null ? [] : [account.email]);
  if (!allowed.ok) return withdraw(allowed);

  let { passwordHash } = account;
  for (let round = 0; round < 2; round++) {
    const current = { ...attempt, account: { ...account, passwordHash } };
    const match = await verifyAttempt(current, currentPassword, { slot, settings });
    if (!match.ok && match.reason === 'long_hash_given_up') return match;
    if (!match.ok) return failAttempt(attempt, match.reason, {});
    const fresh = await hashQueue.run((takeTurn) => hashPassword(newPassword, takeTurn));
    const replacement = { userId, current: match.value.hash, fresh };
    const replaced = await askDatabase(database, (db) => replacePassword(db, key, replacement));
    // Whether the attempt was taken out of the count is not known, so no lock is logged.
    if (!replaced.ok) return replaced;
    if (replaced.value !== undefined) return succeed(replaced.value);
    // Another request has replaced the hash: another change, or a login that stored today's hash. Try once more with it.
    const stored = await readDatabase(database, (db) => readPasswordHash(db, userId));
    if (!stored.ok) return stored;
    passwordHash = stored.value;
  }
  // Two other requests were faster: the current password is very probably another one now.
  return failAttempt(attempt, 'wrong_password', {});
}
