/**
 * Every reason for which a login fails, and the answer that the caller gets. There are many reasons and few answers: the log
 * tells an operator what happened, and the answer tells an attacker nothing. `account/answers.ts` has the other reasons of
 * the routes around passwords.
 *
 * To add a reason, put it into one of the unions here: a reason of the login alone into `LoginReason`. The compiler then
 * asks for its answer, and `test/node/log-doc.test.ts` asks for its line in `docs/log.md`.
 *
 * @module
 */
import { FAULT_RETRY_SECONDS, problem, unauthorized } from '#portero/internal/problem.ts';
import type { DatabaseReason } from './db/failure.ts';
import type { LockoutReason } from './db/lockout.ts';
import { ADDRESS_LIMIT_PERIOD_SECONDS, NAME_LIMIT_PERIOD_SECONDS } from './http/flood-limits.ts';
import { type BodyReason, MAX_BODY_BYTES } from './http/json-body.ts';
import type { PasswordReason } from './password/password.ts';
import type { CaptchaReason } from './turnstile/verify-captcha.ts';

/** The reasons that all routes around passwords have in common. */
export type CommonReason =
  | 'address_limit_exceeded'
  | BodyReason
  | 'member_of_wrong_type'
  | DatabaseReason;

/** Why an attempt on a name failed. */
export type AttemptReason =
  | 'isolate_busy'
  | 'long_hash_given_up'
  | 'name_limit_exceeded'
  | LockoutReason
  | PasswordReason;

/** Why a login failed. */
export type LoginReason =
  | CommonReason
  | AttemptReason
  | CaptchaReason
  | 'credentials_missing'
  | 'impossible_user_name'
  | 'unknown_user'
  | 'inactive'
  | 'token_too_long';

/** The texts of a route for its answers with a body. */
export interface Sentences {
  /** What to send instead of a body that cannot be read. */
  malformed: string;
  /** What is not possible at the moment. */
  unavailable: string;
}

/** Most attempts are decided after this time. */
const UNDECIDED_RETRY_SECONDS = 1;

/** After this time some hash slots are probably free. */
const BUSY_RETRY_SECONDS = 2;

/** A long hash takes up to 10 s, and others of its kind may be before it. */
const LONG_HASH_RETRY_SECONDS = 20;

/** Answers a login that failed. */
export function answerLogin(reason: LoginReason, { malformed, unavailable }: Sentences): Response {
  switch (reason) {
    case 'content_type_not_json':
      return problem(415, { detail: 'Send the body as application/json.' });

    case 'charset_not_supported':
      return problem(415, { detail: 'Send the body in UTF-8.' });

    case 'body_too_large':
      return problem(413, { detail: `The body may have ${MAX_BODY_BYTES} bytes at most.` });

    case 'body_cut_short':
    case 'body_not_utf8':
    case 'body_not_utf16':
    case 'body_not_json':
    case 'body_not_an_object':
    case 'member_of_wrong_type':
      return problem(400, { detail: malformed });

    case 'captcha_missing':
    case 'captcha_too_long':
    case 'captcha_invalid':
    case 'captcha_expired_or_used':
    case 'captcha_for_another_hostname':
    case 'captcha_for_another_action':
    case 'credentials_missing':
    case 'impossible_user_name':
    case 'unknown_user':
    case 'no_password':
    case 'unreadable_hash':
    case 'wrong_password':
    case 'inactive':
    case 'name_locked':
      return unauthorized();

    case 'address_limit_exceeded':
      return tooManyAttempts(ADDRESS_LIMIT_PERIOD_SECONDS);

    case 'name_limit_exceeded':
      return tooManyAttempts(NAME_LIMIT_PERIOD_SECONDS);

    case 'name_undecided':
      return tooManyAttempts(UNDECIDED_RETRY_SECONDS);

    case 'isolate_busy':
      return problem(503, { detail: unavailable, retryAfterSeconds: BUSY_RETRY_SECONDS });

    case 'long_hash_given_up':
      return problem(503, { detail: unavailable, retryAfterSeconds: LONG_HASH_RETRY_SECONDS });

    case 'turnstile_unreachable':
    case 'turnstile_timeout':
    case 'turnstile_bad_answer':
    case 'turnstile_secret_key_refused':
    case 'database_unreachable':
    case 'database_timeout':
    case 'database_bad_answer':
    case 'database_error':
    case 'token_too_long':
      return problem(503, { detail: unavailable, retryAfterSeconds: FAULT_RETRY_SECONDS });
  }
}

/** @param retryAfterSeconds when another try is worth it */
export function tooManyAttempts(retryAfterSeconds: number): Response {
  return problem(429, { detail: 'Too many attempts.', retryAfterSeconds });
}
