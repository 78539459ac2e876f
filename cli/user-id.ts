/**
 * The ids of imported users.
 *
 * @module
 */

/**
 * Whether `GET /api/Users/{id}` can read a user of this id. `me` is the address of the caller, whatever the case. Every
 * client removes `.` and `..` from an address (WHATWG URL Standard, section 4.4).
 */
export function isAddressable(id: string): boolean {
  return !['me', '.', '..'].includes(id.toLowerCase());
}

/** The form of a GUID that .NET writes by default: format `D`. */
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether an id is a GUID that .NET would write with another case. SQL Server's tools write it in capital letters. */
export function isCapitalGuid(id: string): boolean {
  return GUID.test(id) && id !== id.toLowerCase();
}

/** Writes a GUID as .NET does. Another id stays as it is, because its case may have a meaning. */
export function lowerCaseGuid(id: string): string {
  return isCapitalGuid(id) ? id.toLowerCase() : id;
}
