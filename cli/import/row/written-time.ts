/**
 * Times that are written with a year, a month and a day.
 *
 * @module
 */

/** `23:59`, `23:59:59.9999999`, `11:59:59:997PM` (SQL Server), `11:59:59 p. m.` (Spanish). */
const CLOCK = String.raw`(?:[T ,]+(?<hour>\d\d?):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,:](?<fraction>\d+))?)?(?: ?(?<half>[ap])\.? ?m\.?)?)?`;

/** `Z`, `+00`, ` +05:30`, ` -0500`, ` GMT`, ` GMT+0000 (Coordinated Universal Time)`. */
const ZONE = String.raw`(?: ?(?:Z|UTC|GMT))?(?: ?(?<offset>[+-]\d\d?(?::?\d\d)?(?::\d\d)?))?(?: \([^)]*\))?`;

const WEEKDAY = String.raw`(?:[a-z\u00e1\u00e9]{2,10}[.,]* )?`;
const MONTH = String.raw`(?<name>[a-z]{3,10})\.?`;

const DATES = [
  // ISO 8601, and what .NET, SQL Server, PostgreSQL, MySQL and SQLite write by default.
  String.raw`(?<year>\d{4,6})(?<mark>[-/.])(?<month>\d\d?)\k<mark>(?<day>\d\d?)`,
  // Spreadsheets, and .NET in the language of the machine.
  String.raw`(?<one>\d\d?)(?<mark>[-/.])(?<other>\d\d?)\k<mark>(?<year>\d{4})`,
  // RFC 5322, Oracle's `31-DEC-9999`, Spanish `31 de diciembre de 9999`.
  String.raw`${WEEKDAY}(?<day>\d\d?)[- ](?:de )?${MONTH}[- ](?:de )?(?<year>\d{4})`,
  // SQL Server's `Dec 31 9999 11:59PM`, JavaScript's `Fri Dec 31 9999 23:59:59 GMT+0000`.
  String.raw`${WEEKDAY}${MONTH} (?<day>\d\d?),? (?<year>\d{4})`,
];

/** ISO 8601's basic format, and MySQL's numbers: `20261126`, `20261126T100000Z`, `20261126100000`. */
const BASIC =
  /^(?<year>[1-9]\d{3})(?<month>\d\d)(?<day>\d\d)(?:T?(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d))?Z?$/;

const FORMS = [...DATES.map((date) => new RegExp(`^${date}${CLOCK}${ZONE}$`, 'i')), BASIC];

type Parts = Record<string, string | undefined>;

/**
 * Reads a written time. Without a zone it is in UTC.
 *
 * ```ts
 * readWrittenTime('31/12/9999 23:59:59'); // [253402300799000]
 * ```
 *
 * @param text without white space around it, and with single blanks in it
 * @returns milliseconds since 1970, the earliest first; `Infinity` beyond the times of JavaScript. There are two where the
 *   day and the month can be swapped, and there is none where the text has another form or is no date of the calendar
 */
export function readWrittenTime(text: string): number[] {
  for (const form of FORMS) {
    const parts: Parts | undefined = form.exec(text)?.groups;
    if (parts !== undefined) return instantsOf(parts);
  }
  return [];
}

function instantsOf(parts: Parts): number[] {
  const time = timeOfDay(parts);
  if (time === undefined) return [];
  const instants = datesOf(parts)
    .map(([month, day]) => startOfDay(Number(parts.year), month, Number(day)))
    .filter((start) => start !== undefined)
    .map((start) => start + time - offsetOf(parts.offset));
  return [...new Set(instants)].sort((one, other) => one - other);
}

/** The months, from 1 on, with the days. */
function datesOf({ one, other, mark, month, name, day }: Parts): [number, string | undefined][] {
  if (one === undefined) return [[name === undefined ? Number(month) : monthOf(name), day]];
  // With points between them the day is first in every language. With other marks it depends on the language.
  const dayFirst: [number, string | undefined] = [Number(other), one];
  return mark === '.' ? [dayFirst] : [dayFirst, [Number(one), other]];
}

/** The beginnings of the names of the months, in English and in Spanish. */
const MONTHS = 'jan/ene feb mar apr/abr may jun jul aug/ago sep/set oct nov dec/dic'.split(' ');

/** @returns 0 for what is no month */
function monthOf(name: string): number {
  const beginning = name.slice(0, 3).toLowerCase();
  return MONTHS.findIndex((month) => month.includes(beginning)) + 1;
}

function startOfDay(year: number, month: number, day: number): number | undefined {
  const LAST_YEAR = 275_000;
  if (year > LAST_YEAR) return Number.POSITIVE_INFINITY;
  // Not `Date.UTC`: it makes 1926 of the year 26.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isOfCalendar = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isOfCalendar ? date.getTime() : undefined;
}

/** @returns milliseconds, or `undefined` where no clock shows the time */
function timeOfDay({ hour = '0', minute = '0', second = '0', fraction, half }: Parts) {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  const MAX_HOUR = half === undefined ? 23 : 12;
  const MAX_SECOND = 60; // PostgreSQL rounds up to it
  if (h > MAX_HOUR || m > 59 || s > MAX_SECOND) return undefined;
  const hours = half === undefined ? h : (h % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  const milliseconds = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  return ((hours * 60 + m) * 60 + s) * 1000 + milliseconds;
}

/** @returns milliseconds east of Greenwich */
function offsetOf(offset = '+00'): number {
  const [hours = '', minutes = '', seconds = ''] = offset.slice(1).match(/\d\d?/g) ?? [];
  const amount = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return offset.startsWith('-') ? -amount : amount;
}
