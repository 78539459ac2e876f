/**
 * The templates of `index.html`.
 *
 * @module
 */
import { text } from './texts.js';

/** @import { TextKey } from './texts.js' */

/**
 * Finds an element of a template by the name in its `data-part`.
 *
 * @typedef {(<T extends HTMLElement = HTMLElement>(name: string, type?: new () => T) => T)
 *   & { has(name: string): boolean }} Part `type` is only for the compiler
 */

/**
 * Puts a template into a place, in the user's language. An element that has a `data-text` holds the key of its text. An
 * element that has a `data-template` holds another template.
 *
 * @param {string} id of the template
 * @param {HTMLElement} place its content is replaced
 * @returns {Part}
 */
export function fill(id, place) {
  place.replaceChildren(copyOf(id));
  for (const element of place.querySelectorAll('[data-template]')) {
    element.replaceChildren(copyOf(element.getAttribute('data-template') ?? ''));
  }
  for (const element of place.querySelectorAll('[data-text]')) {
    element.textContent = text(/** @type {TextKey} */ (element.textContent));
  }
  // The parts are looked up now. So code that runs late finds them even after the page has removed them.
  const elements = [...place.querySelectorAll('[data-part]')];
  const parts = new Map(elements.map((part) => [part.getAttribute('data-part'), part]));
  const find = (/** @type {string} */ name) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`The template ${id} has no part ${name}.`);
    return /** @type {any} */ (part);
  };
  return Object.assign(find, { has: (/** @type {string} */ name) => parts.has(name) });
}

/** @param {string} id */
function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return template.content.cloneNode(true);
}

/**
 * Makes an element.
 *
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...(string | Node)} children strings are text, never markup
 */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
