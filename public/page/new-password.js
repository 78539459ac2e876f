/**
 * The field for a new password. It tells how good the password is while the user types.
 *
 * @module
 */
import { PorteroError } from '/client.js';
import { makeRevealable } from './password-field.js';
import { text } from './texts.js';

/** @import { Part } from './template.js' */
/** @import { TextKey } from './texts.js' */

/**
 * The policy is the code of the service itself. It has a list of common passwords, so it is loaded only where it is needed.
 *
 * @type {Promise<typeof import('/password-policy.js')> | undefined}
 */
let policy;

/**
 * Shows the field. The parts of the template are `newPassword`, `revealNew` and `quality`.
 *
 * @param {Part} part
 * @param {string[]} ownNames those that the page knows of the user
 */
export function showNewPassword(part, ownNames) {
  const field = part('newPassword', HTMLInputElement);
  const hide = makeRevealable(field, part('revealNew'));
  /** What the service has said, which knows all names of the user. @type {Map<string, string>} */
  const refusals = new Map();
  policy ??= import('/password-policy.js');
  policy.catch(() => {}); // without it, the service still decides
  let sent = '';
  field.oninput = assess;
  assess();
  return { field, hide, take, explain };

  /** Returns the password to send. The answer is about this one, whatever the user types meanwhile. */
  function take() {
    sent = field.value;
    return sent;
  }

  /**
   * Says why the password was not set. A refusal stands below the field while the password stands in it. There it is read out
   * too, so it is not said a second time.
   *
   * @param {unknown} error
   */
  async function explain(error) {
    const sentence = await passwordSentence(error);
    const isRefused = error instanceof PorteroError && error.code === 'password_refused';
    if (isRefused) refusals.set(sent, sentence);
    const isShown = (await assess()) && isRefused && field.value === sent;
    return isShown ? '' : sentence;
  }

  /** Says how good the password is. @returns whether that is known */
  async function assess() {
    const rules = await policy?.catch(() => undefined);
    if (rules === undefined) return false;
    const { sentence, isGood } = judge(rules);
    part('quality').classList.toggle('good', isGood);
    part('quality').classList.toggle('bad', refusals.has(field.value));
    // A screen reader reads every change out.
    if (part('quality').textContent !== sentence) part('quality').textContent = sentence;
    return true;
  }

  /** @param {typeof import('/password-policy.js')} rules */
  function judge({ assessPassword, MIN_LENGTH, MAX_LENGTH }) {
    const values = { minLength: MIN_LENGTH, maxLength: MAX_LENGTH };
    const password = field.value;
    if (password === '') return { sentence: text('passwordAdvice', values), isGood: false };
    const refusal = refusals.get(password);
    if (refusal !== undefined) return { sentence: refusal, isGood: false };
    const fault = assessPassword(password, ownNames);
    return fault === undefined
      ? { sentence: text('password_good'), isGood: true }
      : { sentence: text(`password_${fault}`, values), isGood: false };
  }
}

/**
 * Says why a password was not set or changed.
 *
 * @param {unknown} error
 */
export async function passwordSentence(error) {
  const {
    code,
    cause,
    detail,
    retryAfterSeconds: seconds,
  } = error instanceof PorteroError ? error : {};
  if (code === 'captcha_refused') return text('captchaRefused');
  if (code === 'current_password_refused') return text('currentRefused');
  if (code === 'password_later') return seconds ? text('doLaterIn', { seconds }) : text('doLater');
  if (code === 'password_refused') return refusalOf(detail);
  if (code === 'login_cancelled') return text('cancelled');
  if (code === 'user_changed') return text('userChanged');
  // The error has a cause only if no answer came.
  return text(code === 'password_failed' && cause === undefined ? 'doFailed' : 'unreachable');
}

/** The service names the rule in English. @param {string | undefined} detail */
async function refusalOf(detail) {
  if (detail === 'is the current password') return text('password_is_current');
  const rules = await policy?.catch(() => undefined);
  const reason = rules?.reasonOf(detail);
  const values = { minLength: rules?.MIN_LENGTH ?? 0, maxLength: rules?.MAX_LENGTH ?? 0 };
  return reason === undefined ? text('passwordRefused') : text(`password_${reason}`, values);
}
