/** Quotation marks in CSV, right ones and stray ones. */
import { describe, expect, test } from 'vitest';
import { readText } from '../support/read-file-source.ts';

const STRAY = 'has a quotation mark that is not closed or not doubled';
const SWALLOWED = 'stands between quotation marks on two lines: double or remove these marks';

/** Reads lines of CSV under a heading of four columns. The first of them is line 2. */
async function read(...lines: string[]) {
  const { rows } = await readText(['Id,UserName,PasswordHash,Notes', ...lines].join('\n'));
  return rows.map(([line, row]) => [line, typeof row === 'string' ? row : Object.values(row)]);
}

describe('a value in quotation marks', () => {
  test('may hold delimiters, doubled quotation marks and line breaks, in any column', async () => {
    expect(
      await read(
        'A1,ana,AQ==,"two',
        '',
        'lines, ""quoted"""',
        'A2,"b',
        'en",AQ==,',
        '"A',
        '3",eva,"A',
        'Q",""',
        'A4,leo,,last',
      ),
    ).toEqual([
      [2, ['A1', 'ana', 'AQ==', 'two\n\nlines, "quoted"']],
      [5, ['A2', 'b\nen', 'AQ==', null]],
      [7, ['A\n3', 'eva', 'A\nQ', '']],
      [10, ['A4', 'leo', null, 'last']],
    ]);
  });

  test('may end with a line break, and with the file', async () => {
    expect(await read('A1,ana,,"note', '"')).toEqual([[2, ['A1', 'ana', null, 'note\n']]]);
  });

  test.each(['\n', '\r\n'])('counts with its lines, where %j ends them', async (end) => {
    const lines = ['Id,UserName,PasswordHash,Notes', '', '', 'A3,ana,,"c', '', 'd"', 'A4,,,'];
    const { rows } = await readText(lines.join(end));
    expect(rows).toMatchObject([
      [4, { id: 'A3', notes: 'c\n\nd' }],
      [7, { id: 'A4' }],
    ]);
  });

  test('may take many thousands of lines', async () => {
    const note = Array.from({ length: 99_999 }, (_, i) => `line ${i}`);
    const rows = await read(`A1,ana,,"begin`, ...note.slice(1), 'end"', 'A2,ben,,');
    expect(rows.map(([line]) => line)).toEqual([2, 100_002]);
  });

  test.each<[string, string[]]>([
    ['however far it ends', ['A1,ana,,"begin', ...Array.from({ length: 2000 }, () => 'line')]],
    ['where it has more delimiters than a row', ['A1,ana,,"begin', 'B9,x,y,z,1']],
    ['where its row has too few columns', ['A1,ana,"begin']],
  ])('has no line that becomes a row, %s', async (_, lines) => {
    const rows = await read(...lines, 'B9,root,AQ==,', 'end"', 'A2,ben,,');
    expect(rows.at(0)).toEqual([2, SWALLOWED]);
    expect(rows.slice(1, -1).every(([, row]) => row === SWALLOWED)).toBe(true);
    expect(rows.at(-1)).toEqual([lines.length + 4, ['A2', 'ben', null, null]]);
  });

  test('of more than 16 MB makes the file unreadable', async () => {
    const note = Array.from({ length: 20 }, () => 'x'.repeat(1024 * 1024));
    await expect(read('A1,ana,,', 'A2,ben,,"begin', ...note, 'end"')).rejects.toThrow(
      /users cannot be read: it has a quotation mark on line 3 that is not closed within 16 MB\.$/,
    );
  });

  test('may hold lines with delimiters, where they are not as many as in a row', async () => {
    expect(await read('A1,ana,,"one, two', 'three, four, five', 'six"', 'A2,ben,,')).toHaveLength(
      2,
    );
  });

  test('is in quotation marks only where it begins with one', async () => {
    expect(await read('A1,an"a,AQ==,5" screen', 'A2,="007",,x')).toEqual([
      [2, ['A1', 'an"a', 'AQ==', '5" screen']],
      [3, ['A2', '="007"', null, 'x']],
    ]);
  });
});

test('a value in quotation marks ends on a line with as many delimiters as a row, where it is the first one', async () => {
  expect(await read('"A', '1",ana,AQ==,x')).toEqual([[2, ['A\n1', 'ana', 'AQ==', 'x']]]);
});

describe('a stray quotation mark costs its row and no other', () => {
  const others = Array.from({ length: 20 }, (_, i) => `B${i},user${i},AQ==,`);

  test.each<[string, string]>([
    ['in the first column', '"A1,ana,AQ==,x'],
    ['in a column in the middle', 'A1,"ana,AQ==,x'],
    ['in the last column', 'A1,ana,AQ==,"x'],
    ['alone in the last column', 'A1,ana,AQ==,"'],
    ['behind a closed value', 'A1,"ana" maría,AQ==,x'],
    ['three in a row', 'A1,"""ana,AQ==,x'],
  ])('%s', async (_, line) => {
    const between = await read(...others, line, ...others);
    expect(between.filter(([, row]) => row === STRAY)).toEqual([[22, STRAY]]);
    expect(between).toHaveLength(41);
    const atEnd = await read(...others, line);
    expect(atEnd.slice(19)).toEqual([
      [21, ['B19', 'user19', 'AQ==', null]],
      [22, STRAY],
    ]);
  });

  test('also where a right value follows, of one line or of two', async () => {
    expect(await read('A1,"ana,AQ==,x', 'A2,"ben",AQ==,y', 'A3,"eva",AQ==,"two', 'lines"')).toEqual(
      [
        [2, STRAY],
        [3, ['A2', 'ben', 'AQ==', 'y']],
        [4, ['A3', 'eva', 'AQ==', 'two\nlines']],
      ],
    );
  });

  test('also more than a thousand lines before the next quotation mark', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `B${i},user${i},AQ==,`);
    const rows = await read('A1,"ana,AQ==,x', ...many, 'A2,ben,AQ==,"y"');
    expect(rows).toHaveLength(3002);
    expect(rows.filter(([, row]) => typeof row === 'string')).toEqual([[2, STRAY]]);
  });

  test('of which each row has its own, and they are all told', async () => {
    const rows = await read('A1,"ana,AQ==,x', 'A2,"ben,AQ==,y', 'A3,"eva,AQ==,z');
    expect(rows).toEqual([
      [2, STRAY],
      [3, STRAY],
      [4, STRAY],
    ]);
  });
});

describe('two stray quotation marks never hide the rows between them', () => {
  test('where each begins a value: all of these rows are faulty', async () => {
    expect(await read('A1,ana,AQ==,"', 'A2,ben,AQ==,x', 'A3,eva,AQ==,"', 'A4,leo,,')).toEqual([
      [2, SWALLOWED],
      [3, SWALLOWED],
      [4, SWALLOWED],
      [5, ['A4', 'leo', null, null]],
    ]);
  });

  test('where a row between them has one more delimiter in a value', async () => {
    expect(await read('A1,ana,"vip,x', 'A2,ben,24,27",', 'A3,eva,,')).toEqual([
      [2, SWALLOWED],
      [3, SWALLOWED],
      [4, ['A3', 'eva', null, null]],
    ]);
  });

  test('where one begins a value and one ends another', async () => {
    expect(await read('A1,ana,AQ==,"x', 'A2,ben,AQ==,5"', 'A3,eva,,')).toEqual([
      [2, SWALLOWED],
      [3, SWALLOWED],
      [4, ['A3', 'eva', null, null]],
    ]);
  });
});
