/**
 * The Turnstile widget of the login form, rendered explicitly.
 * https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/
 *
 * @module
 */
import { language } from './texts.js';

/** @import { TextKey } from './texts.js' */
/** @typedef {{ turnstileSiteKey: string, turnstileAction?: string }} Config the answer of `GET /api/Config` */

/** Cloudflare's script must come from here. A site may neither copy it nor pass it on. */
const CLOUDFLARE = 'https://challenges.cloudflare.com';
const SCRIPT_PATH = '/turnstile/v0/api.js?render=explicit';
/** A script that has not arrived within this time will hardly arrive later. */
const SCRIPT_DEADLINE_MS = 15_000;
const CONFIG_DEADLINE_MS = 15_000;

/** Cloudflare's published test keys. For these keys the service has a widget of its own, which needs no internet. */
const TEST_SITE_KEY = /^[123]x0{20}[A-F]{2}$/;

/** The narrowest place for a widget that is not compact. */
const FLEXIBLE_WIDTH_PX = 300;

/** There is no captcha token. */
export class CaptchaError extends Error {
  /** @param {TextKey} trouble the text that tells the user why */
  constructor(trouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

export class Captcha {
  #place;
  #tell;
  #isRemoved = false;
  /** @type {string | undefined} */
  #widgetId;
  /** What the widget was rendered with. @type {Config} */
  #config = { turnstileSiteKey: '' };
  #isWide = true;
  /** @type {string | undefined} */
  #token;
  /** It is set while a login waits for a token. @type {PromiseWithResolvers<string> | undefined} */
  #waiting;
  #isInTrouble = false;
  /** The width changes when the user zooms the page or turns the phone. */
  #resizing = new ResizeObserver(() => {
    if (this.#isWide !== this.#hasRoom()) this.#renderAgain();
  });

  /**
   * Loads the widget at once, so that the token is there when the user has filled in the form.
   *
   * @param {HTMLElement} place
   * @param {(message: TextKey | undefined, canRetry: boolean) => void} tell shows a message to the user,
   *   or removes the last message
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

  /** Lets the widget solve another challenge. A token is good for one login only, even if the login fails. */
  reset() {
    if (this.#token === undefined) return;
    this.#token = undefined;
    turnstile.reset(this.#widgetId);
  }

  /** Tries again after trouble. */
  retry() {
    this.#say(undefined);
    if (this.#widgetId === undefined) this.#start();
    else turnstile.reset(this.#widgetId);
  }

  remove() {
    this.#isRemoved = true;
    this.#token = undefined;
    this.#resizing.disconnect();
    if (this.#widgetId !== undefined) turnstile.remove(this.#widgetId);
    this.#waiting?.reject(new CaptchaError('captchaFailed'));
  }

  async #start() {
    try {
      const config = await readConfig();
      await loadScript(TEST_SITE_KEY.test(config.turnstileSiteKey) ? '' : CLOUDFLARE);
      if (this.#isRemoved) return;
      this.#render(config);
      this.#resizing.observe(this.#place);
    } catch (error) {
      this.#fail(error instanceof CaptchaError ? error.trouble : 'captchaMisconfigured');
    }
  }

  #hasRoom() {
    return this.#place.clientWidth >= FLEXIBLE_WIDTH_PX;
  }

  #renderAgain() {
    turnstile.remove(this.#widgetId);
    this.#token = undefined;
    this.#render(this.#config);
  }

  /** @param {Config} config */
  #render(config) {
    this.#config = config;
    this.#isWide = this.#hasRoom();
    const widgetId = turnstile.render(this.#place, {
      sitekey: config.turnstileSiteKey,
      action: config.turnstileAction,
      language,
      size: this.#isWide ? 'flexible' : 'compact',
      'response-field': false,
      callback: (token) => this.#solve(token),
      'expired-callback': () => {
        this.#token = undefined; // the widget begins another challenge by itself
      },
      'before-interactive-callback': () => this.#say('captchaInteractive'),
      'after-interactive-callback': () => this.#say(undefined),
      'unsupported-callback': () => this.#fail('captchaUnsupported'),
      'error-callback': (code) => {
        this.#fail(troubleOf(code));
        return true; // the page tells the user, so the widget need not write to the console
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
    if (this.#isRemoved) return;
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
 * Finds the text for an error code of Turnstile, by the families of codes that Cloudflare documents.
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

/** @returns {Promise<Config>} */
async function readConfig() {
  try {
    const signal = AbortSignal.timeout(CONFIG_DEADLINE_MS);
    const response = await fetch('/api/Config', { signal });
    if (response.ok) return await response.json();
  } catch {
    // A missing answer and a wrong answer have the same result: see below.
  }
  throw new CaptchaError('unreachable');
}

/** All widgets share one script. After a failure, the next try loads it again. @type {Promise<void> | undefined} */
let loading;

/** @param {string} origin */
function loadScript(origin) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const fail = () => {
      clearTimeout(deadline);
      loading = undefined;
      script.remove();
      reject(new CaptchaError('captchaUnreachable'));
    };
    const deadline = setTimeout(fail, SCRIPT_DEADLINE_MS);
    script.onerror = fail;
    script.onload = () => {
      clearTimeout(deadline);
      // A content blocker may have answered with an empty script.
      if ('turnstile' in window) resolve();
      else fail();
    };
    script.src = origin + SCRIPT_PATH;
    document.head.append(script);
  });
  return loading;
}
