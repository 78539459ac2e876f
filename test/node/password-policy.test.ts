/** What a new password must be. */
import { expect, test } from 'vitest';
import { COMMON_PASSWORDS } from '../../cli/common-passwords.ts';
import { checkNewPassword } from '../../src/password/policy.ts';

function fault(password: string, minLength = 15) {
  const policy = { minLength, commonPasswords: COMMON_PASSWORDS };
  const checked = checkNewPassword(password, ['margarita.garcia', 'mgarcia@example.com'], policy);
  return checked.ok ? null : checked.reason;
}

test.each([
  'correct horse battery staple',
  'all lower case it is',
  'ALL CAPITALS IT IS',
  '918273645546372',
  'kahvia ja pullaa 2026',
  'contraseña mía ✓',
  '   spaces count   ',
  '😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰',
  'x1'.repeat(3).padEnd(1024, 'abcdefghijk'),
])('%j may be used', (password) => {
  expect(fault(password)).toBeNull();
});

test.each([
  ['fourteen chars', 'too_short'],
  ['😀'.repeat(14), 'too_short'],
  [`a${'bcd'.repeat(342)}`, 'too_long'],
  ['correct horse\0battery staple', 'holds_nul'],
  ['correct horse \ud83d battery', 'malformed'],
  [' \t \t \t \t \t \t \t \t', 'blank'],
  ['passwordpassword', 'common'],
  ['passwordpassword1', 'common'],
  ['sunshinesunshine2026', 'common'],
  ['123456789012345', 'common'],
  ['qwertyuiopasdfgh', 'common'],
  ['zyxwvutsrqponmlk', 'common'],
  ['yuiopasdfghjklzx', 'common'],
  ['PASSWORDpassword', 'common'],
  ['1qaz2wsx3edc4rfv', 'common'],
  ['trustno1trustno1', 'common'],
  ['aaaaaaaaaaaaaaa', 'repetitive'],
  ['abc123abc123abc123', 'common'],
  ['xw1k9xw1k9xw1k9xw', 'repetitive'],
  ['Margarita.Garcia', 'is_own_name'],
  ['MGARCIA@example.com', 'is_own_name'],
])('%j is refused: %s', (password, reason) => {
  expect(fault(password)).toBe(reason);
});

test('a password that ends as it begins is not repetitive', () => {
  expect(fault('xk29fjqxk', 8)).toBeNull();
});

test('the shortest that a setting allows has eight characters', () => {
  expect(fault('h7#kQ2!x', 8)).toBeNull();
  expect(fault('h7#kQ2!', 8)).toBe('too_short');
  expect(fault('12345678', 8)).toBe('common');
  expect(fault('abababab', 8)).toBe('repetitive');
});
