/**
 * What every form does: it shows its captcha, says that it is working, and stays until it was sent.
 *
 * @module
 */
import { Captcha, CaptchaError } from './captcha.js';
import { text } from './texts.js';

/** @import { Config } from './captcha.js' */
/** @import { Part } from './template.js' */
/** @import { TextKey } from './texts.js' */

/** A user who waits for longer than this is told that the page is still working. */
const PATIENCE_MS = 2_000;

/**
 * @template T
 * @typedef {object} FormOptions
 * @property {TextKey} label of the button that sends the form
 * @property {TextKey} busy the label meanwhile
 * @property {TextKey} patience what a user reads who waits for long
 * @property {(captchaToken: string) => Promise<T>} send
 * @property {(error: unknown) => string | Promise<string>} explain says what went wrong, and puts the focus where it can be mended
 * @property {() => void} [begin] is called before each try
 * @property {(config: Config) => void} [heedConfig]
 * @property {AbortSignal} [signal] ends the form
 */

/**
 * Lets the user fill in a form, until it was sent. The parts of the template are `form`, `submit`, `message` and `waiting`.
 * A form with a part `captcha` also has `trouble` and `retry`.
 *
 * @template T
 * @param {Part} part
 * @param {FormOptions<T>} options
 * @returns {Promise<T>} what `send` returns
 * @throws the reason of the signal
 */
export async function untilSent(part, options) {
  const { label, busy, patience, send, explain, begin, signal } = options;
  const captcha = part.has('captcha') ? showCaptcha(part, options.heedConfig) : undefined;
  const done = new AbortController();
  setBusy(false);
  try {
    return await new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { signal: done.signal });
      if (signal?.aborted) reject(signal.reason);
      part('form').onsubmit = (event) => {
        event.preventDefault();
        if (!isBusy()) submit().then(resolve, tell);
      };
    });
  } finally {
    done.abort();
    captcha?.remove();
  }

  async function submit() {
    part('message').textContent = '';
    begin?.();
    setBusy(true);
    try {
      const token = captcha && (await unlessQuick('stillChecking', captcha.token({ signal })));
      return await unlessQuick(patience, send(token ?? ''));
    } finally {
      setBusy(false);
    }
  }

  /**
   * Tells the user that the page is still working, if that takes more than two seconds.
   *
   * @template R
   * @param {TextKey} sentence
   * @param {Promise<R>} work
   */
  async function unlessQuick(sentence, work) {
    const timer = setTimeout(() => {
      part('waiting').textContent = text(sentence);
    }, PATIENCE_MS);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
      part('waiting').textContent = '';
    }
  }

  /** @param {unknown} error */
  async function tell(error) {
    if (signal?.aborted) return; // the form is another one's by now
    if (error instanceof CaptchaError) return; // the message beside the captcha says it already
    captcha?.reset(); // the request has spent the captcha token, even though it failed
    part('message').textContent = await explain(error);
  }

  /** Sets `aria-disabled`, because `disabled` would take the focus away from the button. @param {boolean} isBusy */
  function setBusy(isBusy) {
    part('submit').textContent = text(isBusy ? busy : label);
    part('submit').setAttribute('aria-disabled', String(isBusy));
  }

  function isBusy() {
    return part('submit').getAttribute('aria-disabled') === 'true';
  }
}

/** @param {Part} part @param {((config: Config) => void) | undefined} heedConfig */
function showCaptcha(part, heedConfig) {
  const tell = (/** @type {TextKey | undefined} */ message, /** @type {boolean} */ canRetry) => {
    const sentence = message === undefined ? '' : text(message, { hostname: location.hostname });
    // The widget repeats a message at every try that it makes by itself. If the page wrote the same message again, a
    // screen reader would read it out again.
    if (part('trouble').textContent !== sentence) part('trouble').textContent = sentence;
    part('trouble').classList.toggle('hint', !canRetry);
    part('retry').hidden = !canRetry;
  };
  const captcha = new Captcha(part('captcha'), tell, heedConfig);
  part('retry').onclick = () => {
    captcha.retry();
    part('submit').focus(); // the retry button disappears
  };
  return captcha;
}
