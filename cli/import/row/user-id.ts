/**
 * The ids of imported users.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { trimName } from '../../../src/user-name.ts';
import type { SourceColumns } from '../source.ts';
import { column, readText } from './cell.ts';
import { findDamage, findScientificNotation, findUntypableCharacter } from './damage.ts';

/** `nvarchar(450)`, which is what ASP.NET Core Identity gives to a key. */
const MAX_ID_LENGTH = 450;

const ID = column('Id');

/** @returns the id without white space around it. The case of its letters stays */
export function readId(columns: SourceColumns): Result<string, string> {
  const text = readText(columns, ID);
  if (!text.ok) return text;
  const id = trimName(text.value ?? '');
  if (id === '') return fail('Id is missing');
  const damage =
    findDamage(id, ID) ??
    findScientificNotation(id, ID) ??
    findUntypableCharacter(id, ID) ??
    findFault(id);
  return damage === undefined ? succeed(id) : fail(damage);
}

function findFault(id: string): string | undefined {
  if (id.length > MAX_ID_LENGTH) return `Id has more than ${MAX_ID_LENGTH} characters`;
  if (!isAddressable(id)) return 'Id is me, . or .., and no request can read a user of such an Id';
  return isCutGuid(id)
    ? 'Id is the beginning of a GUID: it was cut. Export the whole column, which is 36 characters wide'
    : undefined;
}

/**
 * Whether `GET /api/Users/{id}` can read a user of this id. `me` is the address of the caller, whatever the case. Every
 * client removes `.` and `..` from an address (WHATWG URL Standard, section 4.4).
 */
export function isAddressable(id: string): boolean {
  return !['me', '.', '..'].includes(id.toLowerCase());
}

/** The form of a GUID that .NET writes by default: format `D`. */
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The beginning of a GUID, from its first hyphen on. */
const GUID_BEGINNING =
  /^[0-9a-f]{8}-(?:[0-9a-f]{0,4}|(?:[0-9a-f]{4}-){1,2}[0-9a-f]{0,4}|(?:[0-9a-f]{4}-){3}[0-9a-f]{0,11})$/i;

/** `20261126-0042` is an id of one's own making. A GUID without a letter in its first 8 digits and more is rare. */
const LETTER = /[a-f]/i;

function isCutGuid(id: string): boolean {
  return GUID_BEGINNING.test(id) && LETTER.test(id);
}

/** Whether an id is a GUID that .NET would write with another case. SQL Server's tools write it in capital letters. */
export function isCapitalGuid(id: string): boolean {
  return GUID.test(id) && id !== id.toLowerCase();
}

/** Writes a GUID as .NET does. Another id stays as it is, because its case may have a meaning. */
export function lowerCaseGuid(id: string): string {
  return isCapitalGuid(id) ? id.toLowerCase() : id;
}
