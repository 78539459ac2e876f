/**
 * The login form.
 *
 * @module
 */
import { PorteroError } from '/client.js';
import { untilSent } from './form.js';
import { makeRevealable } from './password-field.js';
import { fill } from './template.js';
import { text } from './texts.js';

/** @import { Client } from '/client.js' */

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
  const hidePassword = makeRevealable(password, part('reveal'));
  name.value = userName ?? '';
  (userName === undefined ? name : password).focus();
  try {
    await untilSent(part, {
      label: 'login',
      busy: 'busy',
      patience: 'stillWorking',
      begin: hidePassword,
      send(captchaToken) {
        const credentials = { userName: name.value, password: password.value, captchaToken };
        return client.login(credentials, { signal });
      },
      explain(error) {
        password.select();
        return sentenceFor(error);
      },
      // Over a page, the link would lose what the user was doing.
      heedConfig({ forgottenPassword }) {
        part('forgotten').hidden = !forgottenPassword || cancel !== undefined;
      },
      signal,
    });
  } finally {
    place.replaceChildren();
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
