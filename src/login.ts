/**
 * `POST /api/Auth`: a user name, a password and a captcha token for a signed token.
 *
 * @module
 */
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';
import { connect } from './db/connection.ts';
import { databaseFault } from './db/fault.ts';
import { findLoginAccount, recordLastLogin } from './db/login-statement.ts';
import { type LoginDetails, log } from './log.ts';
import { MAX_BODY_BYTES, readLoginRequest } from './login-request.ts';
import { verifyPassword } from './password/password.ts';
import { problem, unauthorized } from './problem.ts';
import { type Refusal, statusOf } from './refusal.ts';
import { buildClaims } from './token/claims.ts';
import { MAX_TOKEN_LENGTH, signToken } from './token/sign.ts';
import { verifyCaptcha } from './turnstile.ts';
import { isPossibleUserName, normalizeUserName } from './user-name.ts';

/** By when a dependency that failed may have come back: a restart, or Neon's cold start. */
const RETRY_AFTER_SECONDS = 5;

/** Logs precisely why a login ended as it did, and answers as little as the contract allows. */
export async function login(context: Context<AppEnv>): Promise<Response> {
  const details: LoginDetails = {};
  const outcome = await authenticate(context, details);
  if (typeof outcome !== 'string') {
    log({ event: 'login', status: 200, reason: 'success', ...details });
    return context.json(outcome);
  }
  const status = statusOf(outcome);
  log({ event: 'login', status, reason: outcome, ...details });
  switch (status) {
    case 400:
      return problem(400, 'Send a JSON object with strings for UserName, Password, CaptchaToken.');
    case 401:
      return unauthorized();
    case 413:
      return problem(413, `The body may have ${MAX_BODY_BYTES} bytes at most.`);
    case 415:
      return problem(415, 'Send the body as application/json.');
    case 503:
      return problem(503, 'Logins cannot be decided at the moment.', {
        'Retry-After': String(RETRY_AFTER_SECONDS),
      });
  }
}

/**
 * The order is fixed: the body first, because a malformed one must not burn the one-time captcha
 * token; then the captcha; then the credentials. Before the captcha has passed, no query reaches the
 * database and no password work is done.
 *
 * @param details noted for the log as the login proceeds
 */
async function authenticate(
  context: Context<AppEnv>,
  details: LoginDetails,
): Promise<{ token: string } | Refusal> {
  const { databaseUrl, turnstile, issuance, signingKey } = context.get('settings');

  const request = await readLoginRequest(context.req.raw);
  if (typeof request === 'string') return request;
  const { captchaToken, userName, password } = request;

  const captcha = await timed(details, 'captchaMs', verifyCaptcha(captchaToken, turnstile));
  if (!captcha.passed) {
    details.captchaErrors = captcha.errorCodes;
    return captcha.fault;
  }

  if (userName === undefined || password === undefined) return 'credentials_missing';
  if (!isPossibleUserName(userName)) return 'impossible_user_name';

  const lookup = findAccount(databaseUrl, normalizeUserName(userName));
  const found = await timed(details, 'sqlMs', lookup);
  if ('fault' in found) {
    details.sqlState = found.sqlState;
    return found.fault;
  }
  const { account } = found;
  details.userId = account?.id;
  details.userName = account?.userName;

  // Every attempt derives a key, whatever is known of the name by now: see verifyPassword.
  const verification = verifyPassword(password, account?.passwordHash ?? null);
  const verdict = await timed(details, 'hashMs', verification);
  if (account === null) return 'unknown_user';
  if (verdict !== 'match') return verdict;
  if (!account.active) return 'inactive';

  const claims = buildClaims(account, issuance, Date.now(), crypto.randomUUID());
  const token = await signToken(claims, signingKey);
  if (token.length > MAX_TOKEN_LENGTH) return 'token_too_long';

  context.executionCtx.waitUntil(recordSuccess(databaseUrl, account.id));
  return { token };
}

async function findAccount(databaseUrl: string, normalizedUserName: string) {
  try {
    return { account: await findLoginAccount(connect(databaseUrl), normalizedUserName) };
  } catch (error) {
    return databaseFault(error);
  }
}

/** Runs after the answer: nobody waits for it, and a login is not undone where it fails. */
async function recordSuccess(databaseUrl: string, userId: string): Promise<void> {
  try {
    await recordLastLogin(connect(databaseUrl), userId);
  } catch (error) {
    log({ event: 'last_login_not_recorded', userId, ...databaseFault(error) });
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
