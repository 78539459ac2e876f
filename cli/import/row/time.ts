/**
 * Times: the instants that a value can mean.
 *
 * @module
 */
import { readWrittenTime } from './written-time.ts';

/** A lock without an end: `DateTimeOffset.MaxValue` in .NET, and `infinity` in PostgreSQL. */
export const FAR_FUTURE = new Date('9999-12-31T23:59:59.999Z');

/** `DateTimeOffset.MinValue` in .NET. PostgreSQL's `-infinity` and MySQL's `0000-00-00` are read as it too. */
const FAR_PAST = new Date('0001-01-01T00:00:00Z');

const FIRST_REAL_YEAR = 1901;

/**
 * Whether anybody has ever set a time. `0001-01-01` is what .NET writes where nobody has, `1753-01-01` is the least of SQL
 * Server's `datetime`, and `1900-01-01` is what SQL Server makes of empty text.
 */
export function isSet(time: Date): boolean {
  return time.getUTCFullYear() >= FIRST_REAL_YEAR;
}

/**
 * Returns the instants that a value can mean, the earliest first. There is none where the value is no time. There are two
 * where the day and the month can be swapped, or where a number can count seconds or milliseconds. A time without a zone is
 * in UTC, because Identity stores UTC. A time after the year 9999 becomes the last millisecond of that year.
 *
 * ```ts
 * toTimes('9999-12-31 23:59:59.9999999 +00:00'); // [9999-12-31T23:59:59.999Z]
 * toTimes('03/04/2026'); // [2026-03-04T00:00:00.000Z, 2026-04-03T00:00:00.000Z]
 * toTimes('soon'); // []
 * ```
 *
 * @param value text, a number, a bigint or a `Date`
 */
export function toTimes(value: unknown): Date[] {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? [] : [clamp(value.getTime())];
  if (typeof value === 'number' || typeof value === 'bigint') return countedTimes(Number(value));
  return typeof value === 'string' ? textTimes(value.trim().replace(/\s+/g, ' ')) : [];
}

/** What the older serializers of .NET write into JSON: milliseconds since 1970. The offset does not move the instant. */
const JSON_DATE = /^\\?\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\\?\/$/;

function textTimes(text: string): Date[] {
  const instants = readWrittenTime(text);
  if (instants.length > 0) return instants.map(clamp);
  const [, milliseconds] = JSON_DATE.exec(text) ?? [];
  if (milliseconds !== undefined) return [clamp(Number(milliseconds))];
  if (/^\d{1,15}$/.test(text)) return countedTimes(Number(text));
  if (/^0000-00-00(?: |$)/.test(text) || text.toLowerCase() === '-infinity') return [FAR_PAST];
  return text.toLowerCase() === 'infinity' ? [FAR_FUTURE] : [];
}

/** Smaller numbers count days: Excel's (46,000 in 2026) or SQLite's `julianday` (2,461,000). Read as seconds they are 1970. */
const LEAST_SECONDS = 100_000_000;

/** Smaller numbers of milliseconds are times before 1973. */
const LEAST_MILLISECONDS = 100_000_000_000;

/** Unix time. 0 is a lock that is over. */
function countedTimes(count: number): Date[] {
  if (count === 0) return [new Date(0)];
  const instants: number[] = [];
  if (count >= LEAST_MILLISECONDS && count <= FAR_FUTURE.getTime()) instants.push(count);
  if (count >= LEAST_SECONDS && count * 1000 <= FAR_FUTURE.getTime()) instants.push(count * 1000);
  return instants.map(clamp);
}

/** @param milliseconds since 1970. `NaN` is beyond the year 275,760, where JavaScript's times end */
function clamp(milliseconds: number): Date {
  if (milliseconds < FAR_FUTURE.getTime()) return new Date(milliseconds);
  return FAR_FUTURE;
}
