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
 * @typedef {<T extends HTMLElement = HTMLElement>(name: string, type?: new () => T) => T} Part `type` is only for
 *   the compiler
 */

/**
 * Puts a template into a place, in the user's language. An element that has a `data-text` holds the key of its text.
 *
 * @param {string} id of the template
 * @param {HTMLElement} place its content is replaced
 * @returns {Part}
 */
export function fill(id, place) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  place.replaceChildren(template.content.cloneNode(true));
  for (const element of place.querySelectorAll('[data-text]')) {
    element.textContent = text(/** @type {TextKey} */ (element.textContent));
  }
  // The parts are looked up now. So code that runs late finds them even after the page has removed them.
  const elements = [...place.querySelectorAll('[data-part]')];
  const parts = new Map(elements.map((part) => [part.getAttribute('data-part'), part]));
  return (name) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`The template ${id} has no part ${name}.`);
    return /** @type {any} */ (part);
  };
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
