/**
 * `POST /api/Auth`: exchanges a user name, a password and a captcha token for a signed token.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { answerLogin, type LoginReason } from '../answers.ts';
import type { AppEnv } from '../app-env.ts';
import { beginAttempt, failAttempt, logLock, takeHashSlot, verifyAttempt } from '../attempt.ts';
import { type ClientAddress, readClientAddress } from '../http/client-address.ts';
import { checkAddressLimit, checkNameLimit } from '../limits.ts';
import { type LoginDetails, log } from '../log.ts';
import type { HashSlot } from '../password/hash-slots.ts';
import { issueToken } from '../token/issue-token.ts';
import { verifyCaptcha } from '../turnstile/verify-captcha.ts';
import { isPossibleUserName, normalizeUserName } from '../user-name.ts';
import { type LoginRequest, readLoginRequest } from './login-request.ts';
import { settleLogin } from './settle-login.ts';

/** The answer to a login that succeeded. */
export const LoginAnswer = v.object({ token: v.string() });
type LoginAnswer = v.InferOutput<typeof LoginAnswer>;

/** How a login ended. A success has details for the log too. */
type LoginOutcome = Result<LoginAnswer, LoginReason, LoginDetails> & {
  details?: LoginDetails | undefined;
  /** The attempt failed, and it was the last one that the lockout allows. */
  locksName?: boolean;
};

const SENTENCES = {
  malformed: 'Send a JSON object with strings for UserName, Password, CaptchaToken.',
  unavailable: 'Logins cannot be decided at the moment.',
};

/** Logs precisely why a login ended as it did, and answers as little as possible. */
export async function login(context: Context<AppEnv>): Promise<Response> {
  const client = readClientAddress(context.req.raw.headers);
  const address = client?.address;
  const outcome = await readAndDecide(context, client);
  const { details } = outcome;
  if (outcome.ok) {
    log({ event: 'login', status: 200, reason: 'success', address, ...details });
    return context.json(outcome.value);
  }
  const { reason } = outcome;
  const answer = answerLogin(reason, SENTENCES);
  log({ event: 'login', status: answer.status, reason, address, ...details });
  const { userId, userName } = details ?? {};
  logLock(outcome, { address, userId, userName }, context.get('settings'));
  return answer;
}

/**
 * A flood is turned away first. The body comes before the captcha, because a malformed body must not spend the captcha
 * token, which is good only once. A login that finds no hash slot must not spend the token either.
 */
async function readAndDecide(
  context: Context<AppEnv>,
  client: ClientAddress | undefined,
): Promise<LoginOutcome> {
  const settings = context.get('settings');
  const withinLimit = await checkAddressLimit(client, settings);
  if (!withinLimit.ok) return withinLimit;
  const request = await readLoginRequest(context.req.raw);
  if (!request.ok) return request;

  const normalizedUserName = normalizeUserName(request.value.userName ?? '');
  const slot = takeHashSlot(normalizedUserName, settings, 1);
  if (!slot.ok) return slot;
  try {
    return await decide(context, request.value, { normalizedUserName, slot: slot.value });
  } finally {
    slot.value.release();
  }
}

/**
 * The order is the security: first the captcha, then the statement that counts the attempt, then the password. A caller
 * without a captcha costs no query, and an attempt that was not counted costs no hash.
 */
async function decide(
  context: Context<AppEnv>,
  { captchaToken, userName, password }: LoginRequest,
  { normalizedUserName, slot }: { normalizedUserName: string; slot: HashSlot },
): Promise<LoginOutcome> {
  const settings = context.get('settings');

  const [captcha, captchaMs] = await timed(verifyCaptcha(captchaToken, settings.turnstile));
  if (!captcha.ok) return fail(captcha.reason, { captchaMs, ...captcha.details });

  if (userName === undefined || password === undefined) {
    return fail('credentials_missing', { captchaMs });
  }
  if (!isPossibleUserName(userName)) return fail('impossible_user_name', { captchaMs });
  const withinLimit = await checkNameLimit(normalizedUserName, settings);
  if (!withinLimit.ok) return fail(withinLimit.reason, { captchaMs });

  const [begun, sqlMs] = await timed(beginAttempt(normalizedUserName, settings));
  if (!begun.ok) return fail(begun.reason, { captchaMs, sqlMs, ...begun.details });
  const attempt = begun.value;
  const { account, key } = attempt;

  // Every counted attempt hashes the password, even if the user is already known to be missing or inactive.
  const [match, hashMs] = await timed(verifyAttempt(attempt, password, { slot, settings }));
  const details = { captchaMs, sqlMs, ...attempt.details, hashMs };
  if (account === null) return failAttempt(attempt, 'unknown_user', details);
  if (!match.ok && match.reason === 'long_hash_given_up') return fail(match.reason, details);
  if (!match.ok) return failAttempt(attempt, match.reason, details);
  if (!account.active) return failAttempt(attempt, 'inactive', details);

  const token = await issueToken(account, settings);
  if (!token.ok) return failAttempt(attempt, token.reason, details);

  const login = { key, userId: account.id, password, match: match.value };
  context.executionCtx.waitUntil(settleLogin(login, settings));
  return { ...succeed({ token: token.value }), details };
}

/**
 * Waits for a stage, and returns its result and its time in whole milliseconds. In production the clock stands still without
 * I/O, so the time of a hash is a little too short.
 */
async function timed<T>(stage: Promise<T>): Promise<[T, number]> {
  const start = Date.now();
  const result = await stage;
  return [result, Date.now() - start];
}
