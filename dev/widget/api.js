/**
 * A stand-in for Turnstile's script, for machines without internet. It has the client API that Turnstile's
 * documentation describes. Its widgets behave as the documentation says of Cloudflare's test site keys.
 * https://developers.cloudflare.com/turnstile/get-started/client-side-rendering/
 * https://developers.cloudflare.com/turnstile/troubleshooting/testing/
 *
 * The stand-in leaves out the parts that a page with explicit rendering does not use: implicit rendering,
 * `execution: 'execute'` and `appearance`.
 *
 * @module
 */
(() => {
  const DUMMY_TOKEN = 'XXXX.DUMMY.TOKEN.XXXX';

  /** The behaviour of each kind of test site key. */
  const BEHAVIOURS = /** @type {const} */ ({ 1: 'passes', 2: 'blocks', 3: 'asks' });

  const SOLVING_MS = 150;
  /** A token is valid for this long. */
  const TOKEN_LIFETIME_MS = 300_000;
  /** A visitor has this long to answer. */
  const INTERACTION_MS = 300_000;
  const RETRY_INTERVAL_MS = 8_000;

  /** https://developers.cloudflare.com/turnstile/troubleshooting/client-side-errors/error-codes/ */
  const ERRORS = { unknownSiteKey: '110100', challengeFailed: '600010' };

  const WORDS = {
    en: {
      solving: 'Verifying…',
      asking: 'Verify you are human',
      solved: '✓ Success!',
      failed: '✗ Verification failed',
      expired: 'Verification expired',
      note: 'Stand-in, for testing only',
    },
    es: {
      solving: 'Verificando…',
      asking: 'Verifica que eres un ser humano',
      solved: '✓ ¡Operación exitosa!',
      failed: '✗ Error de verificación',
      expired: 'La verificación ha caducado',
      note: 'Sustituto, solo para pruebas',
    },
  };

  const SHEET = new CSSStyleSheet();
  SHEET.replaceSync(`
    :host { color-scheme: light; }
    @media (prefers-color-scheme: dark) { :host([data-theme=auto]) { color-scheme: dark; } }
    :host([data-theme=dark]) { color-scheme: dark; }
    div { box-sizing: border-box; width: 300px; height: 65px; padding: 0 12px; display: flex; flex-wrap: wrap;
      align-items: center; gap: 2px 10px; align-content: center; font: 14px/1.3 system-ui, sans-serif;
      border: 1px solid light-dark(#e0e0e0, #797979); background: light-dark(#fafafa, #232323);
      color: light-dark(#232323, #fff); }
    :host([data-size=flexible]) div { width: 100%; min-width: 300px; }
    :host([data-size=compact]) div { width: 150px; height: 140px; }
    label { display: flex; align-items: center; gap: 8px; min-height: 24px; }
    input { width: 22px; height: 22px; margin: 0; }
    small { flex-basis: 100%; font-size: 11px; color: light-dark(#666, #b3b3b3); }
  `);

  /** @type {Map<string, Widget>} */
  const widgets = new Map();

  class Widget {
    /** @type {string | undefined} */
    token;
    isExpired = false;
    #timer = 0;

    /** @param {HTMLElement} container @param {Turnstile.RenderParameters} parameters */
    constructor(container, parameters) {
      this.id = `cf-chl-widget-${Math.random().toString(36).slice(2, 7)}`;
      this.container = container;
      this.parameters = parameters;
      const language = (parameters.language ?? 'auto').replace('auto', navigator.language);
      this.words = language.startsWith('es') ? WORDS.es : WORDS.en;

      this.host = document.createElement('div');
      this.host.id = this.id;
      this.host.dataset.size = parameters.size ?? 'normal';
      this.host.dataset.theme = parameters.theme ?? 'auto';
      this.host.hidden = parameters.sitekey.endsWith('BB'); // the keys of invisible widgets
      this.field = document.createElement('input');
      this.field.type = 'hidden';
      this.field.name = parameters['response-field-name'] ?? 'cf-turnstile-response';
      if (parameters['response-field'] !== false) this.host.append(this.field);
      this.root = this.host.attachShadow({ mode: 'open' });
      this.root.adoptedStyleSheets = [SHEET];
      container.append(this.host);
      this.run();
    }

    /** Runs a challenge. The kind of the site key decides how it ends. */
    run() {
      this.stop();
      this.token = undefined;
      this.isExpired = false;
      this.field.value = '';
      this.#show('solving');
      const [, kind] = /^([123])x0{20}[A-F]{2}$/.exec(this.parameters.sitekey) ?? [];
      const behaviour = BEHAVIOURS[/** @type {keyof typeof BEHAVIOURS} */ (Number(kind))];
      this.#after(SOLVING_MS, () => {
        if (behaviour === 'passes') this.#solve();
        else if (behaviour === 'asks') this.#ask();
        else this.#fail(behaviour ? ERRORS.challengeFailed : ERRORS.unknownSiteKey);
      });
    }

    stop() {
      clearTimeout(this.#timer);
    }

    remove() {
      this.stop();
      this.host.remove();
      widgets.delete(this.id);
    }

    #solve() {
      this.token = DUMMY_TOKEN;
      this.field.value = DUMMY_TOKEN;
      this.#show('solved');
      this.#after(TOKEN_LIFETIME_MS, () => this.#expire());
      this.parameters.callback?.(DUMMY_TOKEN);
    }

    #expire() {
      this.isExpired = true;
      this.field.value = '';
      this.#show('expired');
      this.parameters['expired-callback']?.(DUMMY_TOKEN);
      if ((this.parameters['refresh-expired'] ?? 'auto') === 'auto') this.run();
    }

    #ask() {
      this.parameters['before-interactive-callback']?.();
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.tabIndex = this.parameters.tabindex ?? 0;
      box.onchange = () => {
        this.parameters['after-interactive-callback']?.();
        this.#solve();
      };
      this.#show('asking', box);
      this.#after(INTERACTION_MS, () => {
        this.parameters['timeout-callback']?.();
        if ((this.parameters['refresh-timeout'] ?? 'auto') === 'auto') this.run();
      });
    }

    /** @param {string} code */
    #fail(code) {
      this.#show('failed');
      const isRetried =
        (this.parameters.retry ?? 'auto') === 'auto' && code !== ERRORS.unknownSiteKey;
      const interval = this.parameters['retry-interval'] ?? RETRY_INTERVAL_MS;
      if (isRetried) this.#after(interval, () => this.run());
      const callback = this.parameters['error-callback'];
      if (callback === undefined) throw new Error(`[Cloudflare Turnstile] Error: ${code}.`);
      const isHandled = /** @type {unknown} */ (callback(code));
      if (!isHandled) console.warn(`[Cloudflare Turnstile] Error: ${code}.`);
    }

    /** @param {number} milliseconds @param {() => void} then replaces the step that was planned before */
    #after(milliseconds, then) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(then, milliseconds);
    }

    /** @param {keyof typeof WORDS.en} state @param {HTMLElement} [control] */
    #show(state, control) {
      const box = document.createElement('div');
      const label = document.createElement('label');
      const note = document.createElement('small');
      label.append(...(control ? [control] : []), this.words[state]);
      note.textContent = this.words.note;
      box.append(label, note);
      this.root.replaceChildren(box);
    }
  }

  /** @param {string | HTMLElement | undefined} which a widget's id or its container. Without it, the first widget */
  function find(which) {
    const all = [...widgets.values()];
    if (which === undefined) return all[0];
    const container = typeof which === 'string' ? select(which) : which;
    return widgets.get(String(which)) ?? all.find((widget) => widget.container === container);
  }

  /** @param {string} selector */
  function select(selector) {
    try {
      return /** @type {HTMLElement | null} */ (document.querySelector(selector));
    } catch {
      return null; // the id of a widget need not be a selector
    }
  }

  /** @param {string | HTMLElement | undefined} which @param {string} what */
  function findFor(which, what) {
    const widget = find(which);
    if (!widget) console.warn(`[Cloudflare Turnstile] Nothing to ${what} found for ${which}.`);
    return widget;
  }

  /** @type {Turnstile.Turnstile} */
  const api = {
    ready: (callback) => callback(),
    render(container, parameters) {
      const place = typeof container === 'string' ? select(container) : container;
      if (place === null) {
        throw new Error(`[Cloudflare Turnstile] Could not find the container ${container}.`);
      }
      if (!parameters?.sitekey) throw new Error('[Cloudflare Turnstile] Missing sitekey.');
      const widget = new Widget(place, parameters);
      widgets.set(widget.id, widget);
      return widget.id;
    },
    execute: () => {}, // every widget runs by itself
    reset: (which) => findFor(which, 'reset')?.run(),
    remove: (which) => findFor(which, 'remove')?.remove(),
    getResponse: (which) => find(which)?.token,
    isExpired: (which) => find(which)?.isExpired ?? false,
  };
  if ('turnstile' in window) console.warn('[Cloudflare Turnstile] It has been loaded already.');
  Object.assign(window, { turnstile: api });

  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const onload = script && new URL(script.src).searchParams.get('onload');
  if (onload) /** @type {any} */ (window)[onload]?.();
})();
