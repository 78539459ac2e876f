/**
 * The rows of JSON.
 *
 * @module
 */
import { fail } from '#portero/internal/result.ts';
import type { SourceRow } from '../../source.ts';
import { isFooter } from '../decoration.ts';
import { resolveEscapes } from '../escapes.ts';
import { unreadable } from '../unreadable.ts';
import { toColumns } from './json-columns.ts';
import { type JsonText, parsePieces } from './json-text.ts';
import { RowParser } from './row-parser.ts';

/**
 * Reads JSON Lines: one object a line, with a comma behind it or not. Only a line feed ends a line: JSON may hold the other
 * line breaks of Unicode.
 */
export async function* readJsonLines({
  file,
  linesBefore,
  isDoubled,
}: JsonText): AsyncGenerator<SourceRow> {
  let number = 0;
  for await (const lines of file.lines()) {
    for (const line of lines) {
      number++;
      if (number <= linesBefore || line.trim() === '') continue;
      const columns = readLine(isDoubled ? resolveEscapes(line) : line);
      if (columns !== undefined) yield { number, columns };
      else if (!isFooter(line)) yield { number, columns: fail('is not JSON') };
    }
  }
}

/** @returns `undefined` where the line is no JSON */
export function readLine(line: string): SourceRow['columns'] | undefined {
  const json = line.replace(/\}\s*,\s*$/, '}');
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const columns = toColumns(value);
  if (!columns.ok || countMembers(json) === Object.keys(value as object).length) return columns;
  // A member is there twice, and `JSON.parse` has kept the last one. The slower parser tells which member it is.
  const parser = new RowParser('$');
  parser.write(json);
  return parser.take()[0];
}

/** Counts the members of an object, two of one name as two. @param json a valid object */
function countMembers(json: string): number {
  let count = 0;
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '"':
        i = endOfText(json, i);
        break;
      case ':':
        if (depth === 1) count++;
        break;
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        depth--;
        break;
    }
  }
  return count;
}

/** @param start where the quotation mark is that begins the text. @returns where the one is that ends it */
function endOfText(json: string, start: number): number {
  let end = json.indexOf('"', start + 1);
  for (;;) {
    let first = end;
    while (json[first - 1] === '\\') first--;
    if ((end - first) % 2 === 0) return end;
    end = json.indexOf('"', end + 1);
  }
}

/**
 * Reads a document of any size.
 *
 * @param selector tells where the rows are, as for {@link RowParser}
 */
export async function* readDocument(text: JsonText, selector: string): AsyncGenerator<SourceRow> {
  const parser = new RowParser(selector);
  let number = 0;
  for await (const _ of parsePieces(text, (piece) => parser.write(piece))) {
    for (const columns of parser.take()) yield { number: ++number, columns };
  }
  try {
    parser.end();
  } catch {
    throw unreadable(
      text.file.name,
      `it ends in the middle of item ${number + 1}. Export it again.`,
    );
  }
}
