/**
 * The character that separates the values of a table.
 *
 * @module
 */
import { OperatorError } from '../../../operator-error.ts';

const WORDS: Record<string, string> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  bar: '|',
  '\\t': '\t',
};

/** The delimiters of the exports of different tools. */
export const DELIMITERS = [',', ';', '\t', '|'];

/** @param option a word or the character itself */
export function parseDelimiter(option: string): string {
  const delimiter = WORDS[option.toLowerCase()] ?? option;
  if (delimiter.length !== 1 || /["\\\r\n ]/.test(delimiter)) {
    throw new OperatorError(
      '--delimiter is comma, semicolon, tab, bar or one other character, which is no blank, quotation mark or backslash.',
    );
  }
  return delimiter;
}

/** Reads the line by which a file tells Excel its delimiter: `sep=;`. */
export function parseSepLine(line: string): string | undefined {
  return /^"?sep=(.)"?$/i.exec(line.trimStart())?.[1];
}
