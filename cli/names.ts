/**
 * Which names an operator may give.
 *
 * @module
 */

import { isPossibleUserName, MAX_USER_NAME_LENGTH } from '../src/user-name.ts';
import { OperatorError } from './operator-error.ts';

/** @param kind what it is the name of, for people */
export function refuseImpossibleName(kind: string, name: string): void {
  if (!isPossibleUserName(name)) {
    throw new OperatorError(`A ${kind} has 1 to ${MAX_USER_NAME_LENGTH} characters.`);
  }
}

/** Refuses also what would be read wrongly, or taken for an option, for a name that is new. */
export function refuseBadName(kind: string, name: string): void {
  refuseImpossibleName(kind, name);
  if (name !== name.trim() || name.startsWith('-') || INVISIBLE.test(name)) {
    throw new OperatorError(
      `A ${kind} has no control characters, no space at either end, and no hyphen at its beginning.`,
    );
  }
}

/** Control characters, what turns the direction of text, and what stands for undecodable bytes. */
export const INVISIBLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd]/u;
