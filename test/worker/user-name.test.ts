/** The form in which user names are compared. */
import { describe, expect, test } from 'vitest';
import { isPossibleUserName, normalizeUserName } from '../../src/user-name.ts';

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

  test('in as many code points as its composed form has, whatever it is', () => {
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
      const composed = String.fromCodePoint(codePoint).normalize('NFC');
      const normalized = normalizeUserName(composed);
      if (Array.from(normalized).length !== Array.from(composed).length) {
        expect.fail(`U+${codePoint.toString(16)} becomes ${normalized}`);
      }
    }
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
