/**
 * The reasons and the answers of what users do with their own passwords. A reason that a login has too gets the answer of a
 * login, unless it is named here.
 *
 * @module
 */
import { type MemberError, problem } from '#portero/internal/problem.ts';
import {
  type AttemptReason,
  answerLogin,
  type CommonReason,
  type Sentences,
  tooManyAttempts,
} from '../answers.ts';
import { NAME_LIMIT_PERIOD_SECONDS } from '../http/flood-limits.ts';
import type { CaptchaReason } from '../turnstile/verify-captcha.ts';

/** Why a password was not changed. */
export type PasswordChangeReason =
  | CommonReason
  | AttemptReason
  | 'new_password_refused'
  /** The token's user is deleted or inactive by now, or has another name. */
  | 'user_changed';

/** Why a link set no password. */
export type PasswordLinkReason =
  | CommonReason
  | CaptchaReason
  | 'isolate_busy'
  | 'new_password_refused'
  | 'link_limit_exceeded'
  | 'link_malformed'
  | 'link_unknown'
  /** It was used, or something has overtaken it. */
  | 'link_ended'
  | 'link_expired'
  | 'link_of_inactive_user';

/** Why a forgotten password was not even noted. */
export type PasswordForgottenReason =
  | CommonReason
  | CaptchaReason
  | 'name_limit_exceeded'
  | 'name_missing'
  | 'mail_not_set_up';

/** A lock lasts minutes. After this time it is worth trying again. */
const LOCKED_RETRY_SECONDS = 60;

/**
 * Answers a change of a password that failed. The caller has a valid token, so it may know more than somebody who logs
 * in.
 *
 * @param errors what is wrong with the members of the body
 */
export function answerPasswordChange(
  reason: PasswordChangeReason,
  sentences: Sentences,
  errors?: MemberError[],
): Response {
  switch (reason) {
    case 'new_password_refused':
    case 'member_of_wrong_type':
      return passwordNotChanged(errors);

    case 'no_password':
    case 'unreadable_hash':
    case 'wrong_password':
      return passwordNotChanged([
        { member: 'currentPassword', detail: 'is not the current password' },
      ]);

    case 'user_changed':
      return problem(403, { detail: 'This user cannot change a password.' });

    case 'name_locked':
      return tooManyAttempts(LOCKED_RETRY_SECONDS);

    default:
      return answerLogin(reason, sentences);
  }
}

function passwordNotChanged(errors: MemberError[] | undefined): Response {
  return problem(400, { detail: 'The password is not changed.', errors });
}

/**
 * Answers a link that set no password. Every link that is not good gets the same answer, so it tells nothing about a user.
 *
 * @param errors what is wrong with the new password
 */
export function answerPasswordLink(
  reason: PasswordLinkReason,
  sentences: Sentences,
  errors?: MemberError[],
): Response {
  switch (reason) {
    case 'new_password_refused':
      return passwordNotSet(errors);

    case 'link_malformed':
    case 'link_unknown':
    case 'link_ended':
    case 'link_expired':
    case 'link_of_inactive_user':
      return passwordNotSet([{ member: 'token', detail: 'is not good, or not any more' }]);

    case 'link_limit_exceeded':
      return tooManyAttempts(NAME_LIMIT_PERIOD_SECONDS);

    default:
      return answerLogin(reason, sentences);
  }
}

function passwordNotSet(errors: MemberError[] | undefined): Response {
  return problem(400, { detail: 'The password is not set.', errors });
}

/** Answers a forgotten password that was not noted. None of the reasons is about a user. */
export function answerPasswordForgotten(
  reason: PasswordForgottenReason,
  sentences: Sentences,
): Response {
  switch (reason) {
    case 'mail_not_set_up':
      return problem(404);

    case 'name_missing':
      return problem(400, {
        detail: sentences.malformed,
        errors: [{ member: 'userName', detail: 'is missing' }],
      });

    default:
      return answerLogin(reason, sentences);
  }
}
