/**
 * The Turnstile widget of a form, rendered explicitly.
 * https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/
 *
 * @module
 */
import { language } from './texts.js';

/** @import { TextKey } from './texts.js' */
/**
 * @typedef {{ turnstileSiteKey: string, turnstileAction?: string, forgottenPassword?: true }} Config the answer of
 *   `GET /api/Config`
 */

/** Cloudflare's script must come from here. A site may neither copy it nor pass it on. */
const CLOUDFLARE = 'https://challenges.cloudflare.com';
const SCRIPT_PATH = '/turnstile/v0/api.js?render=explicit';
/** A script that has not arrived within this time will hardly arrive later. */
const SCRIPT_DEADLINE_MS = 15_000;
const CONFIG_DEADLINE_MS = 15_000;
/** A widget that asks for nothing answers in a few seconds. After this time something keeps it from answering. */
const CHALLENGE_DEADLINE_MS = 30_000;
/** A login waits for a token for this long, even if the user is asked for a click and does not click. */
const TOKEN_DEADLINE_MS = 120_000;
/** A token is valid for 300 s. An older token than this could expire on its way to Cloudflare. */
const MAX_TOKEN_AGE_MS = 240_000;

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
  #heedConfig;
  /** Ends with the captcha. */
  #life = new AbortController();
  /** @type {string | undefined} */
  #widgetId;
  /** What the widget was rendered with. @type {Config | undefined} */
  #config;
  #isWide = true;
  /** @type {{ value: string, age: () => number } | undefined} */
  #token;
  /** The logins that wait for a token. @type {Set<{ resolve(token: string): void, reject(error: unknown): void }>} */
  #waiting = new Set();
  /** The time is up when the widget has not answered. @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  #isInTrouble = false;
  #isAsking = false;
  /** A Content-Security-Policy has kept Cloudflare's script or frame from loading. */
  #isForbidden = false;
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
   * @param {(config: Config) => void} [heedConfig] takes the answer of the service, when it comes
   */
  constructor(place, tell, heedConfig = () => {}) {
    this.#place = place;
    this.#tell = tell;
    this.#heedConfig = heedConfig;
    const { signal } = this.#life;
    document.addEventListener('securitypolicyviolation', (event) => this.#heed(event), { signal });
    window.addEventListener('pageshow', (event) => this.#wakeUp(event), { signal });
    this.#start();
  }

  /**
   * Waits for a token that is fresh enough to be sent. After two minutes it gives up, with a message to the user.
   *
   * @param {{ signal?: AbortSignal }} [options] the signal ends the waiting, not the challenge
   * @returns {Promise<string>}
   * @throws CaptchaError, or the reason of the signal
   */
  async token({ signal } = {}) {
    signal?.throwIfAborted();
    if (this.#token !== undefined && this.#token.age() < MAX_TOKEN_AGE_MS) return this.#token.value;
    const token = this.#wait(signal); // first, because the next lines can fail at once
    if (this.#token !== undefined) this.reset();
    else if (this.#isInTrouble) this.retry();
    return token;
  }

  /** @param {AbortSignal | undefined} signal @returns {Promise<string>} */
  async #wait(signal) {
    const deadline = setTimeout(
      () => this.#fail(this.#isAsking ? 'captchaUnanswered' : 'captchaSilent'),
      TOKEN_DEADLINE_MS,
    );
    const done = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const waiting = { resolve, reject };
        this.#waiting.add(waiting);
        const options = { signal: done.signal };
        signal?.addEventListener('abort', () => reject(signal.reason), options);
        done.signal.addEventListener('abort', () => this.#waiting.delete(waiting));
      });
    } finally {
      clearTimeout(deadline);
      done.abort();
    }
  }

  /** Lets the widget solve another challenge. A token is good for one login only, even if the login fails. */
  reset() {
    if (this.#token === undefined) return;
    this.#begin(() => turnstile.reset(this.#widgetId));
  }

  /** Tries again after trouble. */
  retry() {
    this.#say(undefined);
    this.#isForbidden = false;
    if (this.#config === undefined) this.#start();
    else this.#renderAgain();
  }

  remove() {
    this.#life.abort();
    this.#token = undefined;
    clearTimeout(this.#watchdog);
    this.#resizing.disconnect();
    if (this.#widgetId !== undefined) turnstile.remove(this.#widgetId);
    for (const { reject } of this.#waiting) reject(new CaptchaError('captchaFailed'));
  }

  async #start() {
    try {
      const config = await readConfig();
      if (!this.#isRemoved) this.#heedConfig(config);
      await loadScript(TEST_SITE_KEY.test(config.turnstileSiteKey) ? '' : CLOUDFLARE);
      if (this.#isRemoved) return;
      this.#begin(() => this.#render(config));
      this.#resizing.observe(this.#place);
    } catch (error) {
      this.#fail(error instanceof CaptchaError ? error.trouble : 'captchaMisconfigured');
    }
  }

  get #isRemoved() {
    return this.#life.signal.aborted;
  }

  #hasRoom() {
    return this.#place.clientWidth >= FLEXIBLE_WIDTH_PX;
  }

  #renderAgain() {
    const config = this.#config;
    if (config === undefined) return;
    this.#begin(() => {
      if (this.#widgetId !== undefined) turnstile.remove(this.#widgetId);
      this.#render(config);
    });
  }

  /** Begins a challenge. @param {() => void} challenge calls Cloudflare's script */
  #begin(challenge) {
    this.#isForbidden = false;
    this.#token = undefined;
    this.#isAsking = false;
    this.#watch();
    try {
      challenge();
    } catch {
      this.#fail('captchaMisconfigured'); // the script throws if it cannot use a parameter
    }
  }

  /** The widget has to answer from now on. */
  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#fail('captchaSilent'), CHALLENGE_DEADLINE_MS);
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
      // After a timeout the page has a button. A forgotten tab would go on asking for a click otherwise.
      'refresh-timeout': 'never',
      callback: (token) => this.#solve(token),
      'expired-callback': () => this.#begin(() => {}), // the widget begins another challenge by itself
      'timeout-callback': () => this.#fail('captchaUnanswered'),
      'before-interactive-callback': () => this.#ask(),
      'after-interactive-callback': () => {
        this.#say(undefined);
        this.#isAsking = false;
        this.#watch();
      },
      'unsupported-callback': () => this.#fail('captchaUnsupported'),
      'error-callback': (code) => {
        this.#fail(troubleOf(code));
        return true; // the page tells the user, so the widget need not write to the console
      },
    });
    this.#widgetId = widgetId ?? undefined;
  }

  /** @param {string} value */
  #solve(value) {
    if (this.#isRemoved) return;
    this.#say(undefined);
    clearTimeout(this.#watchdog);
    this.#isAsking = false;
    this.#token = { value, age: startStopwatch() };
    for (const { resolve } of this.#waiting) resolve(value);
  }

  /** The widget shows a box to click. The user may take time for that, so only a login's own deadline counts. */
  #ask() {
    clearTimeout(this.#watchdog);
    this.#isAsking = true;
    this.#say('captchaInteractive');
  }

  /** @param {TextKey} trouble */
  #fail(trouble) {
    if (this.#isRemoved) return;
    clearTimeout(this.#watchdog);
    this.#token = undefined;
    this.#isInTrouble = true;
    const told = this.#isForbidden ? 'captchaForbidden' : trouble;
    this.#tell(told, true);
    for (const { reject } of this.#waiting) reject(new CaptchaError(told));
  }

  /** @param {TextKey | undefined} message */
  #say(message) {
    this.#isInTrouble = false;
    this.#tell(message, false);
  }

  /**
   * A policy of the page or of a proxy may forbid the widget. Then no callback comes.
   *
   * @param {SecurityPolicyViolationEvent} violation
   */
  #heed({ blockedURI, disposition, effectiveDirective }) {
    if (disposition !== 'enforce' || !blockedURI.startsWith(CLOUDFLARE)) return;
    if (!/^(script|frame|child)-src/.test(effectiveDirective)) return;
    this.#isForbidden = true;
    this.#fail('captchaForbidden');
  }

  /**
   * The page may come out of the browser's page cache, where the widget has slept for hours.
   *
   * @param {PageTransitionEvent} event
   */
  #wakeUp({ persisted }) {
    if (persisted && !this.#isInTrouble) this.#renderAgain();
  }
}

/**
 * Measures time by two clocks, and takes the longer time. One clock stops while a computer sleeps. The other clock
 * can be set.
 *
 * @returns {() => number} the time in milliseconds since the call
 */
function startStopwatch() {
  const [date, tick] = [Date.now(), performance.now()];
  return () => Math.max(Date.now() - date, performance.now() - tick);
}

/**
 * Finds the text for an error code of Turnstile, by the families of codes that Cloudflare documents.
 * https://developers.cloudflare.com/turnstile/troubleshooting/client-side-errors/error-codes/
 *
 * @param {string} code
 * @returns {TextKey}
 */
function troubleOf(code) {
  if (/^110200/.test(code)) return 'captchaHostname';
  if (/^(1101|1104|4000)/.test(code)) return 'captchaMisconfigured';
  if (/^110500/.test(code)) return 'captchaUnsupported';
  if (/^110510/.test(code)) return 'captchaDisguised';
  if (/^1106/.test(code)) return 'captchaSlow';
  if (/^(100|105|200010)/.test(code)) return 'captchaReload';
  if (/^200100/.test(code)) return 'captchaClock';
  if (/^200500/.test(code)) return 'captchaUnreachable';
  return 'captchaFailed';
}

/** @returns {Promise<Config>} */
export async function readConfig() {
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

/** @param {string} origin @throws CaptchaError */
function loadScript(origin) {
  loading ??= insertScript(origin + SCRIPT_PATH).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** @param {string} url @returns {Promise<void>} */
async function insertScript(url) {
  const script = document.createElement('script');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let deadline;
  try {
    await new Promise((resolve, reject) => {
      deadline = setTimeout(reject, SCRIPT_DEADLINE_MS);
      script.onload = resolve;
      script.onerror = reject;
      script.src = url;
      document.head.append(script);
    });
    // A content blocker may have answered with an empty script.
    if (!('turnstile' in window)) throw new Error(`${url} is empty.`);
  } catch {
    script.remove();
    throw new CaptchaError('captchaUnreachable');
  } finally {
    clearTimeout(deadline);
  }
}
