/**
 * Data in a form that is safe on a terminal. A name or an e-mail address may hold escape sequences, line breaks, or
 * characters that turn the direction of the text. A terminal would obey them.
 *
 * @module
 */
import { findUntypable } from '../src/user-name.ts';

/**
 * Escapes every character that people cannot see or type, as JSON does.
 *
 * ```ts
 * escapeUntypable('ana\u001b[2J'); // ana\u001b[2J, with a backslash
 * ```
 */
export function escapeUntypable(text: string): string {
  if (findUntypable(text) === undefined) return text;
  return Array.from(text, (character) =>
    findUntypable(character) === undefined ? character : escapeCharacter(character),
  ).join('');
}

/** Writes a value as JSON that holds no character that people cannot see or type, apart from the line breaks of `indent`. */
export function toSafeJson(value: unknown, indent?: number): string {
  // JSON itself escapes the line breaks of the data.
  return JSON.stringify(value, null, indent).split('\n').map(escapeUntypable).join('\n');
}

/** White space that looks like a blank, or like nothing. */
const ODD_WHITE_SPACE = /(?! )[\p{White_Space}\ufeff]/gu;

/** Quotes a name so that people can tell it from another one that differs only in white space. */
export function quoteName(name: string): string {
  return toSafeJson(name).replace(ODD_WHITE_SPACE, escapeCharacter);
}

/** A character beyond the basic plane becomes two escapes. */
function escapeCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
