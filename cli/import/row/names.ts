/**
 * The names of a user: the user name, the address, the roles and the tenant.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { MAX_EMAIL_LENGTH } from '../../../src/email-address.ts';
import { MAX_USER_NAME_LENGTH, normalizeUserName, trimName } from '../../../src/user-name.ts';
import type { SourceColumns } from '../source.ts';
import { type Column, cellOf, column, readText } from './cell.ts';
import { findDamage, findScientificNotation, findUntypableCharacter, isCut } from './damage.ts';

const USER_NAME = column('UserName');
const NORMALIZED_USER_NAME = column('NormalizedUserName');
const EMAIL = column('Email');
const NORMALIZED_EMAIL = column('NormalizedEmail');

export interface Names {
  userName: string;
  /** The form in which user names are compared, as Portero makes it. */
  normalizedUserName: string;
  email: string | null;
  /** Whether the source finds the user by the same normalised name. `null` where it has none for this user. */
  isNormalizedAlike: boolean | null;
  /** A `?` in the user name or in the address. An export into a smaller character set writes it in place of a letter. */
  hasQuestionMark: boolean;
  /** A letter beyond ASCII in the user name or in the address. */
  hasWideLetters: boolean;
}

/** Reads the user name and the address. */
export function readNames(columns: SourceColumns): Result<Names, string> {
  const user = readNormalizedName(columns, USER_NAME, NORMALIZED_USER_NAME);
  if (!user.ok) return user;
  const { name: userName, normalized: normalizedUserName, isAlike } = user.value;
  if (userName === null) return fail('UserName is missing');
  const fault = findUserNameFault(userName);
  if (fault !== undefined) return fail(fault);
  const address = readNormalizedName(columns, EMAIL, NORMALIZED_EMAIL);
  if (!address.ok) return address;
  const { name: email } = address.value;
  if (email !== null && email.length > MAX_EMAIL_LENGTH) {
    return fail(`Email has more than ${MAX_EMAIL_LENGTH} characters`); // as Identity's own column
  }
  const both = `${userName} ${email ?? ''}`;
  return succeed({
    userName,
    normalizedUserName,
    email,
    isNormalizedAlike: isAlike,
    hasQuestionMark: both.includes('?'),
    hasWideLetters: WIDE_LETTER.test(both),
  });
}

/** A letter beyond ASCII. */
const WIDE_LETTER = /(?![A-Za-z])\p{L}/u;

function findUserNameFault(userName: string): string | undefined {
  if (userName.length > MAX_USER_NAME_LENGTH) {
    return `UserName has more than ${MAX_USER_NAME_LENGTH} characters`;
  }
  return findScientificNotation(userName, USER_NAME);
}

interface NormalizedName {
  name: string | null;
  normalized: string;
  isAlike: boolean | null;
}

/** Reads a name that the source has in its normalised form too, and compares the two. */
function readNormalizedName(
  columns: SourceColumns,
  column: Column,
  normalizedColumn: Column,
): Result<NormalizedName, string> {
  const name = readName(columns, column);
  if (!name.ok) return name;
  const normalized = normalizeUserName(name.value ?? '');
  const exported = readText(columns, normalizedColumn);
  if (!exported.ok) return exported;
  if (name.value !== null && exported.value !== null && isCut(normalized, exported.value)) {
    return fail(
      `${column.name} or ${normalizedColumn.name} was cut: one is the beginning of the other. Export both columns whole`,
    );
  }
  const isAlike =
    exported.value === null ? null : normalizeUserName(trimName(exported.value)) === normalized;
  return succeed({ name: name.value, normalized, isAlike });
}

/** Reads text that people have written: without the white space around it, and with nothing in it that nobody can type. */
export function readName(columns: SourceColumns, column: Column): Result<string | null, string> {
  const text = readText(columns, column);
  if (!text.ok || text.value === null) return text;
  return checkName(text.value, column);
}

function checkName(text: string, column: Column): Result<string | null, string> {
  const name = trimName(text);
  const fault = findDamage(text, column) ?? findUntypableCharacter(name, column);
  return fault === undefined ? succeed(name === '' ? null : name) : fail(fault);
}

/**
 * Reads the roles of the user from one column: a name, or in JSON a list of names. A name can hold a comma, so text is one
 * name.
 */
export function readRoles(columns: SourceColumns, columnName: string): Result<string[], string> {
  const roleColumn = column(columnName);
  const value = cellOf(columns, roleColumn);
  const names = Array.isArray(value) ? value : [value];
  const roles = new Set<string>();
  for (const name of names) {
    const role = readName({ [roleColumn.key]: name }, roleColumn);
    if (!role.ok) return role;
    if (role.value !== null) roles.add(role.value);
  }
  return succeed([...roles]);
}
