/** The same two users, as different tools have written them. The files are their output, byte for byte. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileOptions } from '../../cli/import/file/open-file.ts';
import { readPath } from '../support/read-file-source.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/import');

const HASH = 'AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLw==';
const ANA = {
  id: 'A1',
  username: 'DOMAIN\\maría',
  passwordhash: HASH,
  isActive: true,
  notes: 'two\nlines, "quoted", one tab',
  code: 'x',
};
/** The second user is called `null`, and has no password. */
const BEN = {
  id: 'B2',
  username: 'null',
  passwordhash: null,
  isActive: false,
  notes: null,
  code: null,
};

/** Brings what only looks different into one form: flags, the blanks of `char(6)`, and tabs that are drawn as blanks. */
async function readUsers(file: string, options?: FileOptions) {
  const { rows, notices } = await readPath(join(FIXTURES, file), options);
  const users = rows.map(([, row]) => {
    if (typeof row === 'string') return row;
    const { activo, notes, code, ...others } = row;
    return {
      ...others,
      isActive: ['1', 't', 'true'].includes(String(activo)),
      notes: notes === null ? null : String(notes).replace(/[\t ]+/g, ' '),
      code: code === null ? null : String(code).trim(),
    };
  });
  return { users, notices };
}

const COLUMNS = 'Id,UserName,PasswordHash,Activo,Notes,Code';

describe('a user called null is told from NULL in the output of', () => {
  test.each<[string, FileOptions?]>([
    ['tools/copy-text.txt', { columns: COLUMNS }],
    ['tools/copy-row-to-json.txt'],
    ['tools/copy-json-agg.txt'],
    ['tools/psql-row-to-json.txt'],
    ['tools/psql-json-agg.txt'],
    ['tools/mysql-batch.tsv'],
    ['tools/mysql-json-object.txt'],
    ['tools/mysql-json-arrayagg.txt'],
    ['tools/mysql-outfile.txt', { columns: COLUMNS }],
    ['tools/mysql-outfile.csv', { columns: COLUMNS }],
    ['tools/mysql-outfile-quotes.csv', { columns: COLUMNS }],
    ['tools/sqlite3-json.txt'],
    ['mysqldump-tab'],
  ])('%s', async (file, options) => {
    expect((await readUsers(file, options)).users).toEqual([ANA, BEN]);
  });
});

describe('a user called null has no name in the output of', () => {
  test.each([
    'tools/copy.csv',
    'tools/psql-aligned.txt',
    'tools/psql-border-2.txt',
    'tools/psql-unicode.txt',
    'tools/sqlite3-csv.csv',
  ])('%s', async (file) => {
    expect((await readUsers(file)).users).toEqual([ANA, { ...BEN, username: null }]);
  });
});

test('a hash that sqlite3 has broken into two lines is not cut in a box', async () => {
  const [ana] = (await readUsers('tools/sqlite3-box.txt')).users;
  expect(ana).toMatchObject({ passwordhash: `${HASH.slice(0, 60)}\n${HASH.slice(60)}` });
});

test('the longest name may have been cut where sqlite3 draws columns', async () => {
  const { rows } = await readPath(join(FIXTURES, 'tools/sqlite3-column.txt'));
  const reason = 'has a name or an address that may have been cut: widen the column';
  expect(rows.map(([line, row]) => [line, typeof row === 'string' ? row : row.id])).toEqual([
    [3, reason],
    [4, 'goes on with a line that is not read'],
    [6, 'B2'],
  ]);
});

test('the boxes of mysql do not fit values with line breaks, and each of their lines is told', async () => {
  const { rows } = await readPath(join(FIXTURES, 'tools/mysql-table.txt'));
  expect(rows).toMatchObject([
    [4, 'does not stand under the headings'],
    [5, 'does not stand under the headings'],
    [6, { id: 'B2', passwordhash: null, activo: '0' }],
  ]);
});

test('where backslashes are escapes, the operator is told so', async () => {
  const { notices } = await readUsers('tools/mysql-batch.tsv');
  expect(notices.join()).toMatch(
    /mysql-batch\.tsv has backslashes .* Two of them are read as one\.$/,
  );
  expect((await readUsers('tools/copy.csv')).notices).toEqual([]);
});

test.each([
  [
    'psql-expanded.txt',
    'is expanded output of psql. Export the table as CSV with a heading, or as JSON.',
  ],
  ['mysql-vertical.txt', 'is vertical output of mysql.'],
  ['mysqldump.sql', 'is a dump of a database. Load it into an empty database'],
])('%s is refused with what to do instead', async (file, sentence) => {
  await expect(readUsers(`refused/${file}`)).rejects.toThrow(sentence);
});
