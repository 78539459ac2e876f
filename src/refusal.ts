/**
 * Why a login, or the change of a password, was refused: precise reasons inside, few answers outside.
 *
 * @module
 */
import type { DatabaseFault } from './db/fault.ts';
import { type BodyFault, MAX_BODY_BYTES } from './json-body.ts';
import type { PasswordVerdict } from './password/password.ts';
import { FAULT_RETRY_SECONDS, later, problem, unauthorized } from './problem.ts';
import { ADDRESS_LIMIT_PERIOD_SECONDS, NAME_LIMIT_PERIOD_SECONDS } from './rate-limit.ts';
import type { CaptchaFault } from './turnstile.ts';

/** What the log says; {@link answerTo} is all that the caller is told. */
export type Refusal =
  | 'address_limit_exceeded'
  | BodyFault
  | 'member_of_wrong_type'
  | 'isolate_busy'
  | CaptchaFault
  | 'credentials_missing'
  | 'impossible_user_name'
  | 'name_limit_exceeded'
  | DatabaseFault
  | 'name_undecided'
  | 'name_locked'
  | 'unknown_user'
  | 'no_password'
  | 'unreadable_hash'
  | 'wrong_password'
  | 'inactive'
  | 'token_too_long';

/** Why a password was not changed; a caller who has a valid token may know more than one who logs in. */
export type PasswordChangeReason =
  | 'address_limit_exceeded'
  | BodyFault
  | 'member_of_wrong_type'
  | 'new_password_refused'
  | 'name_limit_exceeded'
  | 'isolate_busy'
  | DatabaseFault
  | 'name_undecided'
  | 'name_locked'
  /** The token is of a user who is not there any more, is inactive, or has another name by now. */
  | 'user_changed'
  | Exclude<PasswordVerdict, 'match' | 'outdated_match'>;

/** How a refusal is answered. */
export type Answer = { status: 400 | 401 | 413 | 415 } | LaterAnswer;

/** One that asks the caller to come again: the same request may then be answered otherwise. */
interface LaterAnswer {
  status: 429 | 503;
  retryAfterSeconds: number;
}

/** By when an attempt that was counted has usually been decided. */
const UNDECIDED_RETRY_SECONDS = 1;

/** By when an isolate has hashed a good part of what it has taken on. */
const BUSY_RETRY_SECONDS = 2;

/** What the caller is told of a refusal. */
export function answerTo(refusal: Refusal): Answer {
  switch (refusal) {
    case 'content_type_not_json':
      return { status: 415 };

    case 'body_too_large':
      return { status: 413 };

    case 'body_cut_short':
    case 'body_not_utf8':
    case 'body_not_json':
    case 'body_not_an_object':
    case 'member_of_wrong_type':
      return { status: 400 };

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
      return { status: 401 };

    case 'address_limit_exceeded':
      return { status: 429, retryAfterSeconds: ADDRESS_LIMIT_PERIOD_SECONDS };

    case 'name_limit_exceeded':
      return { status: 429, retryAfterSeconds: NAME_LIMIT_PERIOD_SECONDS };

    case 'name_undecided':
      return { status: 429, retryAfterSeconds: UNDECIDED_RETRY_SECONDS };

    case 'isolate_busy':
      return { status: 503, retryAfterSeconds: BUSY_RETRY_SECONDS };

    case 'turnstile_unreachable':
    case 'turnstile_timeout':
    case 'turnstile_bad_answer':
    case 'turnstile_secret_key_refused':
    case 'database_unreachable':
    case 'database_timeout':
    case 'database_bad_answer':
    case 'database_error':
    case 'token_too_long':
      return { status: 503, retryAfterSeconds: FAULT_RETRY_SECONDS };
  }
}

/**
 * The answer to a caller.
 *
 * @param malformed what to send instead, where the body is no such request
 * @param unavailable what cannot be done at the moment
 */
export function toResponse(
  answer: Answer,
  { malformed, unavailable }: { malformed: string; unavailable: string },
): Response {
  switch (answer.status) {
    case 400:
      return problem(400, malformed);
    case 401:
      return unauthorized();
    case 413:
      return problem(413, `The body may have ${MAX_BODY_BYTES} bytes at most.`);
    case 415:
      return problem(415, 'Send the body as application/json.');
    case 429:
      return later(429, 'Too many attempts.', answer.retryAfterSeconds);
    case 503:
      return later(503, unavailable, answer.retryAfterSeconds);
  }
}
