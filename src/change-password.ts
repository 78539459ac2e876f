/**
 * `POST /api/Users/me/password`: the caller's own new password, given the current one.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import type { AppEnv } from './app-env.ts';
import { readClientAddress } from './client-address.ts';
import { connect } from './db/connection.ts';
import { databaseFault } from './db/fault.ts';
import {
  beginLogin,
  type LoginAttempt,
  readPasswordHash,
  replacePassword,
  withdrawAttempt,
} from './db/login-statement.ts';
import { hashCapacity } from './hash-capacity.ts';
import { readMembers } from './json-body.ts';
import { log } from './log.ts';
import { COMMON_PASSWORDS } from './password/common-passwords.ts';
import { hashPassword, verifyPassword } from './password/password.ts';
import { DEFAULT_MIN_LENGTH, describePasswordFault, findPasswordFault } from './password/policy.ts';
import { later, type MemberError, problem } from './problem.ts';
import { memberErrors } from './query.ts';
import { digestOf, exceedsLimit } from './rate-limit.ts';
import { answerTo, type PasswordChangeReason, toResponse } from './refusal.ts';
import type { Settings } from './settings.ts';
import type { Claims } from './token/claims.ts';
import { normalizeUserName } from './user-name.ts';

const member = v.pipe(v.string('is not a string'), v.minLength(1, 'is missing'));

/** The body. */
export const PasswordChange = v.object(
  { currentPassword: member, newPassword: member },
  'is missing',
);
type PasswordChange = v.InferOutput<typeof PasswordChange>;

const MEMBER_NAMES = { currentPassword: /^currentPassword$/i, newPassword: /^newPassword$/i };

/** Why a password was not changed; with the members that are wrong where the caller can mend it. */
interface PasswordChangeRefusal {
  reason: PasswordChangeReason;
  errors?: MemberError[];
  /** PostgreSQL's SQLSTATE, where it answered with an error. */
  sqlState?: string;
  /** It was the last failure that the lockout allows. */
  locksName?: boolean;
}

/** Changes the password, or says why not: the caller has a valid token, and may know. */
export async function changePassword(context: Context<AppEnv>): Promise<Response> {
  const client = readClientAddress(context.req.raw.headers);
  const { sub: userId, name: userName } = context.get('caller');
  const refusal = await change(context, client?.network);
  const answer = refusal === null ? new Response(null, { status: 204 }) : refuse(refusal);
  const { status } = answer;
  const reason = refusal?.reason ?? 'success';
  const address = client?.address;
  const { sqlState } = refusal ?? {};
  log({ event: 'password_change', status, reason, userId, address, sqlState });
  if (refusal?.locksName) {
    const { minutes } = context.get('settings').lockout;
    log({ event: 'name_locked', minutes, address, userId, userName });
  }
  return answer;
}

async function change(
  context: Context<AppEnv>,
  network: string | undefined,
): Promise<PasswordChangeRefusal | null> {
  const settings = context.get('settings');
  const { rateLimits, lockout } = settings;
  if (await exceedsLimit(rateLimits, 'address', network)) {
    return { reason: 'address_limit_exceeded' };
  }

  const members = await readMembers(context.req.raw, MEMBER_NAMES);
  if (typeof members === 'string') return { reason: members };
  const request = v.safeParse(PasswordChange, members);
  if (!request.success) {
    return { reason: 'member_of_wrong_type', errors: memberErrors(request.issues) };
  }
  const caller = context.get('caller');
  const error = findFault(request.output, caller.name);
  if (error !== null) return { reason: 'new_password_refused', errors: [error] };

  const name = normalizeUserName(caller.name);
  if (await exceedsLimit(rateLimits, 'name', await digestOf(name))) {
    return { reason: 'name_limit_exceeded' };
  }
  const end = hashCapacity.takeOn(name, settings.hashCapacity, lockout.failures, Date.now());
  if (end === null) return { reason: 'isolate_busy' };
  try {
    return await replace(request.output, caller, name, settings);
  } catch (error) {
    const { fault, sqlState } = databaseFault(error);
    return { reason: fault, sqlState };
  } finally {
    end();
  }
}

function findFault(
  { currentPassword, newPassword }: PasswordChange,
  userName: string,
): MemberError | null {
  const member = 'newPassword';
  if (newPassword === currentPassword) return { member, detail: 'is the current password' };
  const policy = { minLength: DEFAULT_MIN_LENGTH, commonPasswords: COMMON_PASSWORDS };
  const fault = findPasswordFault(newPassword, [userName], policy);
  return fault && { member, detail: describePasswordFault(fault, policy) };
}

/** A wrong current password counts towards the lockout as a wrong login does. */
async function replace(
  { currentPassword, newPassword }: PasswordChange,
  { sub: userId }: Claims,
  normalizedUserName: string,
  { databaseUrl, lockout }: Settings,
): Promise<PasswordChangeRefusal | null> {
  const attempt: LoginAttempt = { normalizedUserName, attemptId: crypto.randomUUID() };
  const state = await beginLogin(connect(databaseUrl), attempt, lockout);
  const { status, attempts, account, shapes } = state;
  if (status === 'undecided') return { reason: 'name_undecided' };
  if (status === 'locked') return { reason: 'name_locked' };
  if (account?.id !== userId || !account.active) {
    // Somebody else may have the name by now, whom an old token must not lock out.
    await withdrawAttempt(connect(databaseUrl), attempt);
    return { reason: 'user_changed' };
  }

  let stored = account.passwordHash;
  for (let time = 0; time < 2; time++) {
    const verdict = await verifyPassword(currentPassword, stored, shapes);
    if (verdict !== 'match' && verdict !== 'outdated_match') {
      return { ...wrong(verdict), locksName: attempts === lockout.failures };
    }
    const fresh = await hashPassword(newPassword);
    const db = connect(databaseUrl);
    if (await replacePassword(db, attempt, userId, stored ?? '', fresh)) return null;
    // Another hash is stored by now: that of a new password, or a fresh one of the same after a login.
    stored = await readPasswordHash(connect(databaseUrl), userId);
  }
  return wrong('wrong_password');
}

function wrong(reason: PasswordChangeReason): PasswordChangeRefusal {
  return { reason, errors: [{ member: 'currentPassword', detail: 'is not the current password' }] };
}

function refuse({ reason, errors }: PasswordChangeRefusal): Response {
  if (errors !== undefined) return problem(400, 'The password is not changed.', undefined, errors);
  switch (reason) {
    case 'user_changed':
    case 'new_password_refused':
      return problem(403, 'This user cannot change a password.');
    case 'name_locked':
      // Who has a token may know of it.
      return later(429, 'Too many attempts.', LOCKED_RETRY_SECONDS);
    default:
      return toResponse(answerTo(reason), SENTENCES);
  }
}

const SENTENCES = {
  malformed: 'Send a JSON object with strings for currentPassword, newPassword.',
  unavailable: 'Passwords cannot be changed at the moment.',
};

/** When it may be worth trying again: locks last minutes. */
const LOCKED_RETRY_SECONDS = 60;
