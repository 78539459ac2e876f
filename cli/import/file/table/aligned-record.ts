/**
 * Records of tables that are drawn for people: values with blanks around them, in columns of one width.
 *
 * The tools that draw them write a line break of a value as it is, or cut a value that is too long. A line that does not fit
 * the drawing to the character is a part of such a row, and is never read as a row.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { canonicalName } from '../../identity-names.ts';
import { type Cell, readPadded } from './dialect.ts';
import type { ReadRecord, RecordRead } from './record.ts';

/** Cuts a line into the texts of its values. It fails with what is wrong where the line does not fit the columns. */
export type Cut = (line: string) => Result<string[], string>;

const MISPLACED = 'does not stand under the headings';
const OTHER_LENGTH = 'is shorter or longer than the dashes under the headings: export it as CSV';
const WITHOUT_BEGINNING = 'goes on with a line that is not read';
const CUT_OFF = 'has a name or an address that may have been cut: widen the column';

/**
 * Cuts at bars: the aligned output of `psql`, the boxes of `mysql` and `sqlite3`, tables in Markdown. Where bars are drawn
 * around the rows too, they stand under those of the heading: `mysql` writes line breaks and bars of a value as they are.
 *
 * ```ts
 * atBars('|', '| Id | UserName |')('| A1 | ana      |'); // [' A1 ', ' ana      ']
 * ```
 */
export function atBars(bar: string, heading: string): Cut {
  const isFramed = (line: string) => line.startsWith(bar) && line.endsWith(bar);
  if (!isFramed(heading.trim())) return (line) => succeed(line.split(bar));
  const places = [...heading].flatMap((character, i) => (character === bar ? [i] : []));
  const isUnder = (line: string | string[]) => places.every((place) => line[place] === bar);
  return (line) => {
    const framed = line.trim();
    // Tools count a character beyond U+FFFF as one or as two.
    return isFramed(framed) && (isUnder(line) || isUnder([...line]))
      ? succeed(framed.split(bar).slice(1, -1))
      : fail(MISPLACED);
  };
}

/** Columns that are as wide as the widest name of ASP.NET Core Identity cut nothing. */
const WIDEST_NAME = 256;

/** The columns of names, which look right when they are cut. A hash that is cut does not. */
const NAME_COLUMNS = ['UserName', 'Email'].map(canonicalName);

/**
 * Cuts where the dashes under the headings begin: `sqlcmd` and PowerShell. Each row is as long as the dashes, because the
 * last value has blanks behind it. A row with a line break in a value is two lines, and both are shorter.
 *
 * @param dashes the second line, such as `---- --------`
 * @param names the canonical names of the columns
 */
export function atDashes(dashes: string, names: readonly string[]): Cut {
  const columns = columnsOf(dashes);
  const length = dashes.trimEnd().length;
  const narrow = columns.filter(
    ({ start, end }, i) => end - start < WIDEST_NAME && NAME_COLUMNS.includes(names[i] ?? ''),
  );
  return (line) => {
    if (columns.some(({ start }) => start > 0 && (line[start - 1] ?? ' ') !== ' ')) {
      return fail(MISPLACED);
    }
    if (line.length !== length) return fail(OTHER_LENGTH);
    if (narrow.some(({ end }) => line[end - 1] !== ' ')) return fail(CUT_OFF);
    return succeed(cutAtDashes(dashes, line));
  };
}

/** Cuts a line of any length, such as that of the headings. */
export function cutAtDashes(dashes: string, line: string): string[] {
  const columns = columnsOf(dashes);
  return columns.map(({ start }, i) => line.slice(start, columns[i + 1]?.start));
}

function columnsOf(dashes: string): { start: number; end: number }[] {
  return [...dashes.matchAll(/-+/g)].map(({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** What `psql` draws behind a value that goes on with the next line, where a blank would stand otherwise. */
const GOES_ON = ['+', '↵'];

/**
 * Reads records of such a table. A value with line breaks takes several lines, and only the first of them has the id.
 *
 * @param id the place of a column that no row leaves blank
 */
export function alignedRecords(cut: Cut, id: number): ReadRecord {
  return (lines, start, isEnd) => {
    const first = cut(lines[start] ?? '');
    if (!first.ok) return faulty(first.reason);
    const texts = first.value;
    if (texts[id]?.trim() === '' && !isBlank(texts)) return faulty(WITHOUT_BEGINNING);
    let count = 1;
    for (; ; count++) {
      const line = lines[start + count];
      if (line === undefined && !isEnd) return undefined;
      const next = line === undefined ? undefined : cut(line);
      const more = next?.ok ? next.value : undefined;
      if (more?.length !== texts.length || more[id]?.trim() !== '' || isBlank(more)) break;
      more.forEach((text, i) => {
        const before = texts[i] ?? '';
        if (isBroken(before, text)) {
          texts[i] = before.slice(0, -1) + text.slice(1);
          return;
        }
        const isMarked = GOES_ON.includes(before.slice(-1));
        if (text.trim() === '' && !isMarked) return;
        texts[i] = `${(isMarked ? before.slice(0, -1) : before).trimEnd()}\n${text.trimStart()}`;
      });
    }
    return { lines: count, cells: texts.map((text): Cell => readPadded(text.trim())) };
  };
}

function faulty(reason: string): RecordRead {
  return { lines: 1, faults: [{ line: 0, reason }] };
}

/** Whether `psql` broke a value into two lines because it was too long: `| ana@exam.|` and `|.ple.org  |`. */
function isBroken(before: string, text: string): boolean {
  const [mark = ''] = text;
  return (
    BROKEN.includes(mark) && before.endsWith(mark) && (before[0] === ' ' || before[0] === mark)
  );
}

const BROKEN = ['.', '…'];

function isBlank(texts: string[]): boolean {
  return texts.every((text) => text.trim() === '');
}
