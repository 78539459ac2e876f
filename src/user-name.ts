/**
 * User names: which ones can exist, and the form in which they are looked up.
 *
 * @module
 */

/** The longest user name in UTF-16 code units: `nvarchar(256)` in ASP.NET Core Identity. */
export const MAX_USER_NAME_LENGTH = 256;

/** Whether PostgreSQL's `text` can hold it: neither U+0000 nor a lone surrogate is in it. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Whether a user of this name can exist at all. One that cannot be stored is refused before it reaches
 * a statement.
 */
export function isPossibleUserName(name: string): boolean {
  return name.trim() !== '' && name.length <= MAX_USER_NAME_LENGTH && isStorable(name);
}

/**
 * The form in which user names are compared: NFC, then upper case, one code point to one code
 * point, as ASP.NET Core Identity's `UpperInvariantLookupNormalizer` does it.
 */
export function normalizeUserName(name: string): string {
  return Array.from(name.normalize('NFC'), toUpperInvariant).join('');
}

/** .NET leaves the dotless i alone, so that no two names that differ in it become one. */
const DOTLESS_I = 'ı';

/**
 * Unicode's simple upper-case mapping of one code point, as .NET's `ToUpperInvariant` applies it.
 * JavaScript's own `toUpperCase` is the full mapping, which turns `ß` into two letters.
 */
function toUpperInvariant(character: string): string {
  if (character === DOTLESS_I) return character;
  const upper = character.toUpperCase();
  if (Array.from(upper).length === 1) return upper;
  return withCapitalIotaSubscript(character) ?? character;
}

/**
 * The only characters whose full mapping is longer than one code point and which have a simple one
 * as well: the Greek small letters with an iota subscript (UnicodeData.txt, field 12).
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
