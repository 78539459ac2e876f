/**
 * The page: a login, and what it yields. It uses nothing that a web app of your own could not use too.
 *
 * @module
 */
import { createClient } from '/client.js';
import { showAccount } from './account.js';
import { askForLogin } from './login.js';
import { language, text } from './texts.js';
import { Traffic } from './traffic.js';

const ASK_BEFORE_EXPIRY_SECONDS = 60;

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const dialog = /** @type {HTMLDialogElement} */ (document.querySelector('dialog'));

/** The dialog that is open. @type {Promise<void> | undefined} */
let asking;

document.documentElement.lang = language;

const traffic = new Traffic();
const client = createClient({
  baseUrl: location.origin,
  onLoginRequired: logInAgain,
  askBeforeExpirySeconds: ASK_BEFORE_EXPIRY_SECONDS,
  fetch: (request) => traffic.send(request),
});

for (;;) {
  document.title = `${text('login')} · Portero`;
  await askForLogin(client, main, { title: text('login'), intro: text('welcome') });
  await showAccount(client, main, traffic, logInAgain);
}

/**
 * Over whatever the page shows: what needs the login goes on afterwards. One dialog, whoever wants it.
 *
 * @param {{ signal?: AbortSignal }} [options] the signal closes it
 */
function logInAgain({ signal } = {}) {
  asking ??= showDialog(signal).finally(() => {
    asking = undefined;
  });
  return asking;
}

/** @param {AbortSignal} [signal] */
async function showDialog(signal) {
  const { secondsLeft = 0, claims } = client.session ?? {};
  const cancelled = new AbortController();
  const cancel = () => cancelled.abort(new Error('cancelled'));
  dialog.addEventListener('close', cancel, { once: true }); // by the Escape key, for instance
  dialog.showModal();
  try {
    await askForLogin(client, dialog, {
      title: text('loginAgain'),
      intro: text(reasonFor(secondsLeft)),
      userName: claims?.name,
      cancel,
      signal: AbortSignal.any(signal ? [signal, cancelled.signal] : [cancelled.signal]),
    });
  } finally {
    dialog.removeEventListener('close', cancel);
    dialog.close();
  }
}

/** Why a login is needed. @param {number} secondsLeft */
function reasonFor(secondsLeft) {
  if (secondsLeft === 0) return 'hasEnded';
  return secondsLeft <= ASK_BEFORE_EXPIRY_SECONDS ? 'endsSoon' : 'notAccepted';
}
