/**
 * The lock of a user: `LockoutEnabled` and `LockoutEnd`. Administrators disable an account with a lock until 9999.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { SourceColumns } from '../source.ts';
import { type Column, cellOf, column, findRounding } from './cell.ts';
import { readFlag } from './flag.ts';
import { isSet, toTimes } from './time.ts';

const LOCKOUT_ENABLED = column('LockoutEnabled');

/** `LockoutEndDateUtc` is the column of ASP.NET Identity 2, which some databases have kept beside the new one. */
export const LOCKOUT_ENDS = [column('LockoutEnd'), column('LockoutEndDateUtc')];

/**
 * Reads until when the user is locked. In every doubt the user is: a user whom the old system keeps out must not come in.
 * `LockoutEnabled` that is missing or NULL counts as set, a time that can be read in two ways counts as the later one, and
 * where two columns have an end, the later one counts. A time that cannot be read is a fault of the row.
 *
 * @returns `null` where there is no lock. A lock that is over is returned too, because there is no clock here
 */
export function readLockEnd(columns: SourceColumns): Result<Date | null, string> {
  const isEnabled = readFlag(columns, LOCKOUT_ENABLED);
  if (!isEnabled.ok) return isEnabled;
  if (isEnabled.value === false) return succeed(null);
  let latest: Date | null = null;
  for (const column of LOCKOUT_ENDS) {
    const end = readEnd(columns, column);
    if (!end.ok) return end;
    if (end.value !== null && (latest === null || end.value > latest)) latest = end.value;
  }
  return succeed(latest);
}

function readEnd(columns: SourceColumns, column: Column): Result<Date | null, string> {
  const value = cellOf(columns, column);
  if (value === null || (typeof value === 'string' && value.trim() === '')) return succeed(null);
  const rounded = findRounding(value, column);
  if (rounded !== undefined) return fail(rounded);
  const end = toTimes(value).at(-1);
  if (end === undefined) {
    return fail(
      `${column.name} cannot be read as a time. Export it like 2026-11-26 10:00:00 +00:00`,
    );
  }
  return succeed(isSet(end) ? end : null);
}
