/**
 * The Turnstile widget of the login form, rendered explicitly.
 * https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/
 *
 * @module
 */
import { language } from './texts.js';

/** @import { TextKey } from './texts.js' */

/** Cloudflare's script may be neither copied nor passed on. */
const CLOUDFLARE = 'https://challenges.cloudflare.com';
const SCRIPT_PATH = '/turnstile/v0/api.js?render=explicit';
/** As long as it is, a script that has not come will hardly come any more. */
const SCRIPT_DEADLINE_MS = 15_000;

/** Cloudflare's published test keys: for them the service has a widget of its own, which needs no internet. */
const TEST_SITE_KEY = /^[123]x0{20}[A-F]{2}$/;

/** The narrowest place for a widget that is not compact. */
const FLEXIBLE_WIDTH_PX = 300;

/** There is no captcha token; the form has been told why. */
export class CaptchaError extends Error {}

export class Captcha {
  #place;
  #tell;
  #isRemoved = false;
  /** @type {string | undefined} */
  #widgetId;
  /** @type {string | undefined} */
  #token;
  /** Somebody waits for a token. @type {PromiseWithResolvers<string> | undefined} */
  #waiting;
  #isInTrouble = false;

  /**
   * Begins at once, so that the token is there when the form has been filled in.
   *
   * @param {HTMLElement} place
   * @param {(message: TextKey | undefined, canRetry: boolean) => void} tell what the user has to know, if anything
   */
  constructor(place, tell) {
    this.#place = place;
    this.#tell = tell;
    this.#start();
  }

  /** @returns the token, as soon as there is one. @throws CaptchaError */
  token() {
    if (this.#token !== undefined) return Promise.resolve(this.#token);
    if (this.#isInTrouble) this.retry();
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** Has another challenge solved: a token is good for one login, whatever came of it. */
  reset() {
    if (this.#token === undefined) return;
    this.#token = undefined;
    turnstile.reset(this.#widgetId);
  }

  /** After trouble. */
  retry() {
    this.#say(undefined);
    if (this.#widgetId === undefined) this.#start();
    else turnstile.reset(this.#widgetId);
  }

  remove() {
    this.#isRemoved = true;
    if (this.#widgetId !== undefined) turnstile.remove(this.#widgetId);
    this.#waiting?.reject(new CaptchaError('removed'));
  }

  async #start() {
    try {
      const config = await readConfig();
      await loadScript(TEST_SITE_KEY.test(config.turnstileSiteKey) ? '' : CLOUDFLARE);
      if (!this.#isRemoved) this.#render(config);
    } catch (error) {
      this.#fail(error instanceof ScriptError ? 'captchaUnreachable' : 'unreachable');
    }
  }

  /** @param {{ turnstileSiteKey: string, turnstileAction?: string }} config */
  #render({ turnstileSiteKey, turnstileAction }) {
    const isWide = this.#place.clientWidth >= FLEXIBLE_WIDTH_PX;
    const widgetId = turnstile.render(this.#place, {
      sitekey: turnstileSiteKey,
      action: turnstileAction,
      language,
      size: isWide ? 'flexible' : 'compact',
      'response-field': false,
      callback: (token) => this.#solve(token),
      'expired-callback': () => {
        this.#token = undefined; // the widget has another challenge solved by itself
      },
      'before-interactive-callback': () => this.#say('captchaInteractive'),
      'after-interactive-callback': () => this.#say(undefined),
      'unsupported-callback': () => this.#fail('captchaUnsupported'),
      'error-callback': (code) => {
        this.#fail(troubleOf(code));
        return true; // it is told here; the widget need not write to the console
      },
    });
    this.#widgetId = widgetId ?? undefined;
  }

  /** @param {string} token */
  #solve(token) {
    this.#say(undefined);
    this.#token = token;
    this.#waiting?.resolve(token);
    this.#waiting = undefined;
  }

  /** @param {TextKey} trouble */
  #fail(trouble) {
    this.#token = undefined;
    this.#isInTrouble = true;
    this.#tell(trouble, true);
    this.#waiting?.reject(new CaptchaError(trouble));
    this.#waiting = undefined;
  }

  /** @param {TextKey | undefined} message */
  #say(message) {
    this.#isInTrouble = false;
    this.#tell(message, false);
  }
}

/**
 * By the families of codes that Cloudflare documents.
 * https://developers.cloudflare.com/turnstile/troubleshooting/client-side-errors/error-codes/
 *
 * @param {string} code
 * @returns {TextKey}
 */
function troubleOf(code) {
  if (/^(1101|110200|1104|4000)/.test(code)) return 'captchaMisconfigured';
  if (/^110500/.test(code)) return 'captchaUnsupported';
  if (/^200100/.test(code)) return 'captchaClock';
  if (/^200500/.test(code)) return 'captchaUnreachable';
  if (/^1106/.test(code)) return 'captchaSlow';
  return 'captchaFailed';
}

async function readConfig() {
  const response = await fetch('/api/Config');
  if (!response.ok) throw new Error(`GET /api/Config: ${response.status}`);
  return response.json();
}

class ScriptError extends Error {}

/** One script for every widget; after a failure it is loaded anew. @type {Promise<void> | undefined} */
let loading;

/** @param {string} origin */
function loadScript(origin) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const fail = () => {
      loading = undefined;
      script.remove();
      reject(new ScriptError('The script of Turnstile does not load.'));
    };
    const deadline = setTimeout(fail, SCRIPT_DEADLINE_MS);
    script.onerror = fail;
    script.onload = () => {
      clearTimeout(deadline);
      // A blocker may have answered with nothing.
      if ('turnstile' in window) resolve();
      else fail();
    };
    script.src = origin + SCRIPT_PATH;
    document.head.append(script);
  });
  return loading;
}
