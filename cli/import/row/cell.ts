/**
 * The values of one row, as text.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { canonicalName } from '../identity-names.ts';
import type { SourceColumns } from '../source.ts';

/** A column that is read: its name for people, and the canonical name under which a row has it. */
export interface Column {
  name: string;
  key: string;
}

/**
 * ```ts
 * column('UserName'); // { name: 'UserName', key: 'username' }
 * ```
 */
export function column(name: string): Column {
  return { name, key: canonicalName(name) };
}

/** @returns the value, or `null` where the row has NULL or no such column */
export function cellOf(columns: SourceColumns, { key }: Column): unknown {
  // A name such as `constructor` must not find what every object has.
  return Object.hasOwn(columns, key) ? (columns[key] ?? null) : null;
}

/**
 * Reads a value as text. A number becomes its digits, because ids and names can be numbers.
 *
 * @returns the text with the white space around it, or `null`. Blank text is NULL too: no id, name or hash is blank
 */
export function readText(columns: SourceColumns, column: Column): Result<string | null, string> {
  const value = cellOf(columns, column);
  const rounded = findRounding(value, column);
  if (rounded !== undefined) return fail(rounded);
  switch (typeof value) {
    case 'string':
      return succeed(value.trim() === '' ? null : value);
    case 'number':
    case 'bigint':
      return succeed(String(value));
    default:
      return value === null ? succeed(null) : fail(`${column.name} is neither text nor a number`);
  }
}

/**
 * What is wrong with a number that is not exact any more. A reader of JSON makes 9007199254740992 of 9007199254740993, and
 * nobody can see it in the value. So every number beyond the safe integers is refused.
 *
 * @returns a sentence, or `undefined` where the value is exact or no number
 */
export function findRounding(value: unknown, { name }: Column): string | undefined {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return undefined;
  return `${name} is a number that JSON readers round: export it as text`;
}
