/** Tables in text: how their columns and values are found. */
import { describe, expect, test } from 'vitest';
import { readText } from '../support/read-file-source.ts';

const ANA = { id: 'A1', username: 'ana', passwordhash: 'AQ==' };
const BEN = { id: 'B2', username: 'ben', passwordhash: null };

async function usersOf(text: string, options = {}) {
  const { rows } = await readText(text, options);
  return rows.map(([, row]) => row);
}

describe('the same users are read', () => {
  test.each<[string, string]>([
    ['with commas', 'Id,UserName,PasswordHash\nA1,ana,AQ==\nB2,ben,\n'],
    ['with semicolons', 'Id;UserName;PasswordHash\nA1;ana;AQ==\nB2;ben;\n'],
    ['with tabs', 'Id\tUserName\tPasswordHash\nA1\tana\tAQ==\nB2\tben\t\n'],
    ['with bars', 'Id|UserName|PasswordHash\nA1|ana|AQ==\nB2|ben|\n'],
    ['with quotation marks', '"Id";"UserName";"PasswordHash"\n"A1";"ana";"AQ=="\n"B2";"ben";\n'],
    [
      'with a delimiter for Excel',
      'sep=;\r\nId;UserName;PasswordHash\r\nA1;ana;AQ==\r\nB2;ben;\r\n',
    ],
    [
      'from Export-Csv of PowerShell',
      '#TYPE System.Data.DataRow\r\n"Id","UserName","PasswordHash"\r\n"A1","ana","AQ=="\r\n"B2","ben",\r\n',
    ],
    [
      'from Format-Table of PowerShell',
      '\r\nId UserName PasswordHash\r\n-- -------- ------------\r\nA1 ana      AQ==        \r\nB2 ben                  \r\n\r\n',
    ],
    [
      'from sqlcmd',
      "Changed database context to 'app'.\r\n" +
        'Id      UserName   PasswordHash\r\n------- ---------- ------------\r\n' +
        'A1      ana        AQ==        \r\nB2      ben        NULL        \r\n\r\n(2 rows affected)\r\n',
    ],
    [
      'from sqlcmd with commas',
      'Id     ,UserName  ,PasswordHash\r\n-------,----------,------------\r\n' +
        'A1     ,ana       ,AQ==        \r\nB2     ,ben       ,NULL        \r\n\r\n(2 filas afectadas)\r\n',
    ],
    [
      'from sqlcmd with bars',
      'Id|UserName|PasswordHash\r\n--|--------|------------\r\nA1|ana|AQ==\r\nB2|ben|NULL\r\n\r\n(2 rows affected)\r\n',
    ],
    [
      'from Management Studio',
      'Id,UserName,PasswordHash\r\nA1,ana,AQ==\r\nB2,ben,NULL\r\n\r\n(2 row(s) affected)\r\n\r\nCompletion time: 2026-11-26T10:00:00\r\n',
    ],
    ['from psql without alignment', 'Id|UserName|PasswordHash\nA1|ana|AQ==\nB2|ben|\n(2 rows)\n'],
    [
      'from mysql',
      '+----+----------+--------------+\n| Id | UserName | PasswordHash |\n+----+----------+--------------+\n' +
        '| A1 | ana      | AQ==         |\n| B2 | ben      | NULL         |\n+----+----------+--------------+\n2 rows in set (0.00 sec)\n\nBye\n',
    ],
    [
      'from Markdown',
      '| Id | UserName | PasswordHash |\n|----|:---------|-------------:|\n| A1 | ana      | AQ==         |\n| B2 | ben      |              |\n',
    ],
    ['with names of SQL', '[Id],`UserName`,password_hash\nA1,ana,AQ==\nB2,ben,\n'],
    ['with lines of an old Mac', 'Id,UserName,PasswordHash\rA1,ana,AQ==\rB2,ben,\r'],
    [
      'with a delimiter for Excel and two carriage returns',
      'sep=;\r\r\nId;UserName;PasswordHash\r\r\nA1;ana;AQ==\r\r\nB2;ben;\r\r\n',
    ],
    [
      'with a type of PowerShell and two carriage returns',
      '#TYPE System.Data.DataRow\r\r\nId,UserName,PasswordHash\r\r\nA1,ana,AQ==\r\r\nB2,ben,\r\r\n',
    ],
    [
      'with another end of line in the heading',
      'Id,UserName,PasswordHash\nA1,ana,AQ==\r\nB2,ben,\r\n',
    ],
    [
      'with empty lines of a workbook',
      'Id;UserName;PasswordHash\n\nA1;ana;AQ==\nB2;ben;\n;;\n;;\n',
    ],
    [
      'with the heading on each page',
      'Id,UserName,PasswordHash\nA1,ana,AQ==\nId,UserName,PasswordHash\nB2,ben,\n',
    ],
    [
      'with blanks around values',
      ' Id , UserName , PasswordHash \n A1 , "ana" , AQ== \n B2 , ben , NULL \n',
    ],
    ['with a column that has no name', 'Id,UserName,PasswordHash,\nA1,ana,AQ==,1\nB2,ben,,2\n'],
  ])('%s', async (_, text) => {
    expect(await usersOf(text)).toEqual([ANA, BEN]);
  });
});

test.each<[string, string]>([
  ['comma', ','],
  ['Semicolon', ';'],
  ['tab', '\t'],
  ['\\t', '\t'],
  ['bar', '|'],
  ['^', '^'],
  ['~', '~'],
  ['\u0001', '\u0001'],
])('--delimiter %j separates values by %j', async (delimiter, character) => {
  const text = 'Id,UserName,PasswordHash\nA1,ana,AQ==\nB2,ben,\n'.replaceAll(',', character);
  expect(await usersOf(text, { delimiter })).toEqual([ANA, BEN]);
});

test.each(['', ', ', '"', ' ', '\\', 'dash'])('--delimiter %j is refused', async (delimiter) => {
  await expect(readText('Id,UserName,PasswordHash\n', { delimiter })).rejects.toThrow(
    '--delimiter is comma, semicolon, tab, bar or one other character',
  );
});

test('a delimiter in a value outside quotation marks costs that row', async () => {
  const { rows } = await readText('Id,UserName,PasswordHash\nA1,ana,x,AQ==\nB2,ben,\nC3\n');
  expect(rows).toEqual([
    [2, 'has 4 columns instead of 3'],
    [3, BEN],
    [4, 'has 1 columns instead of 3'],
  ]);
});

test('the delimiter is the one with which the columns are there', async () => {
  const text = 'Id;UserName;PasswordHash;"a,b,c,d,e,f"\nA1;ana;AQ==;"1,2,3,4,5,6"\n';
  expect(await usersOf(text)).toMatchObject([ANA]);
});

describe('NULL', () => {
  test.each(['', 'NULL', 'null', 'Null', '\\N', '   ', 'NULL   ', '  \\N'])(
    'is %j in CSV',
    async (value) => {
      expect(await usersOf(`Id,UserName,PasswordHash,Email\nA1,ana,AQ==,${value}\n`)).toEqual([
        { ...ANA, email: null },
      ]);
    },
  );

  test.each(['NULL', 'null', '\\N', '', ' '])('is not "%s" in quotation marks', async (value) => {
    expect(await usersOf(`Id,UserName,PasswordHash,Email\nA1,ana,AQ==,"${value}"\n`)).toEqual([
      { ...ANA, email: value },
    ]);
  });
});

describe('without a heading', () => {
  const columns = 'Id, user_name,PasswordHash';

  test('the columns are those of the option', async () => {
    expect(await usersOf('A1,ana,AQ==\nB2,ben,\n', { columns })).toEqual([ANA, BEN]);
    expect(await usersOf('A1\tana\tAQ==\nB2\tben\t\n', { columns })).toEqual([ANA, BEN]);
    expect(await usersOf('A1~ana~AQ==\n', { columns, delimiter: '~' })).toEqual([ANA]);
    expect(await usersOf('\r\r\nA1,ana,AQ==\r\r\nB2,ben,\r\r\n', { columns })).toEqual([ANA, BEN]);
  });

  test('a column without a name is not read', async () => {
    expect(await usersOf('A1,7,ana,AQ==\n', { columns: 'Id,,UserName,PasswordHash' })).toEqual([
      ANA,
    ]);
  });

  test('a heading is no user where there is one all the same', async () => {
    expect(await usersOf('Id,UserName,PasswordHash\nA1,ana,AQ==\n', { columns })).toEqual([ANA]);
  });

  test('another number of columns is refused', async () => {
    await expect(readText('A1,ana,AQ==,1\n', { columns })).rejects.toThrow(
      /users has 4 columns in its first line, and --columns names 3\.$/,
    );
  });

  test.each([
    ['Id,UserName', '--columns has no column PasswordHash.'],
    ['Id,UserName,PasswordHash,ID', 'has the column Id twice.'],
  ])('--columns %j is refused', async (names, sentence) => {
    await expect(readText('A1,ana,x,y\n', { columns: names })).rejects.toThrow(sentence);
  });

  test('a file is refused where the option is missing, and told of it', async () => {
    await expect(readText('A1,ana,AAAA\n')).rejects.toThrow(
      /users has no column Id in its first line\. If it has no heading, name its columns with --columns Id,/,
    );
  });
});

test.each([
  [
    'with a misspelt column',
    'Id,UserName,Hash\n',
    /has no column PasswordHash in its first line\.$/,
  ],
  ['with a column twice', 'Id,UserName,PasswordHash,ID\n', /has the column Id twice\.$/],
  [
    'with a column in two spellings',
    'Id,UserName,PasswordHash,Phone_Number,PhoneNumber\n',
    /has the column phonenumber twice\.$/,
  ],
])('a table %s is refused', async (_, text, sentence) => {
  await expect(readText(text)).rejects.toThrow(sentence);
});

test('the column of the roles has to be there, in any spelling', async () => {
  const text = 'Id,UserName,PasswordHash,role_name\nA1,ana,AQ==,Sales\n';
  expect(await usersOf(text, { roleColumn: 'RoleName' })).toEqual([{ ...ANA, rolename: 'Sales' }]);
  await expect(readText(text, { roleColumn: 'Perfil' })).rejects.toThrow(
    /has no column Perfil in its first line\.$/,
  );
});

test('bits that mysql draws as blanks are refused', async () => {
  const text =
    '| Id | UserName | PasswordHash | Activo |\n|--|--|--|--|\n| A1 | ana | AQ== |  |\n| B2 | ben | NULL | \u0001 |\n';
  await expect(readText(text)).rejects.toThrow(
    'it has columns of bits, which mysql draws as blanks.',
  );
});

test('a value that does not stand under its heading costs its row', async () => {
  const text =
    'Id  UserName PasswordHash\n--- -------- ------------\nA1  ana      AQ==        \nB23 bernhardina NULL\n';
  expect((await readText(text)).rows).toEqual([
    [3, ANA],
    [4, 'does not stand under the headings'],
  ]);
});

describe('in a table that is drawn for people, no part of a value becomes a row', () => {
  const OTHER_LENGTH = 'is shorter or longer than the dashes under the headings: export it as CSV';
  const HEADING = 'Id  UserName  PasswordHash Notes\n';
  const DASHES = `--- --------- ------------ ${'-'.repeat(60)}\n`;
  const line = (...[id, name, hash, notes = '']: string[]) =>
    `${id?.padEnd(3)} ${name?.padEnd(9)} ${hash?.padEnd(12)} ${notes.padEnd(60)}\n`;
  const fake = line('9', 'root', 'AQ==').trimEnd();

  test.each([
    ['in the last column', line('A1', 'mallory', 'AQ==', `x\n${fake}`)],
    ['in the middle', line('A1', `x\n9  `, 'AQ==', 'x')],
    ['in the first column', line('9\n9', 'root', 'AQ==', 'x')],
  ])('where sqlcmd writes a line break %s', async (_, broken) => {
    const { rows } = await readText(
      HEADING + DASHES + line('B1', 'ben', 'AQ==') + broken + line('B2', 'eva', 'AQ=='),
    );
    expect(rows).toMatchObject([
      [3, { id: 'B1' }],
      [4, expect.any(String)],
      [5, expect.any(String)],
      [6, { id: 'B2' }],
    ]);
  });

  test('where the output was cut', async () => {
    const text = HEADING + DASHES + line('B1', 'ben', 'AQ==') + line('B2', 'eva', 'AQ==');
    expect((await readText(text.slice(0, -20))).rows).toMatchObject([
      [3, { id: 'B1' }],
      [4, OTHER_LENGTH],
    ]);
  });

  test('where mysql writes a line break and bars', async () => {
    const { rows } = await readText(
      '+----+----------+--------------+-----------------------+\n' +
        '| Id | UserName | PasswordHash | Notes                 |\n' +
        '+----+----------+--------------+-----------------------+\n' +
        '| A1 | mallory  | AQ==         | x |\n| 9 | root | AQ== | x |\n' +
        '| A2 | 😀       | AQ==         | x                     |\n',
    );
    expect(rows).toMatchObject([
      [4, 'does not stand under the headings'],
      [5, 'does not stand under the headings'],
      [6, { id: 'A2', username: '😀' }],
    ]);
  });
});

describe('a name or an address that fills its column may have been cut', () => {
  const CUT_OFF = 'has a name or an address that may have been cut: widen the column';
  const read = async (width: number, name: string, email: string) => {
    const columns = ['UserName', 'Email', 'Id', 'PasswordHash'];
    const widths = [width, width, 2, 12];
    const lines = [columns, widths.map((one) => '-'.repeat(one)), [name, email, 'A1', 'AQ==']];
    const drawn = lines.map((texts) =>
      texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' '),
    );
    return (await readText(drawn.join('\n'))).rows.map(([, row]) => row);
  };

  test('where the column is narrower than the widest name', async () => {
    expect(await read(30, 'a'.repeat(30), 'ana@x.org')).toEqual([CUT_OFF]);
    expect(await read(30, 'ana', 'a'.repeat(30))).toEqual([CUT_OFF]);
    expect(await read(30, 'a'.repeat(29), 'ana@x.org')).toMatchObject([{ id: 'A1' }]);
  });

  test('and is whole where the column has 256 characters', async () => {
    expect(await read(256, 'a'.repeat(256), 'ana@x.org')).toMatchObject([{ id: 'A1' }]);
  });
});

test('a value that psql has broken into two lines is one value', async () => {
  const text =
    ' Id |  UserName  | PasswordHash \n----+------------+--------------\n' +
    ' A1 | ana.maria.| AQ==         \n    |.@example  |              \n A2 | ben.       |              \n(2 rows)\n';
  expect(await usersOf(text)).toEqual([
    { ...ANA, username: 'ana.maria@example' },
    { id: 'A2', username: 'ben.', passwordhash: null },
  ]);
});
