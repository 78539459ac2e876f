/**
 * The list of users. A user sees it only with the permission `users.list`.
 *
 * @module
 */
import { element } from './template.js';
import { locale, text } from './texts.js';

/** @import { Client } from '/client.js' */
/** @import { Part } from './template.js' */
/** @import { TextKey } from './texts.js' */

/** @typedef {{ userName: string, email: string | null, active: boolean, role: string, lastLoginAt: string | null }} User */

const PAGE_SIZE = 10;

const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

let reading = new AbortController();

/**
 * Shows the first page, and further pages on demand. Requests that still run for another user are aborted first.
 *
 * @param {Client} client @param {Part} part
 */
export function showUsers(client, part) {
  reading.abort();
  reading = new AbortController();
  const { signal } = reading;
  const list = part('userList');
  const more = part('more');
  const isPermitted = client.session?.can('users.list') === true;
  part('users').hidden = !isPermitted;
  list.replaceChildren();
  if (isPermitted) showPage();

  /** @param {string} [cursor] where the page begins */
  async function showPage(cursor) {
    more.onclick = null; // one page at a time
    part('usersMessage').textContent = '';
    try {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor && { cursor }) });
      const response = await client.fetch(`/api/Users?${query}`, { signal });
      if (!response.ok) throw new Error(`GET /api/Users: ${response.status}`);
      const { users, nextCursor } = await response.json();
      const items = users.map(toItem);
      list.append(...items);
      offer('more', nextCursor, nextCursor !== undefined);
      if (cursor !== undefined && nextCursor === undefined) items[0]?.focus(); // the button is hidden
    } catch {
      if (signal.aborted) return;
      part('usersMessage').textContent = text('noUsers');
      offer('retry', cursor, true);
    }
  }

  /** @param {TextKey} label @param {string | undefined} cursor @param {boolean} isOffered */
  function offer(label, cursor, isOffered) {
    more.textContent = text(label);
    more.onclick = () => showPage(cursor);
    more.hidden = !isOffered;
  }
}

/** @param {User} user */
function toItem({ userName, email, active, role, lastLoginAt }) {
  const login = lastLoginAt
    ? text('lastLogin', { time: time.format(new Date(lastLoginAt)) })
    : text('neverLoggedIn');
  const status = element(
    'span',
    { class: active ? 'badge' : 'badge off' },
    text(active ? 'active' : 'inactive'),
  );
  const about = [role, email, login].filter((item) => item !== null).join(' · ');
  return element(
    'li',
    { tabindex: '-1' },
    element('strong', {}, userName),
    status,
    element('p', { class: 'muted' }, about),
  );
}
