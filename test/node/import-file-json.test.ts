/** JSON in all its forms: lines, documents, and what tools write around them. */
import { describe, expect, test } from 'vitest';
import { readText } from '../support/read-file-source.ts';

const ANA = { Id: 'A1', UserName: 'ana', PasswordHash: 'AQ==' };
const BEN = { Id: 'B2', UserName: 'ben', PasswordHash: null };
const READ = [
  { id: 'A1', username: 'ana', passwordhash: 'AQ==' },
  { id: 'B2', username: 'ben', passwordhash: null },
];

const indented = (value: unknown) => JSON.stringify(value, null, 2);
const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

async function usersOf(text: string) {
  return (await readText(text)).rows.map(([, row]) => row);
}

describe('the same users are read from', () => {
  test.each<[string, string, 'line' | 'item']>([
    ['lines', lines(ANA, BEN), 'line'],
    ['lines with blank ones', `\n${lines(ANA)}\r\n\r\n${lines(BEN)}\n\n`, 'line'],
    ['an array', `\ufeff ${JSON.stringify([ANA, BEN])}`, 'item'],
    ['an indented array', indented([ANA, BEN]), 'item'],
    ['an array with a row a line', `[${lines(ANA)}\n,${lines(BEN)}]\n`, 'item'],
    ['lines with a comma behind each', `${lines(ANA)},\n${lines(BEN)} , \n`, 'line'],
    ['lines with a comma between them', `${lines(ANA)},\n${lines(BEN)}`, 'line'],
    ['two arrays', lines([ANA], [BEN]), 'item'],
    ['indented objects', `${indented(ANA)}\n${indented(BEN)}\n`, 'item'],
    ['objects on one line', `${JSON.stringify(ANA)} ${JSON.stringify(BEN)}`, 'item'],
    ['a member with the name of the table', JSON.stringify({ AspNetUsers: [ANA, BEN] }), 'item'],
    ['an indented member', indented({ count: 2, users: [ANA, BEN] }), 'item'],
    ['value (OData 4)', JSON.stringify({ '@odata.context': 'x', value: [ANA, BEN] }), 'item'],
    ['d.results (OData 2)', JSON.stringify({ d: { results: [ANA, BEN], __count: '2' } }), 'item'],
    ['items', JSON.stringify({ items: [ANA, BEN] }), 'item'],
    ['$values', JSON.stringify({ $id: '1', $values: [ANA, BEN] }), 'item'],
    [
      'data beside lists of texts',
      JSON.stringify({ columns: ['Id'], data: [ANA, BEN], x: [] }),
      'item',
    ],
    ['pages', lines({ value: [ANA], next: 'x' }, { value: [BEN] }), 'item'],
    [
      'row_to_json in psql',
      ` row_to_json\n-------------\n ${lines(ANA)}\n ${lines(BEN)}\n(2 rows)\n`,
      'line',
    ],
    ['json_object in mysql', `json_object('Id', Id)\n${lines(ANA, BEN)}\n`, 'line'],
    [
      'FOR JSON in sqlcmd',
      `Changed database context to 'app'.\r\nJSON_F52E2B61-18A1-11d1-B105-00805F49916B\r\n${'-'.repeat(80)}\r\n` +
        `${JSON.stringify([ANA, BEN])}\r\n\r\n(2 rows affected)\r\n`,
      'item',
    ],
  ])('%s', async (_, text, unit) => {
    const { rows, unit: told } = await readText(text);
    expect(rows.map(([, row]) => row)).toEqual(READ);
    expect(told).toBe(unit);
  });
});

test('members are found in any case, with underscores or without', async () => {
  expect(await usersOf('{"ID":"A1","user_name":"ana","passwordHash":"AQ=="}')).toEqual([READ[0]]);
});

describe('a member that is there twice', () => {
  const twice = '{"Id":"A1","UserName":"ana","Activo":false,"x":{"Id":1,"Id":2},"Activo":true}';
  const escaped = '{"Id":"A1","Tags":["a:b",{"c":1}],"UserName":"\\\\\\"","\\u0049d":"R1"}';

  test.each<[string, (row: string) => string]>([
    ['lines', (row) => `${row}\n${lines(ANA)}`],
    ['an array', (row) => `[${row},${lines(ANA)}]`],
    ['a member', (row) => `{"d":{"results":[${row},${lines(ANA)}]}}`],
    ['objects on one line', (row) => `${row} ${lines(ANA)}`],
  ])('is refused in %s, with its name', async (_, text) => {
    expect(await usersOf(text(twice))).toEqual(['has the member Activo twice', READ[0]]);
    expect(await usersOf(text(escaped))).toEqual(['has the member Id twice', READ[0]]);
  });

  test('is of no interest within a value', async () => {
    const row = '{"Id":"A1","Tags":[{"a":1,"a":2},":"],"UserName":"a:\\"b"}';
    expect(await usersOf(row)).toEqual([{ id: 'A1', tags: [{ a: 2 }, ':'], username: 'a:"b' }]);
  });
});

describe('a member in two spellings', () => {
  test.each<[string, string]>([
    ['lines', '{"Id":"A1","UserName":"ana","userName":"eva"}'],
    ['an array', '[{"Id":"A1","UserName":"ana","user_name":"eva"}]'],
  ])('is refused in %s, with its name', async (_, text) => {
    expect(await usersOf(text)).toEqual([
      expect.stringMatching(/^has the member user_?name in two spellings$/i),
    ]);
  });
});

test('values keep their types', async () => {
  const row = { Id: 7, UserName: 'NULL', Email: '', Activo: false, Roles: ['a', { b: null }] };
  expect(await usersOf(lines(row))).toEqual([
    { id: 7, username: 'NULL', email: '', activo: false, roles: ['a', { b: null }] },
  ]);
  expect(await usersOf(indented([row]))).toEqual(await usersOf(lines(row)));
});

test('a row with lists of its own is a row', async () => {
  const row = { Claims: [{ Type: 'a' }], Tags: ['b'], Id: 'A1', UserName: 'ana' };
  const read = { claims: [{ Type: 'a' }], tags: ['b'], id: 'A1', username: 'ana' };
  for (const text of [
    lines(row, row),
    `${indented(row)}\n${indented(row)}`,
    indented([row, row]),
  ]) {
    expect(await usersOf(text)).toEqual([read, read]);
  }
});

test('a line ends with a line feed and with nothing else', async () => {
  const text = '{"Id":"A1","Notes":"\u2028\u2029\u0085"}\r\n\n{"Id":"A2"}\n';
  expect((await readText(text)).rows).toEqual([
    [1, { id: 'A1', notes: '\u2028\u2029\u0085' }],
    [3, { id: 'A2' }],
  ]);
});

describe('a row of the wrong kind', () => {
  test('is told by its line', async () => {
    const text = `${lines(ANA)}\n{"Id":s3cr3t\n["Id"]\n\n"ana"\n${lines(BEN)}\n(2 rows)\n`;
    expect((await readText(text)).rows).toEqual([
      [1, READ[0]],
      [2, 'is not JSON'],
      [3, 'is not a JSON object'],
      [5, 'is not a JSON object'],
      [6, READ[1]],
    ]);
  });

  test('is told by its place in an array', async () => {
    const text = indented([ANA, null, ['Id'], 'ana', 7, BEN]);
    expect((await readText(text)).rows).toEqual([
      [1, READ[0]],
      [2, 'is not a JSON object'],
      [3, 'is not a JSON object'],
      [4, 'is not a JSON object'],
      [5, 'is not a JSON object'],
      [6, READ[1]],
    ]);
  });
});

describe('a damaged first line', () => {
  test.each<[string, string]>([
    ['cut within a text', '{"Id":"A1","UserNa'],
    ['cut behind a value', '{"Id":"A1"'],
    ['with a quotation mark too few', '{"Id":"A1,"UserName":"s3cr3t"}'],
    ['with a bare word', '{"Id":s3cr3t}'],
  ])('costs one row where it is %s', async (_, first) => {
    const { rows, unit } = await readText(`${first}\n${lines(ANA, BEN)}\n`);
    expect([unit, rows]).toEqual([
      'line',
      [
        [1, 'is not JSON'],
        [2, READ[0]],
        [3, READ[1]],
      ],
    ]);
  });

  // Nothing within a value may become a row.
  test.each<[string, string]>([
    ['an object that belongs to a value', `{"Id":"A0","Boss":\n${lines(ANA)}\n,"x"}`],
    ['the first item of a list', `{"deleted":[\n${lines(ANA)}\n{}]}`],
    ['the second item of a list', `{"deleted":[{"Id":"A0"}\n${lines(ANA)}\n]}`],
    ['no whole row', '{"Id":"A0"\n{"Id":"A1","Name":"ana"}\n'],
  ])('costs the file where the next line is %s', async (_, text) => {
    await expect(readText(text)).rejects.toThrow(/it is not JSON from line \d on\.$/);
  });

  test('is none where the file is a document', async () => {
    const { rows } = await readText(`{"Id":"A0","Name":\n${lines(ANA)}}\n`);
    expect(rows).toEqual([[1, { id: 'A0', name: ANA }]]);
    const onOneLine = await readText(`${lines(ANA)} ${lines(BEN)}\n${lines(ANA)}\n`);
    expect(onOneLine.rows.map(([, row]) => row)).toEqual([...READ, READ[0]]);
  });

  test('is not passed over as a heading', async () => {
    await expect(readText(`sh":"AQ=="}\n${lines(ANA, BEN)}\n`)).rejects.toThrow();
  });
});

describe('a document is told to be one page of several', () => {
  const noticesOf = async (value: object | string) =>
    (await readText(typeof value === 'string' ? value : JSON.stringify(value))).notices;

  test.each<[string, object]>([
    ['@odata.nextLink', { value: [ANA, BEN], '@odata.nextLink': 'https://x.example/?$skip=2' }],
    ['odata.nextLink', { value: [ANA], 'odata.nextLink': 'x' }],
    ['nextLink', { nextLink: 'x', value: [ANA] }],
    ['__next', { d: { results: [ANA], __next: 'x' } }],
    ['links.next', { data: [ANA], links: { self: 'x', next: 'y' } }],
  ])('where it has %s', async (_, document) => {
    expect(await noticesOf(document)).toEqual([
      expect.stringMatching(
        /users is one page of several: it has a link to the next page\. Export all/,
      ),
    ]);
  });

  test.each<[string, object]>([
    ['total', { total: 500, items: [ANA, BEN] }],
    ['count', { items: [ANA, BEN], count: 500 }],
    ['totalCount', { meta: { paging: { totalCount: 500 } }, items: [ANA, BEN] }],
    ['@odata.count', { '@odata.count': 500, value: [ANA, BEN] }],
    ['__count', { d: { results: [ANA, BEN], __count: '500' } }],
    [
      'total beside other tables',
      { users: [ANA, BEN], roles: [{ Id: 'R1', Name: 'x' }], total: 500 },
    ],
  ])('where %s is more than its rows', async (_, document) => {
    expect(await noticesOf(document)).toEqual([
      expect.stringMatching(/users says that there are 500 rows, and it has 2\. If it is one page/),
    ]);
  });

  test.each<[string, object | string]>([
    ['a total that agrees', { total: 2, items: [ANA, BEN] }],
    ['the count of its page', { count: 1, items: [ANA, BEN] }],
    ['the total of all its tables', { users: [ANA, BEN], roles: [{ Id: 'R1' }], total: 3 }],
    ['a link that leads nowhere', { value: [ANA], nextLink: null, next: '' }],
    ['members of a row', { value: [{ ...ANA, next: 'x', count: 500 }] }],
    ['the last page too', lines({ value: [ANA], next: 'x', total: 2 }, { value: [BEN] })],
    ['rows that are objects themselves', lines({ ...ANA, next: 'x', total: 7 })],
  ])('and not where it has %s', async (_, document) => {
    expect(await noticesOf(document)).toEqual([]);
  });
});

describe('SQL Server breaks FOR JSON into lines of 2,033 characters', () => {
  const users = Array.from({ length: 200 }, (_, i) => ({
    ...ANA,
    Id: `A${i}`,
    UserName: `user "${i}" ñ`,
  }));

  test.each<[string, string, string]>([
    ['without a heading', '', ''],
    [
      'with a heading and dashes',
      `JSON_F52E2B61-18A1-11d1-B105-00805F49916B\r\n${'-'.repeat(256)}\r\n`,
      '\r\n(200 rows affected)\r\n',
    ],
  ])('%s', async (_, before, after) => {
    const chopped = JSON.stringify(users).replace(/.{2033}/gs, '$&\r\n');
    const rows = await usersOf(`${before}${chopped}${after}`);
    expect(rows).toHaveLength(200);
    expect(rows).toEqual(
      users.map((user) => ({ id: user.Id, username: user.UserName, passwordhash: 'AQ==' })),
    );
  });
});

test('five thousand indented users are five thousand rows', async () => {
  const users = Array.from({ length: 5000 }, (_, i) => ({ ...ANA, Id: `A${i}` }));
  for (const text of [indented({ users }), indented(users), users.map(indented).join('\n')]) {
    const { rows } = await readText(text);
    expect(rows).toHaveLength(5000);
    expect(rows.every(([, row]) => typeof row !== 'string')).toBe(true);
  }
});

describe('a document with several tables', () => {
  test('gives each of them', async () => {
    const { tables } = await readText(
      indented({
        AspNetUsers: [ANA, BEN],
        asp_net_roles: [{ Id: 'R1', Name: 'Sales' }],
        UserRoles: [{ UserId: 'A1', RoleId: 'R1' }],
        AspNetUserTokens: [],
      }),
    );
    expect([...tables]).toEqual([
      [
        'users',
        [
          [1, READ[0]],
          [2, READ[1]],
        ],
      ],
      ['roles', [[1, { id: 'R1', name: 'Sales' }]]],
      ['userRoles', [[1, { userid: 'A1', roleid: 'R1' }]]],
    ]);
  });

  test.each<[string, object]>([
    ['lists that are no tables', { users: [ANA], people: [BEN] }],
    ['one table twice', { users: [ANA], AspNetUsers: [BEN] }],
    ['a list that belongs to none of them', { value: [ANA], roles: [{ Id: 'R1' }] }],
  ])('is refused with %s', async (_, document) => {
    await expect(readText(JSON.stringify(document))).rejects.toThrow(
      /users has lists that are no tables of ASP\.NET Core Identity: \w+, \w+\. Put each table into a file of its own/,
    );
  });

  test('is refused without users', async () => {
    await expect(readText('{"AspNetRoles":[{"Id":"R1","Name":"Sales"}]}')).rejects.toThrow(
      'has roles or claims, and no users.',
    );
  });
});

test('an empty array has no rows', async () => {
  for (const text of ['[]', '[\n]\n', '{"users":[]}', '{"value": [], "count": 0}']) {
    expect(await usersOf(text)).toEqual([]);
  }
});

describe('a file that is no JSON from some line on is refused once, and nothing of it is told', () => {
  test.each<[string, string, RegExp]>([
    [
      'half an array',
      '[{"Id":"A1","UserName":"s3cr3t"}',
      /it ends in the middle of item 2\. Export it again\.$/,
    ],
    [
      'half a text',
      '[{"Id":"A1","UserName":"s3cr',
      /it ends in the middle of item 1\. Export it again\.$/,
    ],
    ['a missing comma', '[\n{"Id":"A1"}\n{"Id":"s3cr3t"}]', /it is not JSON from line 3 on\.$/],
    [
      'a missing quotation mark',
      '{\n"Id":"A1",\n"UserName":s3cr3t"}',
      /it is not JSON from line 3 on\.$/,
    ],
    ['a wrong bracket', '{"users":[{"Id":"s3cr3t"}}', /it is not JSON from line 1 on\.$/],
  ])('%s', async (_, text, sentence) => {
    const failure = readText(text);
    await expect(failure).rejects.toThrow(sentence);
    await expect(failure).rejects.not.toThrow(/s3cr/);
  });
});
