/**
 * A field for a password, which a button shows and hides.
 *
 * @module
 */
import { text } from './texts.js';

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} button
 * @returns {() => void} hides the password
 */
export function makeRevealable(field, button) {
  button.onclick = () => setRevealed(field.type === 'password');
  field.onbeforeinput = dropLastLineBreak;
  const hide = () => setRevealed(false);
  hide();
  return hide;

  /** @param {boolean} isRevealed */
  function setRevealed(isRevealed) {
    field.type = isRevealed ? 'text' : 'password';
    button.textContent = text(isRevealed ? 'hide' : 'show');
    button.setAttribute('aria-label', text(isRevealed ? 'hidePassword' : 'showPassword'));
  }
}

/**
 * Drops the line breaks at the end of a password that is pasted or dropped into its field. A copied line has one, and
 * not every browser drops it. The rest is inserted as it is.
 *
 * @this {GlobalEventHandlers}
 * @param {InputEvent} event
 */
function dropLastLineBreak(event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const rest = event.data?.replace(/[\n\r\u2028\u2029]+$/, '');
  if (!/^insertFrom/.test(event.inputType) || rest === undefined || rest === event.data) return;
  event.preventDefault();
  field.setRangeText(rest, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end');
}
