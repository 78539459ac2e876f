/**
 * Begins the page. Until then, and if the browser cannot run the page, `index.html` shows a sentence that says so.
 * A browser that cannot even read this script leaves that sentence where it is.
 *
 * @module
 */
(() => {
  /**
   * What the page needs, and not every browser has that can read its modules. A test compares this list with the page.
   */
  const NEEDED = [
    'AbortSignal.any',
    'AbortSignal.prototype.throwIfAborted',
    'AbortSignal.timeout',
    'HTMLDialogElement.prototype.showModal',
  ];

  /** The page has four dozen kilobytes. After this time the user gets a link to load it again. */
  const DEADLINE_MS = 15_000;

  const { dataset } = document.documentElement;

  /** @param {string} path such as `AbortSignal.any` */
  function isMissing(path) {
    /** @type {any} */
    let value = window;
    for (const name of path.split('.')) value = value?.[name];
    return value === undefined;
  }

  if (NEEDED.some(isMissing)) return;
  dataset.start = 'pending';

  // At once, the token of a link leaves the address bar. So no entry of the history has it, and nobody who looks at the screen.
  const fragment = location.hash;
  if (/^\/set-password\/?$/.test(location.pathname)) {
    history.replaceState(null, '', location.pathname);
    window.takeLinkToken = () => {
      delete window.takeLinkToken; // before any other script is loaded
      return fragment.slice(1);
    };
  }

  const fail = () => {
    dataset.start = 'failed';
    for (const link of document.querySelectorAll('#unloaded a')) {
      link.addEventListener('click', (event) => {
        event.preventDefault();
        if (fragment !== '') history.replaceState(null, '', location.pathname + fragment);
        location.reload();
      });
    }
  };
  // The page cannot run: the browser does not know its syntax, or lacks something that nobody thought of.
  window.addEventListener('error', ({ filename }) => {
    if (filename?.startsWith(`${location.origin}/`)) delete dataset.start;
  });
  setTimeout(fail, DEADLINE_MS); // after the beginning it does nothing: the page has replaced both sentences
  const script = document.createElement('script');
  script.type = 'module';
  script.src = '/page/main.js';
  script.onerror = fail;
  document.head.append(script);
})();
