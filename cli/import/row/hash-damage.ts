/**
 * What exports and spreadsheets do to the base64 of a password hash.
 *
 * @module
 */

/** A whole hash, or not. */
type IsHash = (text: string) => boolean;

/** Kinds of damage, each with how it is found. The first one that fits counts. The sentences have no subject. */
const DAMAGE: [sentence: string, isSo: (text: string, isHash: IsHash) => boolean][] = [
  [
    'is an error of a spreadsheet. Export again, and do not save the file with a spreadsheet',
    (text) => /^#.{1,14}[?!A]$/.test(text),
  ],
  [
    'is a formula or has quotes around it. Export the bare value',
    (text) => /^(?:=|["'])/.test(text),
  ],
  ['ends with …: it was cut. Export the whole column', (text) => /(?:…|\.\.\.)$/.test(text)],
  [
    'has escapes such as %2B or \\u002B in place of + and /. Export the bare value',
    (text, isHash) => isHash(unescapeBase64(text)),
  ],
  [
    'has blanks in place of +. Export again without decoding it as a part of a URL',
    (text, isHash) => isHash(text.replaceAll(' ', '+')),
  ],
  [
    'has - and _ in place of + and /. Export it as standard base64',
    (text, isHash) => isHash(text.replaceAll('-', '+').replaceAll('_', '/')),
  ],
  [
    'has lost the = at its end. Export it as text',
    // 49 and 61 bytes, the lengths that Identity writes. Another length may as well be a hash that was cut.
    (text, isHash) => /^(?:.{66}|.{82})=?$/.test(text) && isHash(`${text.replace('=', '')}==`),
  ],
  [
    'has blanks or line breaks within it, and is not whole without them. Export the bare value',
    (text) => /^A[A-Q][A-Za-z0-9+/=\s]{10,}$/.test(text) && /\s/.test(text),
  ],
];

function unescapeBase64(text: string): string {
  return text
    .replace(/%2B|\\u002B/gi, '+')
    .replace(/%2F|\\u002F|\\\//gi, '/')
    .replace(/%3D|\\u003D/gi, '=');
}

/**
 * Finds what has happened to a hash that cannot be read.
 *
 * @param isHash whether a text is a whole hash. What was changed is one when the change is taken back
 * @returns a sentence without a subject, or `undefined`
 */
export function findHashDamage(text: string, isHash: IsHash): string | undefined {
  return DAMAGE.find(([, isSo]) => isSo(text, isHash))?.[0];
}
