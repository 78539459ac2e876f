/** The bytes of a file: encodings, kinds of files that are no table, and files that cannot be read. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isSameFile } from '../../cli/import/file/input-file.ts';
import { openFile } from '../../cli/import/file/open-file.ts';
import { readText } from '../support/read-file-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TEXT = 'Id,UserName,PasswordHash\nA1,maría 😀,AQ==\n';
const ANA = { id: 'A1', username: 'maría 😀', passwordhash: 'AQ==' };
const LATIN = TEXT.replace(' 😀', '');

function utf16(text: string, mark: 'with' | 'without', order: 'little' | 'big'): Buffer {
  const bytes = Buffer.from(`${mark === 'with' ? '\ufeff' : ''}${text}`, 'utf16le');
  return order === 'little' ? bytes : bytes.swap16();
}

describe('text is decoded', () => {
  test.each<[string, Buffer, string?]>([
    ['as UTF-8', Buffer.from(TEXT)],
    ['as UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['as UTF-16 in little-endian order', utf16(TEXT, 'with', 'little')],
    ['as UTF-16 in big-endian order', utf16(TEXT, 'with', 'big')],
    [
      'as UTF-16 without a mark where the option says so',
      utf16(TEXT, 'without', 'little'),
      'utf-16',
    ],
    [
      'by its byte order mark, whatever the option says',
      utf16(TEXT, 'with', 'big'),
      'windows-1252',
    ],
  ])('%s', async (_, bytes, encoding) => {
    expect((await readText(bytes, { encoding })).rows).toEqual([[2, ANA]]);
  });

  test.each([
    ['windows-1252', 'latin1'],
    ['latin1', 'latin1'],
    ['CP1252', 'latin1'],
  ] as const)('as %s where the option says so', async (encoding, bytes) => {
    const text = Buffer.from(LATIN.replace('maría', 'mar\xeda \x80'), bytes);
    expect((await readText(text, { encoding })).rows).toEqual([
      [2, { ...ANA, username: 'maría €' }],
    ]);
  });

  test('in JSON too', async () => {
    const json = JSON.stringify([ANA]);
    expect((await readText(utf16(json, 'with', 'little'))).rows).toEqual([[1, ANA]]);
  });

  test('where a character lies between two pieces that are read', async () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `😀${'ñ'.repeat(i % 7)}`);
    const text = names.map((name, i) => `${i},${name},\n`).join('');
    const { rows } = await readText(`Id,UserName,PasswordHash\n${text}`);
    expect(rows.map(([, row]) => (typeof row === 'string' ? row : row.username))).toEqual(names);
  });
});

describe('text in another encoding is refused', () => {
  test('with the line, and the option that helps', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},ana,\n`).join('');
    const bytes = Buffer.from(`Id,UserName,PasswordHash\n${rows}x,mar\xeda,\n${rows}`, 'latin1');
    await expect(readText(bytes)).rejects.toThrow(
      /users cannot be read: it is not UTF-8 from line 40002 on\. If it is from Windows, --encoding windows-1252/,
    );
  });

  test.each([
    ['utf-16le', 'little'],
    ['utf-16be', 'big'],
  ] as const)('with the option %s where a byte order mark is missing', async (encoding, order) => {
    await expect(readText(utf16(LATIN, 'without', order))).rejects.toThrow(
      `users looks like UTF-16 without a byte order mark. Add --encoding ${encoding}.`,
    );
  });

  test('where it ends within a character', async () => {
    const half = Buffer.from(LATIN.trimEnd().replace('AQ==', 'ñ')).subarray(0, -1);
    await expect(readText(half)).rejects.toThrow('it is not UTF-8 from line 2 on.');
    await expect(readText(utf16(TEXT, 'with', 'little').subarray(0, -1))).rejects.toThrow(
      'it is not utf-16le.',
    );
  });

  test('where nobody knows the encoding', async () => {
    await expect(readText(TEXT, { encoding: 'ebcdic' })).rejects.toThrow(
      'There is no encoding ebcdic.',
    );
  });
});

const WORKBOOK = 'is a workbook. Save its sheet as "CSV UTF-8", and import that file.';
const ARCHIVE = 'is compressed. Unpack it first.';
const DUMP =
  'is a dump of a database. Load it into an empty database, and import from that by its connection string.';
const EXPORT = 'Export the table as CSV with a heading, or as JSON.';
const zip = (part: string) => Buffer.from(`PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0${part}`, 'latin1');

describe('another kind of file is told by its look', () => {
  test.each<[string, string | Buffer, string]>([
    ['a workbook', zip('[Content_Types].xml'), WORKBOOK],
    [
      'a workbook of LibreOffice',
      zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'),
      WORKBOOK,
    ],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae100', 'hex'), WORKBOOK],
    ['a zip file', zip('AspNetUsers.csv'), ARCHIVE],
    ['a gzip file', gzipSync(TEXT), ARCHIVE],
    [
      'a SQLite database',
      Buffer.from('SQLite format 3\0\x10\0'),
      'is a SQLite database. Write sqlite: before its name to import from it.',
    ],
    ['pg_dump --format=custom', Buffer.from('PGDMP\x01\x0e\0\x04'), DUMP],
    ['pg_dump', '--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n', DUMP],
    ['mysqldump', '-- MySQL dump 10.13  Distrib 8.0.36\n--\n', DUMP],
    ['mysqldump of MariaDB', '/*M!999999\\- enable the sandbox mode */ \n', DUMP],
    [
      'a script of Management Studio',
      'USE [app]\r\nGO\r\nINSERT [dbo].[AspNetUsers] ([Id]) VALUES (1)\r\n',
      DUMP,
    ],
    ['statements of sqlite3', 'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n', DUMP],
    ['INSERT INTO', 'insert into users values (1);\n', DUMP],
    [
      'INSERT INTO behind comments',
      '-- users\n\n/* all\nof them */\nINSERT INTO users VALUES (1);\n',
      DUMP,
    ],
    ['CREATE TABLE', 'CREATE TABLE `AspNetUsers` (\n', DUMP],
    ['XML', '\ufeff<?xml version="1.0"?>\n<users/>\n', `is XML. ${EXPORT}`],
    ['XML without a declaration', '<row Id="1"/>\n', `is XML. ${EXPORT}`],
    ['HTML', '<!DOCTYPE html>\n<html>', `is HTML. ${EXPORT}`],
    ['the HTML of sqlite3', '<TR><TH>Id</TH>\n', `is HTML. ${EXPORT}`],
    ['JSON of phpMyAdmin', '[\n{"type":"header","version":"5.2"},\n', 'is JSON of phpMyAdmin.'],
    [
      'a native file of bcp',
      Buffer.from('48004100310006006100', 'hex')
        .fill(3, 2, 3)
        .fill(17, 4, 5)
        .fill(25, 8, 9)
        .fill(5, 6, 7),
      'is not text. If bcp wrote it, export it again with bcp -w',
    ],
    ['UTF-32', Buffer.from('fffe000049000000', 'hex'), 'is UTF-32. Save it as UTF-8.'],
    [
      'sqlite3 -line',
      '          Id = A1\n    UserName = ana\nPasswordHash = AQ==\n',
      `has one line for each value. ${EXPORT}`,
    ],
    [
      'Format-List of PowerShell',
      '\r\n\r\nId           : A1\r\nUserName     : ana\r\n',
      `has one line for each value. ${EXPORT}`,
    ],
    ['sqlite3 -quote', "'Id','UserName'\n'A1','ana'\n", 'has values in single quotation marks.'],
    ['sqlite3 -ascii', 'Id\x1fUserName\x1eA1\x1fana\x1e', `has no lines. ${EXPORT}`],
    ['AsciiDoc of psql', '\n[options="header",cols="<l"]\n|====\n', `is AsciiDoc. ${EXPORT}`],
    ['a program', 'export const users = [\n  { "Id": "A1" },\n', 'is a program in JavaScript.'],
    ['a PDF', '%PDF-1.7\n', `is a PDF. ${EXPORT}`],
  ])('%s', async (_, bytes, sentence) => {
    await expect(readText(bytes)).rejects.toThrow(sentence);
  });
});

test.each(['', '\n\n', '\ufeff', ' \t\r\n'])('a file of %j is empty', async (text) => {
  await expect(readText(text)).rejects.toThrow(/users is empty\.$/);
});

test('a table whose first column looks like a statement or a comment is a table', async () => {
  for (const first of ['Use', 'Set', 'Begin', '#', '--']) {
    const { rows } = await readText(`${first},Id,UserName,PasswordHash\n1,A1,ana,\n`);
    expect(rows).toHaveLength(1);
  }
});

describe('a file that is not there', () => {
  test.each([
    ['missing', 'there is no such file.'],
    ['.', 'it is a folder.'],
  ])('%s is told', async (name, sentence) => {
    const path = join(temporaryFolder(), name);
    await expect(openFile(path, {})).rejects.toThrow(`${path} cannot be read: ${sentence}`);
  });
});

test('a line without an end is refused, and not kept in memory', async () => {
  const text = `Id,UserName,PasswordHash\n${'x'.repeat(20 * 1024 * 1024)}`;
  await expect(readText(text)).rejects.toThrow('it has lines without an end.');
});

describe('a source', () => {
  function largeFile(): string {
    const path = join(temporaryFolder(), 'users.csv');
    const rows = Array.from({ length: 50_000 }, (_, i) => `A${i},user${i},${'x'.repeat(40)}\n`);
    writeFileSync(path, `Id,UserName,PasswordHash\n${rows.join('')}`);
    return path;
  }

  test('tells how much of it has been read', async () => {
    const source = await openFile(largeFile(), {});
    const users = source.tables.get('users');
    const shares: (number | undefined)[] = [];
    for await (const { number } of users?.rows() ?? []) {
      if (number % 10_000 === 2) shares.push(users?.readShare());
    }
    expect(
      shares.every(
        (share, i) =>
          share !== undefined && share > 0 && share <= 1 && share >= (shares[i - 1] ?? 0),
      ),
    ).toBe(true);
    expect(shares[0]).toBeLessThan(0.5);
    expect(users?.readShare()).toBe(1);
    await source.close();
  });

  test('that is closed while it is read ends with an error, and can be closed again', async () => {
    const source = await openFile(largeFile(), {});
    const rows = source.tables.get('users')?.rows();
    expect((await rows?.next())?.done).toBe(false);
    await source.close();
    await source.close();
    const rest = (async () => {
      for await (const _ of rows ?? []);
    })();
    await expect(rest).rejects.toThrow('it was closed before its end.');
  });

  test('from a pipe is copied, so that only its owner can read it, and the copy is deleted', async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const copies = join(folder, 'copies');
    mkdirSync(copies);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = copies;
    const writer = spawn('sh', ['-c', `printf '${TEXT.replaceAll('\n', '\\n')}' > "$0"`, pipe]);
    try {
      const source = await openFile(pipe, {});
      const [copyFolder = ''] = readdirSync(copies);
      const copy = join(copies, copyFolder, 'copy');
      expect(readFileSync(copy, 'utf8')).toBe(TEXT);
      expect(statSync(copy).mode & 0o777).toBe(0o600);
      const rows = [];
      for await (const row of source.tables.get('users')?.rows() ?? []) rows.push(row.columns);
      expect(rows).toEqual([{ ok: true, value: ANA }]);
      await source.close();
      expect(existsSync(copy)).toBe(false);
      expect(readdirSync(copies)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      writer.kill();
    }
  });
});

test('two names of one file are told from two files', () => {
  const folder = temporaryFolder();
  const [one, link, other] = ['one', 'link', 'other'].map((name) => join(folder, name));
  writeFileSync(one ?? '', 'x');
  writeFileSync(other ?? '', 'x');
  symlinkSync(one ?? '', link ?? '');
  expect(isSameFile(one ?? '', link ?? '')).toBe(true);
  expect(isSameFile(one ?? '', other ?? '')).toBe(false);
  expect(isSameFile(one ?? '', join(folder, 'missing'))).toBe(false);
});
