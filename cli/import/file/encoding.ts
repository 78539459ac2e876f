/**
 * How the bytes of a file become text.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';

/** The byte order marks of the Encoding Standard, section 6. They are stronger than any option. */
const BYTE_ORDER_MARKS: [encoding: string, mark: number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** How many bytes are enough to see how text is encoded. */
const SAMPLE_BYTES = 4096;

/** From this share of zero bytes in one half of the byte pairs, the text is UTF-16 of Latin letters. */
const UTF_16_SHARE = 0.4;

/** Text has fewer kinds of control characters. MySQL writes a `bit(1)` as two of them, and one may be the delimiter. */
const BINARY_KINDS = 4;

/**
 * Finds the encoding of a file: that of its byte order mark, that of the option, or UTF-8.
 *
 * @param name what people call the file
 * @param bytes its beginning
 * @param label a label of the Encoding Standard, section 4.2, such as `windows-1252`
 * @returns the name of an encoding for `TextDecoder`
 * @throws OperatorError where the label is unknown, or where the bytes are no text in UTF-8
 */
export function findEncoding(name: string, bytes: Uint8Array, label?: string): string {
  const [marked] =
    BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte)) ?? [];
  const labelled = label === undefined ? undefined : encodingOf(label);
  const encoding = marked ?? labelled;
  if (encoding !== undefined) return encoding;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const wide = findUtf16(sample);
  if (wide !== undefined) {
    throw new OperatorError(
      `${name} looks like UTF-16 without a byte order mark. Add --encoding ${wide}.`,
    );
  }
  if (new Set(sample.filter(isControl)).size >= BINARY_KINDS) {
    throw new OperatorError(
      `${name} is not text. If bcp wrote it, export it again with bcp -w, which writes text.`,
    );
  }
  return 'utf-8';
}

function encodingOf(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new OperatorError(
      `There is no encoding ${label}. --encoding knows utf-8, utf-16le, windows-1252 and the other names of the web.`,
    );
  }
}

/** Finds out whether bytes are text of Latin letters in UTF-16: then every second byte is zero. */
function findUtf16(sample: Uint8Array): string | undefined {
  const zeros = (half: number) => sample.filter((byte, i) => byte === 0 && i % 2 === half).length;
  const enough = (sample.length / 2) * UTF_16_SHARE;
  const encoding = zeros(1) > enough ? 'utf-16le' : zeros(0) > enough ? 'utf-16be' : undefined;
  if (encoding === undefined) return undefined;
  const text = new TextDecoder(encoding).decode(sample, { stream: true });
  // The lengths that stand before the values of a binary file look like control characters.
  return [...text].some((character) => isControl(character.charCodeAt(0))) ? undefined : encoding;
}

function isControl(code: number): boolean {
  return code < 0x20 && ![0x09, 0x0a, 0x0d].includes(code);
}
