/**
 * What exports do to ids and names. Every function returns a sentence with the way to export better, or `undefined` where
 * the text is sound.
 *
 * @module
 */
import { findUntypable, normalizeUserName, trimName } from '../../../src/user-name.ts';
import type { Column } from './cell.ts';

/**
 * The bytes 80 to BF as Windows-1252 shows them. In UTF-8 they are the second and later bytes of a character, and are never
 * alone.
 */
const LATER_BYTE = '[\\u0080-\\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]';

/** The same without letters: `Ä` and `Å` are letters of names, and another letter may follow them. */
const LATER_BYTE_SIGN =
  '[\\u0080-\\u00a9\\u00ab-\\u00b4\\u00b6-\\u00b9\\u00bb-\\u00bf€‚„…†‡ˆ‰‹‘’“”•–—˜™›]';

/**
 * The beginning of a character in UTF-8, with the next byte, read as Windows-1252: `Ã©` is `é`, `â€™` is `’`, `Å‚` is `ł`.
 * `Ã` alone is a letter of Portuguese: `JOÃO`.
 */
const MOJIBAKE = new RegExp(`[ÂÃÐ]${LATER_BYTE}|[ÄÅÎÏÑ]${LATER_BYTE_SIGN}|â€`);

/**
 * What other encodings become where they are read as Windows-1252: the code pages 437 and 850 of DOS make `¤` of `ñ`, `‚` of
 * `é`, `¢` of `ó`, and Mac Roman makes others. No name has such a sign beside a letter.
 */
const SIGN = '[¤¢£¥§¦¨¬±¶µ‚„†‡ˆ‰]';
const OTHER_ENCODING = new RegExp(`[A-Za-z]${SIGN}|${SIGN}[A-Za-z]|[A-Za-z]¡`);

/** Finds text that was cut with `…`, or that was decoded wrongly. */
export function findDamage(text: string, { name }: Column): string | undefined {
  if (text.endsWith('…')) return `${name} ends with …: it was cut. Export the whole column`;
  if (MOJIBAKE.test(text)) {
    return `${name} has signs in place of letters, such as Ã© in place of é: UTF-8 was read as Windows-1252. Export as UTF-8 again`;
  }
  return OTHER_ENCODING.test(text)
    ? `${name} has signs in place of letters, such as ¤ in place of ñ: the file has another encoding. Export as UTF-8`
    : undefined;
}

/** `1.23E+10`, or `1,23E+10` in the languages that write a decimal comma. */
const SCIENTIFIC_NOTATION = /^\d(?:[.,]\d+)?E\+\d{2,}$/i;

/** Finds a number that a spreadsheet has rounded, because it was long. */
export function findScientificNotation(text: string, { name }: Column): string | undefined {
  return SCIENTIFIC_NOTATION.test(text)
    ? `${name} is a number that a spreadsheet has rounded (E+). Export the column as text, and do not save the file with a spreadsheet`
    : undefined;
}

/**
 * Finds a character that people cannot see or type. It also finds what PostgreSQL cannot store: U+0000 is a control
 * character, and a lone surrogate is found too.
 */
export function findUntypableCharacter(text: string, { name }: Column): string | undefined {
  const codePoint = findUntypable(text);
  if (codePoint === undefined) return undefined;
  return `${name} has the character ${codePoint}, which people cannot see or type`;
}

/**
 * Whether a name or its normalised form was cut: then one is the beginning of the other. A normalised form that differs
 * otherwise is the work of a normaliser of one's own.
 *
 * @param normalized the form of the name in which names are compared, as `normalizeUserName` makes it
 * @param exported the normalised form of the source
 */
export function isCut(normalized: string, exported: string): boolean {
  if (normalized === exported) return false;
  const other = normalizeUserName(trimName(exported));
  if (other === '' || other === normalized) return false;
  return normalized.startsWith(other) || other.startsWith(normalized);
}
