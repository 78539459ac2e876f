/** The texts of the page that have to say what the service says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assessPassword, MIN_LENGTH, reasonOf } from '../../dev/password-policy.ts';
import { explainPolicy, MAX_LENGTH, POLICY_REASONS } from '../../src/password/policy.ts';
import { ROOT } from '../support/process.ts';

const texts = readFileSync(join(ROOT, 'public/page/texts.js'), 'utf8');
const policy = { minLength: MIN_LENGTH, commonPasswords: new Set<string>() };

test.each(POLICY_REASONS)(
  'the page says of a new password that is %s what the policy says',
  (reason) => {
    const [, , quoted = ''] = new RegExp(`password_${reason}: (['"])(.*)\\1`).exec(texts) ?? [];
    const sentence = quoted
      .replace('{minLength}', String(MIN_LENGTH))
      .replace('{maxLength}', String(MAX_LENGTH));
    expect(sentence).toBe(`The password ${explainPolicy(reason, policy)}.`);
  },
);

test('the page finds the rule that the service names', () => {
  for (const reason of POLICY_REASONS) expect(reasonOf(explainPolicy(reason, policy))).toBe(reason);
  expect(reasonOf('is the current password')).toBeUndefined();
  expect(reasonOf(undefined)).toBeUndefined();
});

test('the page assesses a password as the service does', () => {
  expect(assessPassword('short', [])).toBe('too_short');
  expect(assessPassword('passwordpassword', [])).toBe('common');
  expect(assessPassword('ana@example.org', ['Ana@Example.org'])).toBe('is_own_name');
  expect(assessPassword('a rather long passphrase', ['ana'])).toBeUndefined();
});

test('the password field of the page names the least length to password managers', () => {
  const html = readFileSync(join(ROOT, 'public/index.html'), 'utf8');
  expect(html).toContain(`passwordrules="minlength: ${MIN_LENGTH}; maxlength: ${MAX_LENGTH};"`);
});
