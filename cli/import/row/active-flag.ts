/**
 * The flags by which old systems say that a user may not log in. ASP.NET Core Identity has none, so each system has its own.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { SourceColumns } from '../source.ts';
import { type Column, cellOf, column } from './cell.ts';
import { readFlag, toFlag } from './flag.ts';
import { isSet, toTimes } from './time.ts';

/** Columns of one's own, by the names that the operator has given. They count beside the known ones. */
export interface FlagNames {
  activeColumn?: string[] | undefined;
  inactiveColumn?: string[] | undefined;
}

/** A column that says who is active, or who is not. */
export interface ActiveColumn extends Column {
  /** What the user is where the flag is set. */
  isActive: boolean;
  /** The operator has named it. Every row has to have it, and NULL in it says no. */
  isNamed: boolean;
}

/** `IsDeleted` is that of the ABP Framework: a user whom it has deleted keeps the row. */
const KNOWN: ActiveColumn[] = [
  ...known('Activo IsActive Active Enabled IsEnabled', true),
  ...known('IsDeleted Deleted Inactivo Inactive IsInactive Disabled IsDisabled', false),
];

function known(names: string, isActive: boolean): ActiveColumn[] {
  return names.split(' ').map((name) => ({ ...column(name), isActive, isNamed: false }));
}

/** The columns that are read. What the operator says of a column goes before what is known of its name. */
export function activeColumns({
  activeColumn = [],
  inactiveColumn = [],
}: FlagNames): ActiveColumn[] {
  const own = (names: string[], isActive: boolean): ActiveColumn[] =>
    names.map((name) => ({ ...column(name), isActive, isNamed: true }));
  const named = [...own(activeColumn, true), ...own(inactiveColumn, false)];
  return [...named, ...KNOWN.filter(({ key }) => named.every((one) => one.key !== key))];
}

/**
 * Reads whether the user is active. Where two columns disagree, the user is inactive.
 *
 * @returns `null` where the row has no such column, or all of them are NULL
 */
export function readActiveFlag(
  columns: SourceColumns,
  names: FlagNames,
): Result<boolean | null, string> {
  let isActive: boolean | null = null;
  let isKnownNull = false;
  let hasKnownFlag = false;
  for (const column of activeColumns(names)) {
    if (column.isNamed && !Object.hasOwn(columns, column.key)) {
      return fail(`${column.name} is missing. Export it also where it is NULL`);
    }
    const flag = column.isNamed ? readNamedFlag(columns, column) : readFlag(columns, column);
    if (!flag.ok) return flag;
    if (flag.value !== null) isActive = isActive !== false && flag.value === column.isActive;
    if (!column.isNamed && Object.hasOwn(columns, column.key)) {
      isKnownNull ||= flag.value === null;
      hasKnownFlag ||= flag.value !== null;
    }
  }
  // A column that the operator has named must not make up for one that nobody has set.
  if (isActive === true && isKnownNull && !hasKnownFlag) return succeed(null);
  return succeed(isActive);
}

/** A column that the operator has named may also have times: `DeletedAt`. A time that somebody has set says yes. */
function readNamedFlag(columns: SourceColumns, column: ActiveColumn): Result<boolean, string> {
  const value = cellOf(columns, column);
  const times = toFlag(value) === undefined ? toTimes(value) : [];
  if (times.length > 0) return succeed(times.some(isSet));
  const flag = readFlag(columns, column);
  return flag.ok ? succeed(flag.value === true) : flag;
}
