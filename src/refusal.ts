/**
 * Why a login was refused: precise reasons inside, few answers outside.
 *
 * @module
 */
import type { DatabaseFault } from './db/fault.ts';
import type { BodyFault } from './login-request.ts';
import type { CaptchaFault } from './turnstile.ts';

/** What the log says; {@link statusOf} is all that the caller is told. */
export type Refusal =
  | BodyFault
  | CaptchaFault
  | 'credentials_missing'
  | 'impossible_user_name'
  | DatabaseFault
  | 'unknown_user'
  | 'no_password'
  | 'unreadable_hash'
  | 'wrong_password'
  | 'inactive'
  | 'token_too_long';

/** The status that a refusal is answered with. */
export function statusOf(refusal: Refusal): 400 | 401 | 413 | 415 | 503 {
  switch (refusal) {
    case 'content_type_not_json':
      return 415;

    case 'body_too_large':
      return 413;

    case 'body_cut_short':
    case 'body_not_utf8':
    case 'body_not_json':
    case 'body_not_an_object':
    case 'member_of_wrong_type':
      return 400;

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
      return 401;

    case 'turnstile_unreachable':
    case 'turnstile_timeout':
    case 'turnstile_bad_answer':
    case 'turnstile_secret_key_refused':
    case 'database_unreachable':
    case 'database_timeout':
    case 'database_bad_answer':
    case 'database_error':
    case 'token_too_long':
      return 503;
  }
}
