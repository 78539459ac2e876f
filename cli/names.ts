/**
 * The rules for the names and e-mail addresses that an operator gives.
 *
 * @module
 */

import { isEmailAddress, MAX_EMAIL_LENGTH } from '../src/email-address.ts';
import {
  findUntypable,
  isPossibleUserName,
  MAX_USER_NAME_LENGTH,
  trimName,
} from '../src/user-name.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Reads a name that is already stored. White space around it is not part of it.
 *
 * @param kind the kind of name, for the message, such as `user name`
 * @throws OperatorError where no such name can exist
 */
export function readName(kind: string, text: string): string {
  const name = trimName(text);
  if (!isPossibleUserName(name)) {
    throw new OperatorError(`A ${kind} has 1 to ${MAX_USER_NAME_LENGTH} characters.`);
  }
  return name;
}

/** Reads a new name. It also refuses a name that people cannot type again, or that would be taken for an option. */
export function readNewName(kind: string, text: string): string {
  const name = readName(kind, text);
  refuseUntypable(kind, name);
  if (name.startsWith('-')) throw new OperatorError(`A ${kind} does not begin with a hyphen.`);
  return name;
}

/** Reads a new e-mail address. White space around it is not part of it. */
export function readNewEmail(text: string): string {
  const email = trimName(text);
  refuseUntypable('e-mail address', email);
  if (!isEmailAddress(email)) {
    throw new OperatorError(
      `The e-mail address is not of the form name@host, with ${MAX_EMAIL_LENGTH} characters at most.`,
    );
  }
  return email;
}

function refuseUntypable(kind: string, text: string): void {
  const codePoint = findUntypable(text);
  if (codePoint === undefined) return;
  throw new OperatorError(
    `The ${kind} has the character ${codePoint}. Leave it out, because people cannot see it or type it.`,
  );
}
