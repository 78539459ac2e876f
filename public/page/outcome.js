/**
 * How something ended, and where to go on.
 *
 * @module
 */
import { fill } from './template.js';

/**
 * @param {HTMLElement} place its content is replaced
 * @param {{ title: string, sentence: string, offersNewLink?: boolean }} outcome
 */
export function showOutcome(place, { title, sentence, offersNewLink = false }) {
  const part = fill('outcome', place);
  part('title').textContent = title;
  part('sentence').textContent = sentence;
  part('forgotten').hidden = !offersNewLink;
  part('title').focus(); // so that a screen reader reads it out
}
