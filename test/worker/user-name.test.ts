/** The form in which user names are compared. */
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import {
  findUntypable,
  isPossibleUserName,
  normalizeUserName,
  trimName,
} from '../../src/user-name.ts';
import { database } from '../support/fixtures.ts';

const DOTLESS_I = 0x131;

describe('a user name is compared', () => {
  test.each([
    ['jdoe', 'JDOE', 'in upper case'],
    ['N\u0303andu\u0301', 'ÑANDÚ', 'composed'],
    ['straße', 'STRAßE', 'without turning one letter into two'],
    ['ﬁn', 'ﬁN', 'with ligatures as they are'],
    ['ŉ', 'ŉ', 'with letters as they are that have no single capital'],
    ['ırmak', 'ıRMAK', 'with the dotless i as it is'],
    ['İ', 'İ', 'with the dotted capital I as it is'],
    ['ſ', 'S', 'with the long s as an S'],
    ['ᾳ', 'ᾼ', 'with the capital of a Greek letter with iota subscript'],
    ['ᾀᾧῃῳ', 'ᾈᾯῌῼ', 'with any such letter'],
    ['ᾈ', 'ᾈ', 'with such a capital as it is'],
    ['ǆ', 'Ǆ', 'with digraphs in capitals'],
    ['𐐨', '𐐀', 'beyond the basic plane too'],
  ])('%s as %s: %s', (name, normalized) => {
    expect(normalizeUserName(name)).toBe(normalized);
  });

  test('as PostgreSQL composes and capitalizes every code point that there is', async () => {
    // Its builtin locale has Unicode's simple mapping, from tables that are not JavaScript's.
    const { rows } = await database().execute<{ code_point: number; normalized: string }>(sql`
      select * from (
        select code_point, upper(normalize(chr(code_point), nfc) collate "pg_c_utf8") as normalized
        from generate_series(1, 1114111) code_point
        where code_point not between 55296 and 57343
      ) every_code_point where normalized <> chr(code_point)`);
    const expected = new Map(rows.map((row) => [row.code_point, row.normalized]));
    expect(expected.size).toBeGreaterThan(2000);
    expected.delete(DOTLESS_I); // which .NET leaves alone

    const differing: string[] = [];
    for (let codePoint = 1; codePoint <= 0x10ffff; codePoint++) {
      if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
      const character = String.fromCodePoint(codePoint);
      const normalized = normalizeUserName(character);
      if (normalized !== (expected.get(codePoint) ?? character)) {
        differing.push(`${character} becomes ${normalized}`);
      }
    }
    // Letters that are newer than PostgreSQL's tables are not judged.
    const judged = await database().execute(sql`
      select difference from jsonb_array_elements_text(${JSON.stringify(differing)}::jsonb) difference
      where unicode_assigned(difference)`);
    expect(judged.rows).toEqual([]);
    expect(differing.length).toBeLessThan(100);
  });
});

describe('a user name', () => {
  test.each(['jdoe', 'a', 'x'.repeat(256), 'ana maría', 'a@b.example', '名前', '😀'])(
    'can be %j',
    (name) => {
      expect(isPossibleUserName(name)).toBe(true);
    },
  );
  test.each(['', ' ', '\n', 'x'.repeat(257), 'a\0', '\ud83d', '\ude00a'])(
    'cannot be %j',
    (name) => {
      expect(isPossibleUserName(name)).toBe(false);
    },
  );
});

describe('the white space around a name', () => {
  test('is every character of White_Space, and U+FEFF', () => {
    const isTrimmed = (codePoint: number) => trimName(String.fromCodePoint(codePoint)) === '';
    const trimmed = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint).filter(isTrimmed);
    // PropList.txt of the Unicode Character Database.
    const whiteSpace = [
      ...[0x9, 0xa, 0xb, 0xc, 0xd, 0x20, 0x85, 0xa0, 0x1680],
      ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
      ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
    ];
    expect(trimmed).toEqual([...whiteSpace, 0xfeff]);
  });

  test('is removed at both ends, and not within', () => {
    expect(trimName(' \u00a0ana  maría\t\u3000')).toBe('ana  maría');
    expect(trimName('\u200bana')).toBe('\u200bana');
    const long = `a${' '.repeat(1_000_000)}a`; // a second's work for each thousand, were it quadratic
    expect(trimName(` ${long} `)).toBe(long);
  });
});

test.each([
  ['jd\u200boe', 'U+200B'],
  ['jdoe\n', 'U+000A'],
  ['a\u0085b', 'U+0085'],
  ['a\u2028b', 'U+2028'],
  ['a\u00adb', 'U+00AD'],
  ['\u202eeodj', 'U+202E'],
  ['a\u{e0001}', 'U+E0001'],
  ['a\uffff', 'U+FFFF'],
  ['a\ufffdb', 'U+FFFD'],
  ['a\ud800', 'U+D800'],
  ['José Ñandú-1._@+', undefined],
  ['日本 😀', undefined],
])('%j has the character that nobody can type again: %s', (name, codePoint) => {
  expect(findUntypable(name)).toBe(codePoint);
});
