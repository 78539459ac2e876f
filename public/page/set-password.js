/**
 * The page behind a one-time link: `/set-password#TOKEN`.
 *
 * @module
 */
import { PorteroError } from '/client.js';
import { readConfig } from './captcha.js';
import { untilSent } from './form.js';
import { showNewPassword } from './new-password.js';
import { showOutcome } from './outcome.js';
import { fill } from './template.js';
import { text } from './texts.js';

/** @import { Client } from '/client.js' */

/**
 * Takes the token of another link out of the address bar. `start.js` takes that of the first one.
 *
 * @returns {string} empty where the address has none
 */
export function takeToken() {
  const token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  return token;
}

/**
 * Shows the page. It stays until the user goes on.
 *
 * @param {Client} client
 * @param {HTMLElement} place its content is replaced
 * @param {string} token
 * @param {AbortSignal} signal ends it
 * @throws the reason of the signal
 */
export async function setPassword(client, place, token, signal) {
  document.title = `${text('setPasswordTitle')} · Portero`;
  let offersNewLink = false;
  if (token === '') {
    const config = await readConfig().catch(() => undefined);
    offersNewLink = config?.forgottenPassword === true;
    if (!signal.aborted) showRefusal();
    return;
  }
  const part = fill('set-password', place);
  const { field, hide, take, explain } = showNewPassword(part, []);
  field.focus();
  const isSet = await untilSent(part, {
    label: 'setPassword',
    busy: 'settingPassword',
    patience: 'stillSetting',
    begin: hide,
    async send(captchaToken) {
      try {
        await client.setPassword({ token, newPassword: take(), captchaToken });
        return true;
      } catch (error) {
        if (error instanceof PorteroError && error.code === 'link_refused') return false;
        throw error;
      }
    },
    explain(error) {
      field.focus();
      return explain(error);
    },
    heedConfig({ forgottenPassword }) {
      offersNewLink = forgottenPassword === true;
    },
    signal,
  });
  if (isSet) showOutcome(place, { title: text('passwordSet'), sentence: text('passwordSetNow') });
  else showRefusal();

  function showRefusal() {
    const sentence = text(offersNewLink ? 'linkRefused' : 'linkRefusedAsk');
    showOutcome(place, { title: text('linkRefusedTitle'), sentence, offersNewLink });
  }
}
