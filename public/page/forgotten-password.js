/**
 * The page for a forgotten password: `/forgotten-password`.
 *
 * @module
 */
import { untilSent } from './form.js';
import { passwordSentence } from './new-password.js';
import { showOutcome } from './outcome.js';
import { fill } from './template.js';
import { text } from './texts.js';

/** @import { Client } from '/client.js' */

/**
 * Shows the page. Its answer is the same for every name, as that of the service is.
 *
 * @param {Client} client
 * @param {HTMLElement} place its content is replaced
 */
export async function forgetPassword(client, place) {
  document.title = `${text('forgottenTitle')} · Portero`;
  const part = fill('forgotten', place);
  const name = part('userName', HTMLInputElement);
  name.focus();
  const withoutMail = new AbortController();
  try {
    await untilSent(part, {
      label: 'sendLink',
      busy: 'sendingLink',
      patience: 'stillSending',
      send: (captchaToken) => client.forgetPassword({ userName: name.value, captchaToken }),
      explain(error) {
        name.focus();
        return passwordSentence(error);
      },
      heedConfig({ forgottenPassword }) {
        if (forgottenPassword !== true) withoutMail.abort();
      },
      signal: withoutMail.signal,
    });
  } catch (error) {
    if (!withoutMail.signal.aborted) throw error;
    return showOutcome(place, { title: text('forgottenTitle'), sentence: text('noMail') });
  }
  showOutcome(place, { title: text('linkSent'), sentence: text('linkSentNow') });
}
