/**
 * The form with which a user who is logged in changes the password.
 *
 * @module
 */
import { PorteroError } from '/client.js';
import { untilSent } from './form.js';
import { showNewPassword } from './new-password.js';
import { makeRevealable } from './password-field.js';
import { text } from './texts.js';

/** @import { Client } from '/client.js' */
/** @import { Part } from './template.js' */

/**
 * Lets the user change the password, any number of times.
 *
 * @param {Client} client with a session
 * @param {Part} part
 * @param {AbortSignal} signal ends it
 */
export async function offerPasswordChange(client, part, signal) {
  const current = part('currentPassword', HTMLInputElement);
  const hideCurrent = makeRevealable(current, part('revealCurrent'));
  // Another user may have typed into it.
  part('form', HTMLFormElement).reset();
  part('message').textContent = '';
  part('changed').textContent = '';
  while (!signal.aborted) {
    const userName = client.session?.claims.name ?? '';
    part('owner', HTMLInputElement).value = userName;
    const { field, hide, take, explain } = showNewPassword(part, [userName]);
    await untilSent(part, {
      label: 'changePassword',
      busy: 'changingPassword',
      patience: 'stillSetting',
      begin() {
        part('changed').textContent = '';
        hideCurrent();
        hide();
      },
      send() {
        const change = { currentPassword: current.value, newPassword: take() };
        return client.changePassword(change, { signal });
      },
      explain(error) {
        const isCurrent =
          error instanceof PorteroError && error.code === 'current_password_refused';
        (isCurrent ? current : field).focus();
        return explain(error);
      },
      signal,
    });
    part('form', HTMLFormElement).reset();
    part('changed').textContent = text('passwordChanged');
  }
}
