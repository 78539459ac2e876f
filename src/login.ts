/**
 * `POST /api/Auth`: a user name, a password and a captcha token for a signed token.
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
  type LoginAccount,
  type LoginAttempt,
  recordSuccess,
  replaceHash,
} from './db/login-statement.ts';
import { hashCapacity } from './hash-capacity.ts';
import { type LoginDetails, log } from './log.ts';
import { type LoginRequest, readLoginRequest } from './login-request.ts';
import { hashPassword, verifyPassword } from './password/password.ts';
import { digestOf, exceedsLimit } from './rate-limit.ts';
import { answerTo, type Refusal, toResponse } from './refusal.ts';
import type { Settings } from './settings.ts';
import { buildClaims } from './token/claims.ts';
import { MAX_TOKEN_LENGTH, signToken } from './token/sign.ts';
import { verifyCaptcha } from './turnstile.ts';
import { isPossibleUserName, normalizeUserName } from './user-name.ts';

/** The answer of a login that succeeded. */
export const LoginAnswer = v.object({ token: v.string() });
type LoginAnswer = v.InferOutput<typeof LoginAnswer>;

/** Logs precisely why a login ended as it did, and answers as little as the contract allows. */
export async function login(context: Context<AppEnv>): Promise<Response> {
  const details: LoginDetails = {};
  const outcome = await authenticate(context, details);
  if (typeof outcome !== 'string') {
    log({ event: 'login', status: 200, reason: 'success', ...details });
    return context.json(outcome);
  }
  const answer = answerTo(outcome);
  log({ event: 'login', status: answer.status, reason: outcome, ...details });
  const { failures, minutes } = context.get('settings').lockout;
  // The last attempt that may be wrong has reached the hash, and was. One before it may yet be right.
  if (details.attempts === failures && details.hashMs !== undefined) {
    const { address, userId, userName } = details;
    log({ event: 'name_locked', minutes, address, userId, userName });
  }
  return toResponse(answer, SENTENCES);
}

const SENTENCES = {
  malformed: 'Send a JSON object with strings for UserName, Password, CaptchaToken.',
  unavailable: 'Logins cannot be decided at the moment.',
};

/**
 * The order is fixed: the body first, because a malformed one must not burn the one-time captcha
 * token; then the captcha; then the credentials. A flood is turned away before any of them, and what
 * there is no room for before the captcha.
 *
 * @param details noted for the log as the login proceeds
 */
async function authenticate(
  context: Context<AppEnv>,
  details: LoginDetails,
): Promise<LoginAnswer | Refusal> {
  const { rateLimits, hashCapacity: capacity, lockout } = context.get('settings');

  const client = readClientAddress(context.req.raw.headers);
  details.address = client?.address;
  if (await exceedsLimit(rateLimits, 'address', client?.network)) return 'address_limit_exceeded';

  const request = await readLoginRequest(context.req.raw);
  if (typeof request === 'string') return request;

  const name = normalizeUserName(request.userName ?? '');
  const end = hashCapacity.takeOn(name, capacity, lockout.failures, Date.now());
  if (end === null) return 'isolate_busy';
  try {
    return await decide(context, request, name, details);
  } finally {
    end();
  }
}

/**
 * Before the captcha has passed, no query reaches the database and no password work is done; before
 * the attempt has been counted, no password work is done.
 */
async function decide(
  context: Context<AppEnv>,
  { captchaToken, userName, password }: LoginRequest,
  normalizedUserName: string,
  details: LoginDetails,
): Promise<LoginAnswer | Refusal> {
  const settings = context.get('settings');

  const verification = verifyCaptcha(captchaToken, settings.turnstile);
  const captcha = await timed(details, 'captchaMs', verification);
  if (!captcha.passed) {
    details.captchaErrors = captcha.errorCodes;
    return captcha.fault;
  }

  if (userName === undefined || password === undefined) return 'credentials_missing';
  if (!isPossibleUserName(userName)) return 'impossible_user_name';
  const nameKey = await digestOf(normalizedUserName);
  if (await exceedsLimit(settings.rateLimits, 'name', nameKey)) return 'name_limit_exceeded';

  const attempt = { normalizedUserName, attemptId: crypto.randomUUID() };
  const state = await timed(details, 'sqlMs', begin(attempt, settings));
  if ('fault' in state) {
    details.sqlState = state.sqlState;
    return state.fault;
  }
  const { status, attempts, account, shapes } = state;
  details.attempts = attempts;
  details.userId = account?.id;
  details.userName = account?.userName;
  if (status === 'undecided') return 'name_undecided';
  if (status === 'locked') return 'name_locked';

  // Every counted attempt derives a key, whatever is known of the name by now: see verifyPassword.
  const check = verifyPassword(password, account?.passwordHash ?? null, shapes);
  const verdict = await timed(details, 'hashMs', check);
  if (account === null) return 'unknown_user';
  if (verdict !== 'match' && verdict !== 'outdated_match') return verdict;
  if (!account.active) return 'inactive';

  const claims = buildClaims(account, settings.issuance, Date.now(), crypto.randomUUID());
  const token = await signToken(claims, settings.signingKey);
  if (token.length > MAX_TOKEN_LENGTH) return 'token_too_long';

  const recorded = succeed(attempt, account.id, settings);
  // Only then has this login made the room that its new hash takes.
  const isOutdated = verdict === 'outdated_match';
  context.executionCtx.waitUntil(
    isOutdated
      ? recorded.then(() => rehash(account, password, normalizedUserName, settings))
      : recorded,
  );
  return { token };
}

async function begin(attempt: LoginAttempt, { databaseUrl, lockout }: Settings) {
  try {
    return await beginLogin(connect(databaseUrl), attempt, lockout);
  } catch (error) {
    return databaseFault(error);
  }
}

/**
 * Runs after the answer: nobody waits for it, and a login is not undone where it fails. Its attempt
 * then stays counted as a failure.
 */
async function succeed(
  attempt: LoginAttempt,
  userId: string,
  { databaseUrl }: Settings,
): Promise<void> {
  try {
    await recordSuccess(connect(databaseUrl), attempt, userId);
  } catch (error) {
    log({ event: 'success_not_recorded', userId, ...databaseFault(error) });
  }
}

/**
 * Stores today's hash of a password whose hash another system has made. Runs after the answer; where
 * there is no room for another hash, or the database fails, the next login does it.
 */
async function rehash(
  { id: userId, passwordHash }: LoginAccount,
  password: string,
  name: string,
  { databaseUrl, hashCapacity: capacity, lockout }: Settings,
): Promise<void> {
  if (passwordHash === null) return;
  const end = hashCapacity.takeOn(name, capacity, lockout.failures, Date.now());
  if (end === null) return log({ event: 'password_not_rehashed', userId, fault: 'isolate_busy' });
  try {
    const fresh = await hashPassword(password);
    const isReplaced = await replaceHash(connect(databaseUrl), userId, passwordHash, fresh);
    if (isReplaced) log({ event: 'password_rehashed', userId });
  } catch (error) {
    log({ event: 'password_not_rehashed', userId, ...databaseFault(error) });
  } finally {
    end();
  }
}

/** Awaits a stage and notes how long it took. In production the clock moves only with I/O. */
async function timed<T>(
  details: LoginDetails,
  stage: 'captchaMs' | 'sqlMs' | 'hashMs',
  work: Promise<T>,
): Promise<T> {
  const start = Date.now();
  const result = await work;
  details[stage] = Date.now() - start;
  return result;
}
