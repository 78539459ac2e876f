/**
 * The page shows a login, and then the things that a login yields. Your own web app can use everything that it uses.
 *
 * @module
 */
import { createClient } from '/client.js';
import { showAccount } from './account.js';
import { forgetPassword } from './forgotten-password.js';
import { askForLogin } from './login.js';
import { setPassword, takeToken } from './set-password.js';
import { element } from './template.js';
import { language, text } from './texts.js';
import { Traffic } from './traffic.js';

/** The paths that `_redirects` leads here. */
const SET_PASSWORD = '/set-password';
const FORGOTTEN_PASSWORD = '/forgotten-password';

/** See start.js. */
const token = window.takeLinkToken?.() ?? '';

const ASK_BEFORE_EXPIRY_SECONDS = 60;

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const dialog = /** @type {HTMLDialogElement} */ (document.querySelector('dialog'));

/** It is set while the dialog is open. @type {Promise<void> | undefined} */
let asking;

/** Ends when another link takes the place of the page. */
let visit = new AbortController();

document.documentElement.lang = language;

const traffic = new Traffic();
const client = createClient({
  baseUrl: location.origin,
  onLoginRequired: logInAgain,
  askBeforeExpirySeconds: ASK_BEFORE_EXPIRY_SECONDS,
  fetch: (request) => traffic.send(request),
});

show(run);

// Another link, opened in the same tab, loads nothing anew.
addEventListener('hashchange', () => {
  if (isAt(SET_PASSWORD)) show((signal) => setPassword(client, main, takeToken(), signal));
});

/** Shows a page, and ends the one before. @param {(signal: AbortSignal) => Promise<void>} begin */
function show(begin) {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  begin(signal).catch((error) => {
    if (signal.aborted) return;
    showFailure();
    throw error; // so that the console has it
  });
}

/** @param {AbortSignal} signal */
async function run(signal) {
  if (isAt(SET_PASSWORD)) return setPassword(client, main, token, signal);
  if (isAt(FORGOTTEN_PASSWORD)) return forgetPassword(client, main);
  for (;;) {
    document.title = `${text('login')} · Portero`;
    await askForLogin(client, main, { title: text('login'), intro: text('welcome') });
    await showAccount(client, main, traffic, logInAgain);
  }
}

/** Also with a slash at the end. @param {string} path */
function isAt(path) {
  return location.pathname.replace(/\/$/, '') === path;
}

/** A mistake in the page must not leave the user before an empty page. */
function showFailure() {
  const reload = element('button', { type: 'button' }, text('reload'));
  reload.onclick = () => location.reload();
  main.replaceChildren(
    element('div', { class: 'card', role: 'alert' }, element('p', {}, text('broken')), reload),
  );
}

/**
 * Shows a login dialog over the page. The requests that need the login go on afterwards. All callers share one dialog.
 *
 * @param {{ signal?: AbortSignal }} [options] the signal closes the dialog
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
  dialog.addEventListener('close', cancel, { once: true }); // the Escape key closes it, for instance
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

/** The text that tells the user why a login is needed. @param {number} secondsLeft */
function reasonFor(secondsLeft) {
  if (secondsLeft === 0) return 'hasEnded';
  return secondsLeft <= ASK_BEFORE_EXPIRY_SECONDS ? 'endsSoon' : 'notAccepted';
}
