/**
 * User names: which ones can exist, and the form in which they are looked up.
 *
 * @module
 */

/** The longest user name in UTF-16 code units: `nvarchar(256)` in ASP.NET Core Identity. */
export const MAX_USER_NAME_LENGTH = 256;

/** Whether PostgreSQL's `text` can hold a text. It can hold neither U+0000 nor a lone surrogate. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Whether a user of this name can exist at all. A name that cannot be stored must not reach a statement. */
export function isPossibleUserName(name: string): boolean {
  return name.trim() !== '' && name.length <= MAX_USER_NAME_LENGTH && isStorable(name);
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
