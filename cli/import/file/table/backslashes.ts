/**
 * Whether the backslashes of a table are escapes.
 *
 * PostgreSQL's `COPY`, `mysql --batch`, `mysqldump --tab` and `INTO OUTFILE` write a backslash as two. Other tools write it as
 * it is, and nothing in the file says which of them wrote it. Whoever reads escapes where there are none ends a value at the
 * wrong place, and then a part of a value may become a row. So all lines of the file have to agree:
 *
 * 1. A backslash before a character that those tools never escape, as in `DOMAIN\ana`, is one of a file without escapes.
 * 2. Where there is none, `\\` may be an escape, and so may a quotation mark behind a backslash within a value.
 * 3. A file of tabs without quotation marks around its values is one of those tools. There, rule 2 is enough, and a value that
 *    is `\N` or `\0` is too. Should quotation marks be more than text after all, the lines between them are not read.
 * 4. Any other file has escapes only where reading it without them finds faults, and reading it with them finds none. What
 *    `mysqldump --tab` wrote, with its definition beside it, has them where reading it with them finds no faults.
 * 5. Where both readings find faults, there are none, and a row with a quotation mark behind a backslash is not read.
 *
 * Where nothing shows escapes, there are none.
 *
 * @module
 */
import { ESCAPABLE } from '../escapes.ts';
import type { TextFile } from '../text-file.ts';
import { delimitedRecords, withoutEscapedQuotes, withoutQuotedRows } from './delimited-record.ts';
import type { Dialect } from './dialect.ts';
import type { Layout, LayoutOptions } from './layout.ts';
import type { ReadRecord } from './record.ts';
import { readRecords } from './records.ts';

/** What backslashes are. They are `doubtful` where they may be escapes, and are read as they are. */
export type Backslashes = 'escapes' | 'doubtful' | 'text';

const NULL_OR_ZERO = ['\\N', '\\0'];

/** Reads the whole file, up to three times. @throws OperatorError where it cannot be read */
export async function findReading(
  file: TextFile,
  layout: Layout,
  delimiter: string,
  { isOfMysqldump }: LayoutOptions,
): Promise<{ backslashes: Backslashes; read: ReadRecord }> {
  const columns = layout.names.length;
  const withoutEscapes = { delimiter, hasQuotes: true, hasEscapes: false, isNullText: false };
  const plain = delimitedRecords(withoutEscapes, columns);
  const traces = await findTraces(file, delimiter);
  if (traces === undefined) return { backslashes: 'text', read: plain };
  const hasQuotes = delimiter !== '\t' || hasQuotedTabs(file);
  const dialect: Dialect = { delimiter, hasQuotes, hasEscapes: true, ...traces };
  const escaped = delimitedRecords(dialect, columns);
  if (!hasQuotes) {
    return { backslashes: 'escapes', read: withoutQuotedRows(escaped, delimiter, columns) };
  }
  const isPlain = !(await hasFaults(file, layout, plain));
  if (isPlain && !isOfMysqldump) return { backslashes: 'doubtful', read: plain };
  if (!(await hasFaults(file, layout, escaped, 'doubts too'))) {
    return { backslashes: 'escapes', read: escaped };
  }
  return { backslashes: 'doubtful', read: isPlain ? plain : withoutEscapedQuotes(plain) };
}

/** Looks for what rules 1 to 3 name. @returns `undefined` where backslashes cannot be escapes */
async function findTraces(
  file: TextFile,
  delimiter: string,
): Promise<Pick<Dialect, 'isNullText'> | undefined> {
  const character = delimiter.replace(/[\]^-]/, '\\$&');
  const escaped = new RegExp(`^(?:[^\\\\]|\\\\[${ESCAPABLE}${character}])*\\\\?$`);
  const quotationMark = new RegExp(`\\\\"(?!$|[${character}])`);
  let hasEscapes = false;
  let isNullText = false;
  for await (const lines of file.lines()) {
    for (const line of lines) {
      if (!line.includes('\\')) continue;
      if (!escaped.test(line)) return undefined;
      hasEscapes ||= line.includes('\\\\') || quotationMark.test(line);
      if (!isNullText || !hasEscapes) {
        const values = line.split(delimiter);
        isNullText ||= values.includes('\\N');
        hasEscapes ||= delimiter === '\t' && values.some((value) => NULL_OR_ZERO.includes(value));
      }
    }
  }
  return hasEscapes ? { isNullText } : undefined;
}

/** Whether a file of tabs has values in quotation marks. `COPY` and `mysql` write none, but `INTO OUTFILE` can be told to. */
function hasQuotedTabs(file: TextFile): boolean {
  const [line = ''] = file.firstLines();
  const values = line.split('\t');
  const isQuoted = (value: string) => /^".*"$/.test(value);
  return values.some(isQuoted) && values.every((value) => isQuoted(value) || isBare(value));
}

/** Whether MySQL writes a value without quotation marks where text has some: numbers, dates, NULL and `bit(1)`. */
function isBare(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: MySQL writes the bits themselves.
  return /^(?:[-\d.: ]+|\\[N0]|[\x00-\x1f])$/.test(value);
}

/** @param kind whether rows that are right, but may be read in another way, count as faults */
async function hasFaults(
  file: TextFile,
  layout: Layout,
  read: ReadRecord,
  kind: 'faults alone' | 'doubts too' = 'faults alone',
): Promise<boolean> {
  for await (const { record } of readRecords(file, layout, read)) {
    const isRight =
      'cells' in record
        ? record.cells.length === layout.names.length
        : (record.isDoubtful && kind === 'faults alone') ||
          (record.faults.length === 0 && !record.isTooLong);
    if (!isRight) return true;
  }
  return false;
}
