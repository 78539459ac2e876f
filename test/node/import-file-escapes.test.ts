/** Backslashes: which files have escapes, and how they are read. */
import { describe, expect, test } from 'vitest';
import { readText } from '../support/read-file-source.ts';

/** The name of each row, under a heading. `delimiter` stands for `,` in the rows. */
async function names(delimiter: string, ...rows: string[]) {
  const lines = ['Id,UserName,PasswordHash', ...rows].map((row) => row.replaceAll(',', delimiter));
  return (await readText(lines.join('\n'))).rows.map(([, row]) =>
    typeof row === 'string' ? row : row.username,
  );
}

describe('a file of tabs has escapes', () => {
  test('where a backslash is doubled', async () => {
    expect(await names('\t', 'A1,DOMAIN\\\\ana,AQ==', 'A2,ben\\tx,AQ==')).toEqual([
      'DOMAIN\\ana',
      'ben\tx',
    ]);
  });

  test('where a value is \\N, and then NULL is a name', async () => {
    expect(await names('\t', 'A1,NULL,\\N', 'A2,null,\\N', 'A3,\\N,\\N')).toEqual([
      'NULL',
      'null',
      null,
    ]);
  });

  test('where no value is \\N, and then NULL is NULL, and null is a name', async () => {
    expect(await names('\t', 'A1,NULL,NULL', 'A2,null,NULL', 'A3,a\\\\b,NULL')).toEqual([
      null,
      'null',
      'a\\b',
    ]);
  });

  test('where a bit of 0 is \\0', async () => {
    const { rows } = await readText('Id\tUserName\tPasswordHash\tActivo\nA1\tana\tAQ==\t\\0\n');
    expect(rows).toMatchObject([[2, { activo: '\0' }]]);
  });

  test('with values over two lines, and quotation marks that are text', async () => {
    expect(await names('\t', 'A1,"ana\\', 'maría,\\N', 'A2,"ben",\\N', 'A3,c\\,d,\\N')).toEqual([
      '"ana\nmaría',
      '"ben"',
      'c\td',
    ]);
  });

  test('and is told of a backslash at its end', async () => {
    expect(await names('\t', 'A1,a\\\\b,\\N', 'A2,c,x\\')).toEqual([
      'a\\b',
      'ends with a backslash, and no line follows',
    ]);
  });
});

test.each([',', ';', '|'])(
  'a file of %j may have escapes within quotation marks',
  async (delimiter) => {
    expect(
      await names(
        delimiter,
        '"A1","say ""hi""",\\N',
        '"A2","say \\"hi\\"",\\N',
        '"A3","DOMAIN\\\\ana",\\N',
        '"A4","NULL",\\N',
        '"A5","two\\',
        'lines",\\N',
        'A6,a\\,b,\\N',
      ),
    ).toEqual(['say "hi"', 'say "hi"', 'DOMAIN\\ana', 'NULL', 'two\nlines', `a${delimiter}b`]);
  },
);

test('a value over two lines by a backslash is one value, whatever its lines look like', async () => {
  expect(
    await names(',', '"A1","x\\"y",\\N', '"A2","a\\', 'b,c",\\N', '"A3\\', 'b,c,d","x",\\N'),
  ).toEqual(['x"y', 'a\nb,c', 'x']);
});

describe('in CSV that has no faults, a backslash is a character like any other', () => {
  const DOUBTFUL = /has backslashes that may be escapes, .* They are read as they are\./;

  test('also beside a value of two backslashes', async () => {
    const text = 'Id,UserName,PasswordHash,Path\n1,CORP\\Nuria,,\n2,ben,,\\\\nas\\ben\n';
    const { rows, notices } = await readText(text);
    expect(rows).toMatchObject([
      [2, { username: 'CORP\\Nuria' }],
      [3, { path: '\\\\nas\\ben' }],
    ]);
    expect(notices).toEqual([expect.stringMatching(DOUBTFUL)]);
  });

  test.each([',', ';', '|', '\t'])(
    'so that no part of a value becomes a row, with %j',
    async (d) => {
      const read = await names(
        d,
        '1,ana,AQ==',
        '2,"\\\\ \\""',
        '9,root,AQ==',
        '",AQ==',
        '3,zoe,"two ""nice""',
        'lines"',
      );
      const told = expect.stringMatching(/^stands between quotation marks on two lines/);
      expect(read.slice(0, 3)).toEqual(['ana', told, told]);
      expect(read).not.toContain('root');
    },
  );

  test('so that a value which begins with N and ends on another line is no NULL', async () => {
    const read = await names(',', '1,ana,"N', '9,root,x"', '3,zoe,');
    const told = expect.stringMatching(/^stands between quotation marks on two lines/);
    expect(read).toEqual([told, told, 'zoe']);
  });
});

describe('where faults are left however backslashes are read', () => {
  const rows = ['"1","a\\\\b","AQ=="', '"2","say \\"hi\\"","AQ=="', '"3","x\\"","AQ=="', '"4"'];

  test('they are characters, and rows with one before a quotation mark are not read', async () => {
    expect(await names(',', ...rows)).toEqual([
      'a\\\\b',
      'has a quotation mark that is not closed or not doubled',
      'has a quotation mark that is not closed or not doubled',
      'has 1 columns instead of 3',
    ]);
    expect(await names(',', ...rows, '"5","C:\\","AQ=="')).toContain(
      'has a backslash before a quotation mark, and other rows do not show what that means',
    );
  });
});

test('in a file of tabs, lines between quotation marks that look like rows are not read', async () => {
  const told = expect.stringMatching(/^stands between quotation marks on two lines/);
  const read = await names(
    '\t',
    '1,a\\\\b,',
    '2,ben,"\\\\nas',
    '9,root,x"',
    '4,eva,"x"',
    '5,"leo,\\N',
  );
  expect(read).toEqual(['a\\b', told, told, 'eva', '"leo']);
});

test('a quotation mark behind a backslash, within a value, shows escapes too', async () => {
  expect(await names(',', '"A1","say \\"hi\\"",')).toEqual(['say "hi"']);
  expect(await names(',', '"A1","C:\\","x"')).toEqual(['C:\\']);
});

describe('a backslash is a character like any other', () => {
  test.each<[string, string]>([
    ['in CSV', ','],
    ['in a file of tabs', '\t'],
  ])('%s, where one stands before a letter that no tool escapes', async (_, delimiter) => {
    // \n is an escape, \\ is one too. \a is none.
    expect(await names(delimiter, 'A1,DOMAIN\\nora,AQ==', 'A2,\\\\server\\ana,AQ==')).toEqual([
      'DOMAIN\\nora',
      '\\\\server\\ana',
    ]);
  });

  test('where nothing but \\N and \\n is there in CSV', async () => {
    expect(await names(',', 'A1,DOMAIN\\nora,\\N')).toEqual(['DOMAIN\\nora']);
  });

  test('where nothing but \\n and \\t is there in a file of tabs', async () => {
    expect(await names('\t', 'A1,DOMAIN\\nora,AQ==', 'A2,DOMAIN\\tom,AQ==')).toEqual([
      'DOMAIN\\nora',
      'DOMAIN\\tom',
    ]);
  });

  test('where the last line alone shows it', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `A${i},user\\\\${i},\\N`);
    const read = await names('\t', ...rows, 'B1,DOMAIN\\ana,\\N');
    expect(read[0]).toBe('user\\\\0');
    expect(read.at(-1)).toBe('DOMAIN\\ana');
  });
});

describe('the backslashes of JSON', () => {
  async function jsonNames(...lines: string[]) {
    return (await readText(lines.join('\n'))).rows.map(([, row]) =>
      typeof row === 'string' ? row : row.username,
    );
  }

  test.each<[string, string, string]>([
    [
      'as they are, before a letter that JSON does not escape',
      '{"UserName":"DOMAIN\\\\ana"}',
      'DOMAIN\\ana',
    ],
    ['as they are, before a quotation mark', '{"UserName":"a\\"b\\\\\\\\c"}', 'a"b\\\\c'],
    ['as they are, in a code point', '{"UserName":"mar\\u00eda"}', 'maría'],
    ['as they are, at the end of a text', '{"UserName":"C:\\\\"}', 'C:\\'],
    ['as they are, before a capital letter', '{"UserName":"CORP\\\\Nuria"}', 'CORP\\Nuria'],
    ['as they are, four in a row', '{"UserName":"\\\\\\\\nas\\\\bob"}', '\\\\nas\\bob'],
    ['as they are, two in a row', '{"UserName":"DOMAIN\\\\nora"}', 'DOMAIN\\nora'],
    ['doubled, before a quotation mark', '{"UserName":"a\\\\"b"}', 'a"b'],
    ['doubled, beside a quotation mark', '{"UserName":"D\\\\\\\\a\\\\"b\\\\tx"}', 'D\\a"b\tx'],
  ])('are read %s', async (_, line, name) => {
    expect(await jsonNames(line)).toEqual([name]);
    expect(await jsonNames(`[${line}]`)).toEqual([name]);
  });

  test('decide for the whole file, whichever row shows it', async () => {
    const doubtful = '{"UserName":"DOMAIN\\\\\\\\ana"}';
    const lines = Array.from({ length: 5000 }, () => doubtful);
    const plain = await jsonNames(...lines, '{"UserName":"DOMAIN\\\\ana"}');
    expect(plain[0]).toBe('DOMAIN\\\\ana');
    const doubled = await jsonNames(...lines, '{"UserName":"a\\\\"b"}');
    expect(doubled[0]).toBe('DOMAIN\\ana');
  });

  test('are doubled where the file is no JSON as it is', async () => {
    const { rows, notices } = await readText(
      '[{"Id":"A1","UserName":"DOMAIN\\\\\\\\ana"}, \\n {"Id":"A2"}]',
    );
    expect(rows).toEqual([
      [1, { id: 'A1', username: 'DOMAIN\\ana' }],
      [2, { id: 'A2' }],
    ]);
    expect(notices).toEqual([expect.stringContaining('Two of them are read as one.')]);
  });

  test('are told where they may be doubled, and nothing shows it', async () => {
    const told = [expect.stringMatching(/backslashes in fours, .*psql -At or mysql --raw\.$/)];
    const doubtful = '{"UserName":"DOMAIN\\\\\\\\ana"}';
    expect((await readText(doubtful)).notices).toEqual(told);
    expect((await readText(`${doubtful}\n{"UserName":"CORP\\\\Nuria"}`)).notices).toEqual([]);
  });

  test('are read as they are where a damaged row says otherwise', async () => {
    const lines = ['{"UserName":"DOMAIN\\\\ana"}', '{"UserName":"a\\\\"b"}'];
    expect(await jsonNames(...lines)).toEqual(['DOMAIN\\ana', 'is not JSON']);
  });

  // The file is read in pieces of 262,144 bytes. One of them ends within the backslashes.
  test.each(['[{"UserName":"', '[ {"UserName":"'])(
    'are counted over several pieces behind %j',
    async (before) => {
      const inFile = '\\'.repeat(400_000);
      const { rows } = await readText(`${before}${inFile}nora","Email":"a\\\\"b"}]`);
      expect(rows).toEqual([[1, { username: `${'\\'.repeat(100_000)}nora`, email: 'a"b' }]]);
    },
  );
});
