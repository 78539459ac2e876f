/** Whatever a table holds, it reads back the same from each form that can hold everything. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileOptions } from '../../cli/import/file/open-file.ts';
import { OperatorError } from '../../cli/operator-error.ts';
import { readText } from '../support/read-file-source.ts';

/** Columns in front, so that no line of a value has as many delimiters as a row: that is doubtful, and has its own tests. */
const COLUMNS = ['Id', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'UserName', 'PasswordHash', 'Notes'];

/** Texts of what means something to some tool. */
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'n',
      'ñ',
      '😀',
      ',',
      ';',
      '\t',
      '|',
      '"',
      '\\',
      '\n',
      ' ',
      '-',
      '+',
      '(',
      '{',
      '#',
      'NULL',
      '\\N',
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const value = fc.option(text, { nil: null });
type Row = (string | null)[];
const rows = rowsOf(value);

function rowsOf(one: typeof value) {
  return fc.array(
    fc
      .tuple(fc.nat(), one, one, one)
      .map(([id, ...last]): Row => [`A${id}`, ...'abcdefg', ...last]),
    { minLength: 1, maxLength: 6 },
  );
}

/** Writes rows and reads them back. The last row shows whether backslashes are escapes, as some row of a real table does. */
function readsBack(
  write: (rows: Row[]) => string,
  name: string,
  options?: FileOptions,
  someRows = rows,
) {
  const last: Row = ['Z', ...'abcdefg', name, null, null];
  return fc.assert(
    fc.asyncProperty(someRows, async (some) => {
      const all = [...some, last];
      const read = (await readText(write(all), options)).rows;
      expect(read.map(([, row]) => (typeof row === 'string' ? row : Object.values(row)))).toEqual(
        all,
      );
    }),
    { numRuns: 100 },
  );
}

const escapeTab: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\t': '\\t' };
const asObject = (row: Row) => Object.fromEntries(COLUMNS.map((column, i) => [column, row[i]]));
const jsonLines = (all: Row[]) => all.map((row) => JSON.stringify(asObject(row))).join('\n');
const doubled = (json: string) => json.replaceAll('\\', '\\\\');

describe('a table reads back the same', () => {
  test.each([',', ';', '\t', '|'])('from CSV with quotation marks and %j', (delimiter) => {
    const write = (one: string | null) => (one === null ? '' : `"${one.replaceAll('"', '""')}"`);
    const join = (row: Row) => row.map(write).join(delimiter);
    return readsBack((all) => [COLUMNS, ...all].map(join).join('\r\n'), 'DOMAIN\\ana');
  });

  test("from PostgreSQL's text format", () => {
    const write = (one: string | null) =>
      one === null ? '\\N' : one.replace(/[\\\n\t]/g, (character) => escapeTab[character] ?? '');
    const join = (row: Row) => row.map(write).join('\t');
    const options = { columns: COLUMNS.join(',') };
    // Where two of these values begin with a quotation mark, the lines between them are doubtful.
    const unquoted = value.filter((one) => one === null || !/^ *"/.test(one));
    return readsBack((all) => all.map(join).join('\n'), 'a\\b', options, rowsOf(unquoted));
  });

  test('from MySQL, with a backslash before what has a meaning', () => {
    const write = (one: string | null) =>
      one === null ? '\\N' : `"${one.replace(/[\\\n"]/g, '\\$&')}"`;
    const join = (row: Row) => row.map(write).join(',');
    const options = { columns: COLUMNS.join(',') };
    return readsBack((all) => all.map(join).join('\n'), 'a\\b"c', options);
  });

  test('from lines of JSON', () => readsBack(jsonLines, 'DOMAIN\\ana'));

  test('from a JSON array', () =>
    readsBack((all) => JSON.stringify(all.map(asObject)), 'DOMAIN\\ana'));

  test('from indented JSON under a member', () =>
    readsBack((all) => JSON.stringify({ users: all.map(asObject) }, null, 2), 'DOMAIN\\ana'));

  test('from lines of JSON with doubled backslashes', () =>
    readsBack((all) => doubled(jsonLines(all)), 'a"b'));

  test('from a JSON array with doubled backslashes', () =>
    readsBack((all) => doubled(JSON.stringify(all.map(asObject))), 'a"b'));
});

describe('whatever users write into a value, no part of it becomes a row', () => {
  const part = fc.constantFrom(
    '\n',
    '\n9,root,AQ==,',
    '9,root',
    '"',
    '\\',
    '\\"',
    ',',
    'N',
    '\\N',
    'x',
  );
  const note = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  const users = fc.array(fc.tuple(note, note), { minLength: 1, maxLength: 5 });
  const quoted = (one: string) => `"${one.replaceAll('"', '""')}"`;
  // As psql and sqlite3 do: only where it has to be.
  const quotedIfNeeded = (one: string) => (/[",\n\\]/.test(one) ? quoted(one) : one);

  test.each<[string, string, (one: string) => string]>([
    ['commas and all quotation marks', ',', quoted],
    ['commas and some quotation marks', ',', quotedIfNeeded],
    ['tabs and all quotation marks', '\t', quoted],
    ['tabs and some quotation marks', '\t', quotedIfNeeded],
  ])('in CSV with %s', (_, delimiter, write) =>
    fc.assert(
      fc.asyncProperty(users, async (some) => {
        const all = some.map(([name, last], i) => [`A${i}`, name, 'AQ==', last]);
        const lines = [['Id', 'UserName', 'PasswordHash', 'Notes'], ...all].map((row) =>
          row.map((one) => write(one.replaceAll(',', delimiter))).join(delimiter),
        );
        const { rows: read } = await readText(lines.join('\n'));
        const isText = delimiter === '\t' && write === quotedIfNeeded;
        const written = all.map((row) => row.map((one) => one.replaceAll(',', delimiter)));
        for (const [, row] of read) {
          if (typeof row === 'string') continue;
          const values = Object.values(row).map((one) => String(one ?? ''));
          // Nothing tells a file of tabs with few quotation marks from one in which they are text.
          const isWritten = ([id, ...others]: string[]) =>
            id === values[0] && (isText || String(others) === String(values.slice(1)));
          expect(written.some(isWritten), JSON.stringify(row)).toBe(true);
        }
      }),
      { numRuns: 300 },
    ),
  );
});

describe('whatever a file holds', () => {
  const line = fc
    .array(
      fc.constantFrom(
        'A1',
        'ana',
        ',',
        '"',
        '\\',
        '\\N',
        ' ',
        '{',
        '}',
        '[',
        ']',
        ':',
        '-',
        '|',
        '+',
        '\t',
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join(''));
  const lines = fc.array(line, { maxLength: 8 });

  test('under a heading, each line is told once at most', () =>
    fc.assert(
      fc.asyncProperty(lines, async (some) => {
        const { rows: read } = await readText(['Id,UserName,PasswordHash', ...some].join('\n'));
        const numbers = read.map(([number]) => number);
        expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
        expect(numbers.every((number) => number > 1 && number <= some.length + 1)).toBe(true);
      }),
      { numRuns: 200 },
    ));

  test('it is read or refused with a sentence', () =>
    fc.assert(
      fc.asyncProperty(lines, async (some) => {
        const failure: unknown = await readText(some.join('\n')).then(
          () => undefined,
          (error) => error,
        );
        expect(failure === undefined || failure instanceof OperatorError).toBe(true);
      }),
      { numRuns: 200 },
    ));
});
