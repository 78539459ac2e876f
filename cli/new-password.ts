/**
 * A new password, which is typed at the terminal or read from standard input.
 *
 * @module
 */
import {
  checkNewPassword,
  DEFAULT_MIN_LENGTH,
  explainPolicy,
  LOWEST_MIN_LENGTH,
  MAX_LENGTH,
  type PasswordPolicy,
} from '../src/password/policy.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';
import { OperatorError } from './operator-error.ts';
import { askPassword } from './prompt.ts';
import { readStdin } from './stdin.ts';

/**
 * Asks for a new password and holds it to the policy. At a terminal it asks twice.
 *
 * @param ownNames the user's name and e-mail address
 * @throws OperatorError where there is no password, or where the policy refuses it
 */
export async function readNewPassword(isFromStdin: boolean, ownNames: string[]): Promise<string> {
  const policy = readPolicy();
  const password = isFromStdin ? await readPassword() : await prompt(policy.minLength);
  const checked = checkNewPassword(password, ownNames, policy);
  if (checked.ok) return checked.value;
  throw new OperatorError(`The password ${explainPolicy(checked.reason, policy)}.`);
}

function readPolicy(): PasswordPolicy {
  const setting = process.env.PASSWORD_MIN_LENGTH || String(DEFAULT_MIN_LENGTH);
  const minLength = Number(setting);
  if (!/^\d+$/.test(setting) || minLength < LOWEST_MIN_LENGTH || minLength > MAX_LENGTH) {
    throw new OperatorError(
      `PASSWORD_MIN_LENGTH is not a number from ${LOWEST_MIN_LENGTH} to ${MAX_LENGTH}.`,
    );
  }
  return { minLength, commonPasswords: COMMON_PASSWORDS };
}

async function readPassword(): Promise<string> {
  const password = await readStdin('password');
  if (/[\r\n]/.test(password)) throw new OperatorError('The password has more than one line.');
  return password;
}

async function prompt(minLength: number): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new OperatorError('There is no terminal to ask for a password: use --password-stdin.');
  }
  const password = await askPassword(`New password, at least ${minLength} characters`);
  if ((await askPassword('The same again')) !== password) {
    throw new OperatorError('The two passwords differ.');
  }
  return password;
}
