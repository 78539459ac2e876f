/**
 * The JSON of a file, without what a tool has written around it.
 *
 * @module
 */
import { JSONParser } from '@streamparser/json';
import { isFooter, isRule } from '../decoration.ts';
import { resolveEscapes } from '../escapes.ts';
import type { TextFile } from '../text-file.ts';
import { unreadable } from '../unreadable.ts';

/** How JSON begins that has rows in it. An id of Access begins with a brace too: `{8C9A…}`. */
const JSON_BEGINNING = /^\s*(?:\{\s*["}]|\[\s*[[{\]"\d])/;

/** Indented JSON. */
const JSON_BEGINNING_ALONE = /^\s*[[{]\s*$/;

/** So many lines at most stand before JSON: which database is used, a heading, and dashes under it. */
const MAX_LINES_BEFORE = 3;

/**
 * Counts the lines before the JSON of a file. `FOR JSON` of SQL Server, `row_to_json` and `json_object` are printed under a
 * heading, with dashes under it or not.
 *
 * @returns `undefined` where the beginning of the file is no JSON
 */
export function countLinesBeforeJson(beginning: string): number | undefined {
  const lines = beginning.trimEnd().split('\n', 2 * MAX_LINES_BEFORE + 1);
  const first = lines.findIndex((line) => line.trim() !== '');
  if (JSON_BEGINNING_ALONE.test(lines[first] ?? '')) return first;
  const json = lines.findIndex((line) => JSON_BEGINNING.test(line));
  const before = lines.slice(first, Math.max(first, json)).filter((line) => line.trim() !== '');
  const isBeforeJson = before.every((line) => isRule(line) || HEADING.test(line));
  return json >= 0 && before.length <= MAX_LINES_BEFORE && isBeforeJson ? json : undefined;
}

/**
 * A heading of JSON is one name, or the call that made it. One of a table has several, with a delimiter between them. What
 * has a brace is a damaged row, and must not be passed over.
 */
const HEADING = /^[^,;|\t{}]*$|^\s*json\w*\([^{}]*$/i;

/** The text of a file that holds JSON. */
export interface JsonText {
  file: TextFile;
  linesBefore: number;
  /** Whether the file is a text of a table, in which each backslash of the JSON is written as two. */
  isDoubled: boolean;
}

/**
 * Hands the text to a parser, piece by piece, without line breaks. JSON has none within its own texts: where some are there,
 * they are those of SQL Server, which breaks `FOR JSON` after each 2,033 characters.
 *
 * @param write the parser. It throws where a piece is no JSON
 * @yields after each group of pieces
 * @throws OperatorError where the file cannot be read or is no JSON
 */
export async function* parsePieces(
  { file, linesBefore, isDoubled }: JsonText,
  write: (piece: string) => void,
): AsyncGenerator<undefined> {
  let line = 1;
  let backslash = '';
  for await (const text of file.pieces()) {
    for (const [i, part] of text.split('\n').entries()) {
      if (i > 0) line++;
      if (line <= linesBefore || isFooter(part)) continue;
      let piece = part.endsWith('\r') ? part.slice(0, -1) : part;
      if (isDoubled) {
        piece = backslash + piece;
        // The other half of a backslash may be in the next piece.
        backslash = ENDS_WITH_HALF.test(piece) ? '\\' : '';
        piece = resolveEscapes(piece.slice(0, piece.length - backslash.length));
      }
      try {
        write(piece);
      } catch {
        // Not the parser's message: it quotes the row with its password hash.
        throw unreadable(file.name, `it is not JSON from line ${line} on.`);
      }
    }
    yield;
  }
}

const ENDS_WITH_HALF = /(?:^|[^\\])(?:\\\\)*\\$/;

/** Whether a whole file is JSON: one document, or several one after the other. The last one may be cut off. */
export async function isJson(text: JsonText): Promise<boolean> {
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false, separator: '' });
  parser.onValue = () => {};
  try {
    for await (const _ of parsePieces(text, (piece) => parser.write(piece)));
    return true;
  } catch {
    return false;
  }
}
