/**
 * Shows the requests that the client sends. The user can also spoil the token, to see how the client goes on.
 *
 * @module
 */
import { PorteroError } from '/client.js';
import { element } from './template.js';
import { text } from './texts.js';

/** @import { Client } from '/client.js' */
/** @import { Part } from './template.js' */

/** The service decides a login within 20 s, and the password of a link within 36 s, unless an imported hash is very strong. */
const ANSWER_DEADLINE_MS = 45_000;

/** The page shows at most this many requests. */
const MAX_LINES = 20;

export class Traffic {
  #isTokenSpoilt = false;
  /** @type {HTMLElement | undefined} */
  #lines;

  /** Sends a request that the client has made, and shows it. The wait for the answer has an end. @param {Request} request */
  async send(request) {
    const authorization = request.headers.get('Authorization');
    if (this.#isTokenSpoilt && authorization !== null) {
      request.headers.set('Authorization', `${authorization}-spoilt`);
    }
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_DEADLINE_MS)]);
    const response = await fetch(request, { signal }).catch((error) => {
      this.#showLine(request, text('noAnswer'), false);
      throw error;
    });
    const isLogin = request.url.endsWith('/api/Auth');
    if (isLogin && response.ok) this.#isTokenSpoilt = false;
    this.#showLine(request, String(response.status), response.ok);
    return response;
  }

  /** @param {Client} client @param {Part} part where the requests are shown from now on */
  show(client, part) {
    this.#lines = part('traffic');
    part('spoil').onclick = async () => {
      this.#isTokenSpoilt = true;
      part('outcome').textContent = '';
      part('outcome').textContent = await sendThree(client);
    };
  }

  /** @param {Request} request @param {string} status @param {boolean} isGood */
  #showLine({ method, url }, status, isGood) {
    const line = `${method} ${new URL(url).pathname}`;
    this.#lines?.append(
      element(
        'li',
        {},
        element('code', {}, line),
        element('b', { class: isGood ? 'good' : 'bad' }, status),
      ),
    );
    while ((this.#lines?.childElementCount ?? 0) > MAX_LINES) this.#lines?.firstChild?.remove();
  }
}

/** Sends three requests at once. @param {Client} client @returns a sentence that says how they ended */
async function sendThree(client) {
  const id = encodeURIComponent(client.session?.claims.sub ?? '');
  const paths = ['/api/Users/me', '/api/Users', `/api/Users/${id}`];
  try {
    await Promise.all(paths.map((path) => client.fetch(path)));
    return text('allDone');
  } catch (error) {
    const code = error instanceof PorteroError ? error.code : undefined;
    if (code === 'login_cancelled') return text('cancelled');
    if (code === 'user_changed') return text('userChanged');
    return text('notDone');
  }
}
