/**
 * How a tool writes the values of a table.
 *
 * @module
 */

import { resolveEscapes } from '../escapes.ts';

/** A value. NULL is `null`. */
export type Cell = string | null;

/** How values that are separated by a character are written. */
export interface Dialect {
  /** The one character between two values. */
  delimiter: string;
  /** Whether quotation marks around a value are no part of it (RFC 4180, section 2). */
  hasQuotes: boolean;
  /** Whether a backslash changes the meaning of the character behind it, as MySQL and PostgreSQL's `COPY` write it. */
  hasEscapes: boolean;
  /** Whether `NULL` is a text like any other, because NULL is written as `\N`. */
  isNullText: boolean;
  /** Whether `"N` is NULL: so MySQL writes it where the quotation mark is the escape character too. */
  isNullQuoted?: boolean;
}

/** NULL of MySQL where the quotation mark is the escape character. */
export const QUOTED_NULL = '"N';

/** How the tools of SQL Server and PostgreSQL write NULL into CSV, which has no word for it. */
const NULL_WORDS = ['', 'NULL', '\\N'];

/** Reads a value without quotation marks. Blanks around it do not count: `sqlcmd` and `char(n)` pad with them. */
export function readUnquoted(text: string, dialect: Dialect): Cell {
  if (dialect.hasEscapes) {
    const isNull = text === '\\N' || (text === 'NULL' && !dialect.isNullText);
    return isNull ? null : resolveEscapes(text);
  }
  return dialect.isNullQuoted && text === QUOTED_NULL ? null : readPadded(text);
}

/** Reads a value that has nothing but blanks around it. */
export function readPadded(text: string): Cell {
  const value = trimBlanks(text);
  return value.length <= 4 && NULL_WORDS.includes(value.toUpperCase()) ? null : value;
}

const BLANK = 0x20;

function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === BLANK) start++;
  while (end > start && text.charCodeAt(end - 1) === BLANK) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
