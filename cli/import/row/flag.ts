/**
 * Flags: values that say yes or no.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { SourceColumns } from '../source.ts';
import { type Column, cellOf, findRounding } from './cell.ts';

/**
 * How databases, languages and spreadsheets write a flag, in small letters:
 *
 * - `1`, `0`: `bit` and `tinyint`. `1.0`, `0.0`: what pandas makes of them in a column that has NULL too. `-1`: Access.
 * - `true`, `false`: .NET, JSON, SQL. `t`, `f`: PostgreSQL's text form.
 * - `yes`, `no`, `y`, `n`, `on`, `off`, and in Spanish `sí`, `s`, `verdadero`, `falso`: columns of text, and spreadsheets.
 * - `0x01`, `0x00`: `binary(1)` of SQL Server, and `mysqldump --hex-blob`. `\x01`: `bytea` of PostgreSQL.
 * - `b'1'`, `b'0'`: `bit(1)` in MySQL's dumps. `mysql -B` prints its byte as it is: U+0001 or U+0000.
 */
const SPELLINGS: [flag: boolean, words: string][] = [
  [true, "1 1.0 -1 true t yes y on sí si s verdadero 0x01 0x1 \\x01 b'1' \u0001"],
  [false, "0 0.0 false f no n off falso 0x00 0x0 \\x00 b'0' \0"],
];

const FLAGS = new Map(
  SPELLINGS.flatMap(([flag, words]) => words.split(' ').map((word) => [word, flag] as const)),
);

/**
 * Reads a value as a flag, whatever the case of its letters and the white space around it.
 *
 * ```ts
 * toFlag('VERDADERO'); // true
 * toFlag(0); // false
 * toFlag('perhaps'); // undefined
 * ```
 *
 * @returns `null` for NULL and for blank text, and `undefined` for what is no flag
 */
export function toFlag(value: unknown): boolean | null | undefined {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return FLAGS.get(value) ?? toFlagInAnyCase(value);
    case 'number':
    case 'bigint':
      return FLAGS.get(String(value));
    default:
      return value === null || value === undefined ? null : undefined;
  }
}

function toFlagInAnyCase(text: string): boolean | null | undefined {
  const trimmed = text.trim();
  return trimmed === '' ? null : FLAGS.get(trimmed.toLowerCase());
}

/** @returns the flag, or `null` where the row has NULL or no such column */
export function readFlag(columns: SourceColumns, column: Column): Result<boolean | null, string> {
  const value = cellOf(columns, column);
  const flag = toFlag(value);
  if (flag !== undefined) return succeed(flag);
  return fail(findRounding(value, column) ?? `${column.name} is none of 1, 0, true and false`);
}
