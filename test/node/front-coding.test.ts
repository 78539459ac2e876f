/** The Worker's list of common passwords, and the form that it has in the bundle. */
import { dictionary } from '@zxcvbn-ts/language-common';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonestPasswords } from '../../src/password/commonest-passwords.ts';
import { frontCode, readFrontCoded } from '../../src/password/front-coding.ts';

test('a word in front coding leaves out what it shares with the word before it', () => {
  expect(frontCode(['bar', 'apply', 'apple'])).toBe('AappleEyAbar');
});

test('words come out of front coding as they went in, in the order of the alphabet', () => {
  const end = fc.string({ unit: fc.constantFrom('a', 'b', '0', 'é', '😀'), maxLength: 4 });
  const word = fc.tuple(fc.nat(40), end).map(([length, rest]) => 'a'.repeat(length) + rest);
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect([...readFrontCoded(frontCode(words))]).toEqual(words.toSorted());
    }),
  );
});

test('the Worker knows the two thousand commonest passwords, and no other', () => {
  expect(commonestPasswords()).toEqual(new Set(dictionary['passwords-common'].slice(0, 2_000)));
});
