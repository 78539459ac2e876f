/**
 * User names: how they are read, which of them can exist, and the form in which they are looked up.
 *
 * @module
 */

/** The longest user name in UTF-16 code units: `nvarchar(256)` in ASP.NET Core Identity. */
export const MAX_USER_NAME_LENGTH = 256;

/** Whether PostgreSQL's `text` can hold a text. It can hold neither U+0000 nor a lone surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * The characters that are no part of a name at its ends: Unicode's `White_Space` and U+FEFF. JavaScript's own `trim` leaves
 * U+0085.
 */
const WHITE_SPACE = /[\p{White_Space}\ufeff]/u;

/**
 * Removes the white space around a name. Keyboards add a blank behind a word, and people copy one with it. SQL Server's `=`
 * ignored it too, so old clients may send it.
 *
 * ```ts
 * trimName(' jdoe\u00a0'); // jdoe
 * ```
 */
export function trimName(name: string): string {
  const isWhiteSpace = (index: number) => WHITE_SPACE.test(name.charAt(index));
  // One pass from each end. A pattern that ends with `+$` would start again at every blank within a long name, and a caller
  // would pay nothing for it.
  let start = 0;
  while (start < name.length && isWhiteSpace(start)) start++;
  let end = name.length;
  while (end > start && isWhiteSpace(end - 1)) end--;
  return name.slice(start, end);
}

/**
 * Control, format and unassigned characters, surrogates, line and paragraph separators, and the sign for bytes that could not
 * be decoded.
 */
const UNTYPABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u;

/**
 * Finds a character that nobody can see or type again. A new name must not have one. A login does not look for it: such a
 * name is unknown, as any other.
 *
 * ```ts
 * findUntypable('jd\u200boe'); // U+200B
 * ```
 *
 * @returns the code point of the first one, in the notation of the Unicode Standard
 */
export function findUntypable(text: string): string | undefined {
  const [character] = UNTYPABLE.exec(text) ?? [];
  const codePoint = character?.codePointAt(0)?.toString(16).toUpperCase();
  return codePoint === undefined ? undefined : `U+${codePoint.padStart(4, '0')}`;
}

/** Whether a user of this name can exist at all. A name that cannot be stored must not reach a statement. */
export function isPossibleUserName(name: string): boolean {
  return trimName(name) !== '' && name.length <= MAX_USER_NAME_LENGTH && isStorable(name);
}

/**
 * Returns the form in which user names are compared: NFC, then upper case, where one code point becomes one code point.
 * ASP.NET Core Identity's `UpperInvariantLookupNormalizer` does the same.
 *
 * ```ts
 * normalizeUserName('jdoe'); // JDOE
 * normalizeUserName('straße'); // STRAßE
 * ```
 */
export function normalizeUserName(name: string): string {
  return Array.from(name.normalize('NFC'), toUpperInvariant).join('');
}

/** .NET does not change the dotless i. So two names that differ only in it stay two names. */
const DOTLESS_I = 'ı';

/**
 * Applies Unicode's simple upper-case mapping to one code point, as .NET's `ToUpperInvariant` does. JavaScript's own
 * `toUpperCase` is the full mapping, which turns `ß` into two letters.
 */
function toUpperInvariant(character: string): string {
  if (character === DOTLESS_I) return character;
  const upper = character.toUpperCase();
  if (Array.from(upper).length === 1) return upper;
  return withCapitalIotaSubscript(character) ?? character;
}

/**
 * The Greek small letters with an iota subscript (UnicodeData.txt, field 12). No other character has both: a full mapping
 * that is longer than one code point, and a simple mapping.
 */
function withCapitalIotaSubscript(character: string): string | undefined {
  const codePoint = character.codePointAt(0) ?? 0;
  const isSmallRow =
    (codePoint >= 0x1f80 && codePoint <= 0x1faf && (codePoint & 8) === 0) ||
    codePoint === 0x1fb3 ||
    codePoint === 0x1fc3 ||
    codePoint === 0x1ff3;
  if (!isSmallRow) return undefined;
  const distance = codePoint <= 0x1faf ? 8 : 9;
  return String.fromCodePoint(codePoint + distance);
}
