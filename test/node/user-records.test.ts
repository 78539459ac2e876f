/** What is read from an export of `AspNetUsers`, in each of its forms. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ImportedUser, toImportedUser } from '../../cli/imported-user.ts';
import { readUserRecords } from '../../cli/user-records.ts';
import { normalizeUserName } from '../../src/user-name.ts';
import { identityHash, version3Header } from '../support/identity-hash.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A user with the text of the hash. */
function asStored({ hash, normalizedUserName, ...user }: ImportedUser) {
  expect(normalizedUserName).toBe(normalizeUserName(user.userName));
  return { ...user, passwordHash: hash?.text ?? null };
}
type StoredUser = ReturnType<typeof asStored>;

/** Each row with the line that it is reported by: the user, or what is wrong with it. */
async function read(text: string | Buffer): Promise<[number, StoredUser | string][]> {
  const path = join(temporaryFolder(), 'users');
  writeFileSync(path, text);
  const rows: [number, StoredUser | string][] = [];
  for await (const { line, columns } of readUserRecords(path)) {
    const user = columns.ok ? toImportedUser(columns.value, { name: 'Sales' }) : columns;
    rows.push([line, user.ok ? asStored(user.value) : user.reason]);
  }
  return rows;
}

const HASH = identityHash('P@ssw0rd!');
const ANA = {
  id: 'A1',
  userName: 'ana',
  email: 'ana@example.com',
  passwordHash: HASH,
  active: true,
  role: 'Sales',
};
const BEN = { ...ANA, id: 'B2', userName: 'ben', email: null, passwordHash: null, active: false };

describe('the same users are read from', () => {
  test.each<[string, string]>([
    [
      'JSON Lines',
      `{"Id":"A1","UserName":"ana","Email":"ana@example.com","PasswordHash":"${HASH}","Activo":true}\n\n` +
        '{"id":"B2","USERNAME":"ben","email":null,"passwordHash":null,"activo":0,"Other":[1]}',
    ],
    [
      'a JSON array',
      `\ufeff [ {"Id":"A1","UserName":"ana","Email":"ana@example.com","PasswordHash":"${HASH}"},\n` +
        '{"Id":"B2","UserName":"ben","Activo":"False"} ]',
    ],
    [
      'CSV of SQL Server',
      '\ufeffId,UserName,Email,PasswordHash,Activo,Notes\r\n' +
        `A1,ana,ana@example.com,${HASH},1,"two\r\nlines, ""quoted"""\r\nB2,ben,NULL,NULL,0,\r\n`,
    ],
    [
      'CSV of PostgreSQL',
      `"id";"user_id";"username";"email";"passwordhash";"activo"\n"A1";7;"ana";"ana@example.com";"${HASH}";true\n` +
        'B2;8;ben;\\N;\\N;false\n',
    ],
    [
      'tab-separated values',
      `Id\tUserName\tEmail\tPasswordHash\tActivo\nA1\tana\tana@example.com\t${HASH}\tTRUE\nB2\tben\t\t\tFalse\n`,
    ],
    [
      'values between bars, with the English name of Activo',
      `Id|UserName|Email|PasswordHash|Active\nA1|ana|ana@example.com|${HASH}|1\nB2|ben|NULL|NULL|0\n`,
    ],
  ])('%s', async (_, text) => {
    const users = (await read(text)).map(([, user]) => user);
    expect(users).toEqual([ANA, BEN]);
  });
});

test('numbers are ids as well', async () => {
  expect(await read('{"Id":2,"UserName":"ana"}')).toMatchObject([[1, { id: '2' }]]);
});

test('in JSON, NULL is a name like any other, and blank text is none', async () => {
  expect(await read('{"Id":"NULL","UserName":"NULL","Email":"","PasswordHash":" "}')).toEqual([
    [1, { ...ANA, id: 'NULL', userName: 'NULL', email: null, passwordHash: null }],
  ]);
});

test('every spelling of Activo is read: that of psql, and NULL as active', async () => {
  const values = ['t', 'f', 'TRUE', 'False', '1', '0', '', 'NULL', '\\N'];
  const lines = values.map((value, index) => `A${index},u${index},,${value}`);
  const rows = await read(['Id,UserName,PasswordHash,Activo', ...lines].join('\n'));
  const active = rows.map(([, user]) => (user as StoredUser).active);
  expect(active).toEqual([true, false, true, false, true, false, true, true, true]);
});

test.each([' ', '\r\n', '\u00a0', '\u0085', '\u2003', '\ufeff'])(
  'the white space %j around a name and an e-mail address is not part of them',
  async (blank) => {
    const pad = (text: string) => `${blank}${text}${blank}`;
    const row = { Id: 'A1', UserName: pad('ana maría'), Email: pad('ana@example.com') };
    expect(await read(JSON.stringify(row))).toMatchObject([
      [1, { userName: 'ana maría', email: 'ana@example.com' }],
    ]);
    const csv = `Id,UserName,PasswordHash,Email\nA1,"${row.UserName}",,"${pad('')}"`;
    expect(await read(csv)).toMatchObject([[2, { userName: 'ana maría', email: null }]]);
    const longest = JSON.stringify({ Id: 'A1', UserName: pad('x'.repeat(256)) });
    expect(await read(longest)).toMatchObject([[1, { userName: 'x'.repeat(256) }]]);
  },
);

test.each(['me2', 'a.', '...', 'mé', '.me', 'me/password'])('the id %j can be read', async (Id) => {
  expect(await read(JSON.stringify({ Id, UserName: 'ana' }))).toMatchObject([[1, { id: Id }]]);
});

describe('a line', () => {
  test('ends with a line feed and with nothing else in JSON Lines, and blank ones are counted', async () => {
    const text = '{"Id":"A1","UserName":"ana","Notes":"\u2028\u2029"}\r\n\n{"Id":"A2"}\n';
    expect(await read(text)).toMatchObject([
      [1, { id: 'A1' }],
      [3, 'UserName is missing'],
    ]);
  });

  test.each(['\n', '\r\n'])(
    'is counted in CSV, also within quotes, where %j ends it',
    async (end) => {
      const lines = ['Id,UserName,PasswordHash,Notes', '', '', 'A3,ana,,"c', '', 'd"', 'A4,,,'];
      expect(await read(lines.join(end))).toMatchObject([
        [4, { userName: 'ana' }],
        [7, 'UserName is missing'],
      ]);
    },
  );
});

test.each([
  ['\n', '\r\n'],
  ['\r\n', '\n'],
])('the header may end with %j where the rows end with %j', async (header, row) => {
  const text = `Id,PasswordHash,UserName${header}A1,,ana${row}B2,,ben${row}`;
  expect((await read(text)).map(([, user]) => user)).toMatchObject([
    { userName: 'ana' },
    { userName: 'ben' },
  ]);
});

const untypable = (column: string, codePoint: string) =>
  `${column} has the character ${codePoint}, which people cannot see or type`;
const UNADDRESSABLE = 'Id is me, . or .., and no request can read a user of such an Id';

test('each row that cannot be taken says why', async () => {
  const json = (row: object) => JSON.stringify({ Id: 'A1', UserName: 'ana', ...row });
  const longKey = Buffer.concat([version3Header(1, 100_000, 16), Buffer.alloc(16 + 4096)]);
  const reasons = {
    [json({ Id: undefined })]: 'Id is missing',
    '{"Id":9007199254740993,"UserName":"ana"}':
      'Id is a number that JSON readers round: export it as text',
    [json({ Id: 'x'.repeat(451) })]: 'Id has more than 450 characters',
    [json({ Id: 'A\0' })]: 'Id has the character U+0000, which people cannot see or type',
    [json({ Id: ['A1'] })]: 'a value is neither text nor a number',
    [json({ UserName: ' ' })]: 'UserName is missing',
    [json({ UserName: '\u0085\ufeff' })]: 'UserName is missing',
    [json({ UserName: 'x'.repeat(257) })]: 'UserName has more than 256 characters',
    [json({ UserName: 'ana\ud800' })]: untypable('UserName', 'U+D800'),
    [json({ UserName: 'a\rna' })]: untypable('UserName', 'U+000D'),
    [json({ UserName: 'a\u2028na' })]: untypable('UserName', 'U+2028'),
    [json({ UserName: 'ana\u200b' })]: untypable('UserName', 'U+200B'),
    [json({ UserName: 'a\u0378na' })]: untypable('UserName', 'U+0378'),
    [json({ Id: 'A\n1' })]: untypable('Id', 'U+000A'),
    [json({ Id: 'A\u202e1' })]: untypable('Id', 'U+202E'),
    [json({ Email: 'ana\0@example.com' })]: untypable('Email', 'U+0000'),
    [json({ Email: 'ana\u001b[2J@example.com' })]: untypable('Email', 'U+001B'),
    [json({ Email: 'ana@example.com\nroot' })]: untypable('Email', 'U+000A'),
    [json({ Email: 'ana@exam\u200bple.com' })]: untypable('Email', 'U+200B'),
    [json({ Id: 'me' })]: UNADDRESSABLE,
    [json({ Id: 'ME' })]: UNADDRESSABLE,
    [json({ Id: '.' })]: UNADDRESSABLE,
    [json({ Id: '..' })]: UNADDRESSABLE,
    [json({ PasswordHash: longKey.toString('base64') })]:
      'PasswordHash is not of ASP.NET Core Identity version 2 or 3, or costs too much to verify',
    [json({ Activo: 'maybe' })]: 'Activo is none of 1, 0, true and false',
    '{"Id":': 'is not JSON',
    '["Id"]': 'is not a JSON object',
  };
  const rows = await read(`${json({})}\n${Object.keys(reasons).join('\n')}`);
  expect(rows.slice(1).map(([, reason]) => reason)).toEqual(Object.values(reasons));
  const longest = json({ Id: 'x'.repeat(450), UserName: 'x'.repeat(256) });
  expect(await read(longest)).toMatchObject([[1, { userName: 'x'.repeat(256) }]]);
});

test.each<[string, string | Buffer, string]>([
  ['an empty file', '', 'is empty.'],
  ['one that is not UTF-8', Buffer.from('Id,\xff\n', 'latin1'), 'cannot be read: it is not UTF-8.'],
  ['half a JSON array', '[{"Id":"A1","UserName":"ana"}', 'cannot be read: it is not JSON.'],
  ['CSV without a header', 'A1,ana,AAAA\n', 'has no column Id in its first line.'],
  [
    'CSV with a misspelt column',
    'Id,UserName,Password_Hash\n',
    'has no column PasswordHash in its first line.',
  ],
  [
    'CSV with a quotation mark that is not closed',
    'Id,UserName,PasswordHash\nA1,"ana,\nA2,ben,\n',
    'cannot be read: the quotation marks of line',
  ],
  [
    'CSV whose quotation marks swallow a row',
    'Id,UserName,PasswordHash\nA1,"ana,x\nA2,"ben",y\n',
    'cannot be read: the quotation marks of line 3 do not match.',
  ],
  ['UTF-16', Buffer.from('Id,UserName,PasswordHash\n', 'utf16le'), 'it is not UTF-8.'],
  ['CSV with a column twice', 'Id,UserName,PasswordHash,ID\n', 'has the column Id twice.'],
])('%s is refused as a whole', async (_, text, reason) => {
  await expect(read(text)).rejects.toThrow(reason);
});
