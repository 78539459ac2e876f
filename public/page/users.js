/**
 * The list of users, for those who may see it.
 *
 * @module
 */
import { element } from './template.js';
import { language, text } from './texts.js';

/** @import { Client } from '/client.js' */
/** @import { Part } from './template.js' */

/** @typedef {{ userName: string, email: string | null, active: boolean, role: string, lastLoginAt: string | null }} User */

const PAGE_SIZE = 10;

const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });

/** Shows the first page, and further ones on demand. @param {Client} client @param {Part} part */
export function showUsers(client, part) {
  const list = part('userList');
  const more = part('more');
  part('users').hidden = !client.session?.can('users.list');
  list.replaceChildren();
  /** @param {string} [cursor] where the page begins */
  async function showPage(cursor) {
    more.hidden = true;
    part('usersMessage').textContent = '';
    try {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor && { cursor }) });
      const response = await client.fetch(`/api/Users?${query}`);
      if (!response.ok) throw new Error(`GET /api/Users: ${response.status}`);
      const { users, nextCursor } = await response.json();
      const items = users.map(toItem);
      list.append(...items);
      if (cursor !== undefined) items[0]?.focus(); // the button that had it is gone or has moved
      more.hidden = nextCursor === undefined;
      more.textContent = text('more');
      more.onclick = () => showPage(nextCursor);
    } catch {
      part('usersMessage').textContent = text('noUsers');
      more.hidden = false;
      more.textContent = text('retry');
      more.onclick = () => showPage(cursor);
    }
  }
  if (client.session?.can('users.list')) showPage();
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
