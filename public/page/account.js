/**
 * The page of a logged-in user: it shows the user, the permissions, and the time until the token expires.
 *
 * @module
 */
import { offerPasswordChange } from './change-password.js';
import { element, fill } from './template.js';
import { text } from './texts.js';
import { showUsers } from './users.js';

/** @import { Client, Session } from '/client.js' */
/** @import { Part } from './template.js' */
/** @import { Traffic } from './traffic.js' */

const ACTIONS = /** @type {const} */ (['create', 'update', 'delete', 'list', 'read']);

/**
 * Shows the session until a logout.
 *
 * @param {Client} client with a session
 * @param {HTMLElement} place its content is replaced, and removed in the end
 * @param {Traffic} traffic
 * @param {() => Promise<void>} logInAgain
 */
export async function showAccount(client, place, traffic, logInAgain) {
  const part = fill('account', place);
  /** @type {Session | undefined} */
  let shown;
  function update() {
    const { session } = client;
    if (session === undefined) return;
    showTime(part, session);
    if (session === shown) return; // a new session object comes from a new login
    const isSomebodyElse = session.claims.sub !== shown?.claims.sub;
    shown = session;
    showSession(part, session);
    if (isSomebodyElse) begin();
  }

  let sitting = new AbortController();
  /** Shows what belongs to one user. */
  function begin() {
    sitting.abort();
    sitting = new AbortController();
    showUsers(client, part);
    offerPasswordChange(client, part, sitting.signal).catch(() => {}); // the next user ends it, or the logout
  }

  place.classList.add('account');
  traffic.show(client, part);
  const show = () => {
    update();
    part('heading').focus(); // the button or the form that had the focus disappears
  };
  show();
  part('renew').onclick = () => logInAgain().then(show, () => {});
  const clock = setInterval(update, 1000);
  await new Promise((resolve) => {
    part('logout').onclick = resolve;
  });

  clearInterval(clock);
  sitting.abort();
  client.logout();
  place.classList.remove('account');
  place.replaceChildren();
}

/** @param {Part} part @param {Session} session */
function showTime(part, { secondsLeft, claims }) {
  const [minutes, seconds] = [Math.floor(secondsLeft / 60), secondsLeft % 60];
  part('time').textContent =
    secondsLeft > 0 ? text('timeLeft', { minutes, seconds }) : text('expired');
  part('renew').hidden = secondsLeft > 0;
  const progress = part('progress', HTMLProgressElement);
  progress.max = claims.exp - claims.iat;
  progress.value = secondsLeft;
}

/** @param {Part} part @param {Session} session */
function showSession(part, { header, claims }) {
  const { name, role, admin, permissions = [] } = claims;
  document.title = `${name} · Portero`;
  part('name').textContent = name;
  part('role').textContent = role;
  part('header').textContent = JSON.stringify(header, null, 2);
  part('claims').textContent = JSON.stringify(claims, null, 2);

  part('grants').textContent = text(admin ? 'isAdmin' : 'noGrants');
  part('grants').hidden = permissions.length > 0;
  part('matrix').hidden = permissions.length === 0;
  const heads = ACTIONS.map((action) => element('th', { scope: 'col' }, text(action)));
  part('actions').replaceChildren(element('th', { scope: 'col' }, text('module')), ...heads);
  const modules = new Set(permissions.map((permission) => permission.split('.')[0] ?? ''));
  part('modules').replaceChildren(...[...modules].map((key) => moduleRow(key, permissions)));
}

/** @param {string} key of the module @param {string[]} permissions */
function moduleRow(key, permissions) {
  const cells = ACTIONS.map((action) => {
    const isHeld = permissions.includes(`${key}.${action}`);
    const sign = element('span', { 'aria-hidden': 'true' }, isHeld ? '✓' : '–');
    const word = element('span', { class: 'unseen' }, text(isHeld ? 'yes' : 'no'));
    return element('td', { class: isHeld ? 'held' : 'muted' }, sign, word);
  });
  return element('tr', {}, element('th', { scope: 'row' }, key), ...cells);
}
