/**
 * The rules for the names that an operator gives.
 *
 * @module
 */

import { isPossibleUserName, MAX_USER_NAME_LENGTH } from '../src/user-name.ts';
import { OperatorError } from './operator-error.ts';

/** @param kind the kind of name, for the message, such as `user name` */
export function refuseImpossibleName(kind: string, name: string): void {
  if (!isPossibleUserName(name)) {
    throw new OperatorError(`A ${kind} has 1 to ${MAX_USER_NAME_LENGTH} characters.`);
  }
}

/** For a new name. It also refuses a name that people would misread, or that would be taken for an option. */
export function refuseBadName(kind: string, name: string): void {
  refuseImpossibleName(kind, name);
  if (name !== name.trim() || name.startsWith('-') || INVISIBLE.test(name)) {
    throw new OperatorError(
      `A ${kind} has no control characters, no space at either end, and no hyphen at its beginning.`,
    );
  }
}

/** Control characters, characters that turn the direction of text, and the sign for bytes that cannot be decoded. */
export const INVISIBLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/u;
