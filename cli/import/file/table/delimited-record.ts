/**
 * Records whose values are separated by a character: CSV (RFC 4180) and its relatives.
 *
 * A parser of CSV either ends at a stray quotation mark or reads on to the next one, and so loses the rows between them. The
 * rules here, where a value in quotation marks begins on one line and ends on a later one:
 *
 * 1. The value ends at the next quotation mark that is not doubled, however many lines further. A delimiter or the end of a
 *    line has to be behind it. Then all these lines are one record, and no line within the quotation marks is ever a row.
 * 2. Otherwise the quotation mark is a stray one. The first line is faulty, and reading goes on with the next line. The same
 *    holds where such a record has more than twice as many values as there are columns.
 * 3. A record of rule 1 may still be two rows with a stray quotation mark each. That is so where a line within the quotation
 *    marks has as many delimiters as a row, or more. Then nobody can tell what was meant: the first line and all lines that
 *    look like rows are faulty.
 * 4. A value that does not end within 16 MB of characters makes the whole file unreadable.
 *
 * @module
 */
import { type Dialect, QUOTED_NULL, readUnquoted } from './dialect.ts';
import type { ReadRecord, RecordRead } from './record.ts';
import { QUOTE, RecordScanner } from './record-scanner.ts';

const STRAY_QUOTE = 'has a quotation mark that is not closed or not doubled';
const UNFINISHED = 'ends with a backslash, and no line follows';
const SWALLOWED = 'stands between quotation marks on two lines: double or remove these marks';

/** @param columns how many values a record has. `undefined` accepts any number, on one line */
export function delimitedRecords(dialect: Dialect, columns: number | undefined): ReadRecord {
  return (lines, start, isEnd) => {
    const line = lines[start] ?? '';
    const hasQuotes = dialect.hasQuotes && line.includes(QUOTE);
    if (!hasQuotes && !(dialect.hasEscapes && line.includes('\\'))) {
      const cells = line.split(dialect.delimiter).map((text) => readUnquoted(text, dialect));
      return { lines: 1, cells };
    }
    const record = scan(dialect, lines, start, isEnd);
    // Values that end on other lines are right in CSV, whatever they look like.
    const mayBeOfMySql = record?.lines === 1 && !isRight(record) && line.includes(QUOTED_NULL);
    if (!mayBeOfMySql) return record;
    const other = scan({ ...dialect, isNullQuoted: true }, lines, start, isEnd);
    return other === undefined || isRight(other) ? other : record;
  };

  function isRight(record: RecordRead): boolean {
    return 'cells' in record && record.cells.length === columns;
  }

  function scan(dialect: Dialect, lines: readonly string[], start: number, isEnd: boolean) {
    const scanner = new RecordScanner(dialect, lines, start);
    const cells = scanner.readCells(2 * (columns ?? Number.POSITIVE_INFINITY));
    if (scanner.isTooLong) return { ...faulty(STRAY_QUOTE), isTooLong: true };
    if (scanner.isBeyondLines && !isEnd) return undefined;
    if (cells === undefined) {
      return faulty(lines[start]?.includes(QUOTE) ? STRAY_QUOTE : UNFINISHED);
    }
    const swallowed = scanner.quotedLines.filter(({ line, end }) =>
      looksLikeRow(lines[start + line] ?? '', end),
    );
    if (swallowed.length === 0) return { lines: scanner.lines, cells };
    const faults = [{ line: 0 }, ...swallowed].map(({ line }) => ({ line, reason: SWALLOWED }));
    return { lines: scanner.lines, faults, isDoubtful: cells.length === columns };
  }

  /** @param end where a value in quotation marks ends on the line: the delimiters behind it may be those of the record */
  function looksLikeRow(line: string, end: number | undefined): boolean {
    const delimitersIn = (text: string) => text.split(dialect.delimiter).length - 1;
    if (delimitersIn(line) + 1 < (columns ?? 0)) return false;
    return end === undefined || delimitersIn(line.slice(0, end)) > 0;
  }
}

/**
 * Guards the reading of a table whose quotation marks are text. Where they would make one record of several lines, these
 * lines may be the value of a user. They are not read, unless escapes make the same record of them.
 */
export function withoutQuotedRows(
  read: ReadRecord,
  delimiter: string,
  columns: number,
): ReadRecord {
  const dialect = { delimiter, hasQuotes: true, hasEscapes: false, isNullText: false };
  const readQuoted = delimitedRecords(dialect, columns);
  return (lines, start, isEnd) => {
    if (!lines[start]?.includes(QUOTE)) return read(lines, start, isEnd);
    const [quoted, record] = [readQuoted(lines, start, isEnd), read(lines, start, isEnd)];
    if (quoted === undefined || record === undefined) return undefined;
    if (quoted.lines <= record.lines) return record;
    const places = Array.from({ length: quoted.lines }, (_, line) => line);
    const isRowOrFirst = (line: number) =>
      line === 0 || (lines[start + line] ?? '').split(delimiter).length >= columns;
    const faults = places.filter(isRowOrFirst).map((line) => ({ line, reason: SWALLOWED }));
    return { lines: quoted.lines, faults };
  };
}

/**
 * Guards the reading of a table whose backslashes are text, where they may be escapes after all: then a quotation mark behind
 * a backslash ends no value.
 */
export function withoutEscapedQuotes(read: ReadRecord): ReadRecord {
  return (lines, start, isEnd) => {
    const record = read(lines, start, isEnd);
    if (record === undefined || 'faults' in record) return record;
    const isDoubtful = lines
      .slice(start, start + record.lines)
      .some((line) => line.includes(`\\${QUOTE}`));
    const faults = [{ line: 0, reason: ESCAPED_QUOTE }];
    return isDoubtful ? { lines: record.lines, faults } : record;
  };
}

const ESCAPED_QUOTE =
  'has a backslash before a quotation mark, and other rows do not show what that means';

function faulty(reason: string): RecordRead {
  return { lines: 1, faults: [{ line: 0, reason }] };
}
