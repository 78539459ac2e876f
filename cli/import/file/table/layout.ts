/**
 * The layout of a table: its columns, what stands between the values, and where the rows begin. The lines at the beginning
 * tell it.
 *
 * @module
 */
import { OperatorError } from '../../../operator-error.ts';
import { canonicalName } from '../../identity-names.ts';
import { isRule } from '../decoration.ts';
import { atBars, atDashes, type Cut, cutAtDashes } from './aligned-record.ts';
import { missing, namesOf, type Wanted, withoutHeading, withoutTwins } from './column-names.ts';
import { delimitedRecords } from './delimited-record.ts';
import { DELIMITERS, parseDelimiter, parseSepLine } from './delimiter.ts';

export interface Layout {
  /** The canonical names of the columns. `''` is a column without a name, which is not read. */
  names: string[];
  /** How many lines stand before the first row. */
  linesBefore: number;
  /** How the values of a row are told from each other: by a delimiter, or by their places. */
  values: { delimiter: string } | { cut: Cut };
}

export interface LayoutOptions {
  delimiter?: string;
  /** The names of the columns, where the file has no heading: `Id,UserName,…`. */
  columns?: string;
  /** Whether `mysqldump --tab` wrote the file. */
  isOfMysqldump?: boolean;
}

/** So many lines at most stand before a heading. Tools write there which database they use. */
const MAX_LINES_BEFORE_HEADING = 8;

/** @param lines the first lines. @throws OperatorError where the columns are not there */
export function findLayout(
  lines: readonly string[],
  { delimiter, columns }: LayoutOptions,
  wanted: Wanted,
): Layout {
  const told = lines.slice(0, MAX_LINES_BEFORE_HEADING).map(parseSepLine).find(Boolean);
  const given = delimiter === undefined ? told : parseDelimiter(delimiter);
  if (columns !== undefined) return layoutByOption(lines, columns, given, wanted);
  const places = lines
    .slice(0, MAX_LINES_BEFORE_HEADING)
    .flatMap((line, i) => (isPreamble(line) ? [] : [i]));
  const layouts = places.map((i) => layoutAt(lines, i, given, wanted));
  const layout = layouts.find((one) => missing(one.names, wanted).length === 0);
  if (layout !== undefined) return { ...layout, names: withoutTwins(layout.names, wanted) };
  throw withoutHeading(layouts[0]?.names ?? [], wanted);
}

function isPreamble(line: string): boolean {
  return (
    line.trim() === '' || parseSepLine(line) !== undefined || /^#TYPE\b/.test(line) || isRule(line)
  );
}

function layoutAt(
  lines: readonly string[],
  heading: number,
  given: string | undefined,
  wanted: Wanted,
): Layout {
  const line = lines[heading] ?? '';
  const next = lines[heading + 1] ?? '';
  const drawn = findDrawing(line, next, given);
  if (drawn !== undefined) return { ...drawn, linesBefore: heading + 2 };
  const delimiter = given ?? findDelimiter(line, wanted);
  const isUnderlined = next !== '' && split(next, delimiter).every((text) => /^ *-+ *$/.test(text));
  return {
    names: namesOf(split(line, delimiter)),
    linesBefore: heading + (isUnderlined ? 2 : 1),
    values: { delimiter },
  };
}

/** Finds out whether a table is drawn for people: then a rule stands under its heading. */
function findDrawing(
  heading: string,
  rule: string,
  delimiter: string | undefined,
): Pick<Layout, 'names' | 'values'> | undefined {
  if (delimiter === undefined && /^ *-+(?: +-+)+ *$/.test(rule)) {
    const names = namesOf(cutAtDashes(rule, heading));
    return { names, values: { cut: atDashes(rule, names) } };
  }
  const bar = BARS.find((one) => heading.includes(one));
  const isDrawn = bar !== undefined && isRule(rule) && (delimiter ?? bar) === bar;
  if (!isDrawn) return undefined;
  const cut = atBars(bar, heading);
  const texts = cut(heading);
  return { names: namesOf(texts.ok ? texts.value : []), values: { cut } };
}

const BARS = ['│', '|'];

/** The delimiter with which the heading has the columns. Where there is none, the one that is there most often. */
function findDelimiter(heading: string, wanted: Wanted): string {
  const found = DELIMITERS.map((delimiter) => {
    const names = namesOf(split(heading, delimiter));
    return { delimiter, absent: missing(names, wanted).length, count: names.length };
  });
  const [best] = found.toSorted((a, b) => a.absent - b.absent || b.count - a.count);
  return best?.delimiter ?? ',';
}

function layoutByOption(
  lines: readonly string[],
  columns: string,
  given: string | undefined,
  wanted: Wanted,
): Layout {
  const names = columns.split(',').map(canonicalName);
  const [absent] = missing(names, wanted);
  if (absent !== undefined) throw new OperatorError(`--columns has no column ${absent}.`);
  const first = lines.findIndex((line) => !isPreamble(line));
  const row = lines[first] ?? '';
  const delimiters = given === undefined ? DELIMITERS : [given];
  // A row may take more than one line.
  const delimiter = delimiters.find((one) =>
    lines.slice(first).some((line) => split(line, one).length === names.length),
  );
  if (delimiter === undefined) {
    const count = Math.max(...delimiters.map((one) => split(row, one).length));
    throw new OperatorError(
      `${wanted.file} has ${count} columns in its first line, and --columns names ${names.length}.`,
    );
  }
  // A heading is no row, also where somebody names the columns once more.
  const isHeading = namesOf(split(row, delimiter)).every(
    (name, i) => name === names[i] || names[i] === '',
  );
  return {
    names: withoutTwins(names, wanted),
    linesBefore: isHeading ? first + 1 : first,
    values: { delimiter },
  };
}

function split(line: string, delimiter: string): string[] {
  const dialect = { delimiter, hasQuotes: true, hasEscapes: false, isNullText: false };
  const record = delimitedRecords(dialect, undefined)([line], 0, true);
  if (record === undefined || !('cells' in record)) return line.split(delimiter);
  return record.cells.map((cell) => cell ?? '');
}
