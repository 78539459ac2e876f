/**
 * The login form.
 *
 * @module
 */
import { PorteroError } from '/client.js';
import { Captcha, CaptchaError } from './captcha.js';
import { fill } from './template.js';
import { text } from './texts.js';

/** @import { Client } from '/client.js' */
/** @import { TextKey } from './texts.js' */

/** A user who waits for longer than this is told that the page is still working. */
const PATIENCE_MS = 2_000;

/**
 * @typedef {object} Options
 * @property {string} title
 * @property {string} intro
 * @property {string} [userName] the name field begins with it
 * @property {() => void} [cancel] is called when the user cancels. Without it there is no cancel button
 * @property {AbortSignal} [signal] ends the login
 */

/**
 * Shows the form until a login has succeeded.
 *
 * @param {Client} client
 * @param {HTMLElement} place its content is replaced, and removed in the end
 * @param {Options} options
 * @throws the reason of the signal
 */
export async function askForLogin(client, place, { title, intro, userName, cancel, signal }) {
  const part = fill('login', place);
  const name = part('userName', HTMLInputElement);
  const password = part('password', HTMLInputElement);
  part('title').textContent = title;
  part('intro').textContent = intro;
  part('cancel').hidden = cancel === undefined;
  part('cancel').onclick = () => cancel?.();
  part('reveal').onclick = () => setRevealed(password.type === 'password');
  setRevealed(false);
  setBusy(false);
  name.value = userName ?? '';
  (userName === undefined ? name : password).focus();
  password.onbeforeinput = dropLastLineBreak;

  const captcha = new Captcha(part('captcha'), (message, canRetry) => {
    const sentence = message === undefined ? '' : text(message, { hostname: location.hostname });
    // The widget repeats a message at every try that it makes by itself. If the page wrote the same message again, a
    // screen reader would read it out again.
    if (part('trouble').textContent !== sentence) part('trouble').textContent = sentence;
    part('trouble').classList.toggle('hint', !canRetry);
    part('retry').hidden = !canRetry;
  });
  part('retry').onclick = () => {
    captcha.retry();
    part('submit').focus(); // the retry button disappears
  };

  try {
    await new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      if (signal?.aborted) reject(signal.reason);
      part('form').onsubmit = (event) => {
        event.preventDefault();
        if (!isBusy()) submit().then(resolve, explain);
      };
    });
  } finally {
    captcha.remove();
    place.replaceChildren();
  }

  async function submit() {
    part('message').textContent = '';
    setRevealed(false);
    setBusy(true);
    try {
      const captchaToken = await unlessQuick('stillChecking', captcha.token({ signal }));
      const credentials = { userName: name.value, password: password.value, captchaToken };
      await unlessQuick('stillWorking', client.login(credentials, { signal }));
    } finally {
      setBusy(false);
    }
  }

  /**
   * Tells the user that the page is still working, if that takes more than two seconds.
   *
   * @template T
   * @param {TextKey} sentence
   * @param {Promise<T>} work
   */
  async function unlessQuick(sentence, work) {
    const timer = setTimeout(() => {
      part('waiting').textContent = text(sentence);
    }, PATIENCE_MS);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      part('waiting').textContent = '';
    }
  }

  /** @param {unknown} error */
  function explain(error) {
    if (error instanceof CaptchaError) return; // the message beside the captcha says it already
    captcha.reset(); // the login has spent the captcha token, even though it failed
    part('message').textContent = sentenceFor(error);
    password.select();
  }

  /** Sets `aria-disabled`, because `disabled` would take the focus away from the button. @param {boolean} isBusy */
  function setBusy(isBusy) {
    part('submit').textContent = text(isBusy ? 'busy' : 'login');
    part('submit').setAttribute('aria-disabled', String(isBusy));
  }

  function isBusy() {
    return part('submit').getAttribute('aria-disabled') === 'true';
  }

  /** @param {boolean} isRevealed */
  function setRevealed(isRevealed) {
    password.type = isRevealed ? 'text' : 'password';
    part('reveal').textContent = text(isRevealed ? 'hide' : 'show');
    part('reveal').setAttribute('aria-label', text(isRevealed ? 'hidePassword' : 'showPassword'));
  }
}

/**
 * All refused logins get the same sentence, because the service does not say what was wrong.
 *
 * @param {unknown} error
 */
function sentenceFor(error) {
  const { code, cause, retryAfterSeconds: seconds } = error instanceof PorteroError ? error : {};
  if (code === 'login_refused') return text('refused');
  if (code === 'login_later') return seconds ? text('laterIn', { seconds }) : text('later');
  // The error has a cause only if no answer came. It has none if the answer was not the answer to a login.
  return text(code === 'login_failed' && cause === undefined ? 'failed' : 'unreachable');
}

/**
 * Drops the line breaks at the end of a password that is pasted or dropped into its field. A copied line has one, and
 * not every browser drops it. The rest is inserted as it is.
 *
 * @this {GlobalEventHandlers}
 * @param {InputEvent} event
 */
function dropLastLineBreak(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const rest = event.data?.replace(/[\n\r\u2028\u2029]+$/, '');
  if (!/^insertFrom/.test(event.inputType) || rest === undefined || rest === event.data) return;
  event.preventDefault();
  field.setRangeText(rest, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end');
}
