/**
 * Lines around the rows of a table that are no rows.
 *
 * @module
 */

/**
 * Whether a line is drawn between a heading and its rows, or around a table.
 *
 * ```ts
 * isRule('----+-----------'); // true
 * ```
 */
export function isRule(line: string): boolean {
  return /^\s*[-+|:=\u2500-\u257f]+\s*$/.test(line) && /[-\u2500\u2550]/.test(line);
}

const FOOTERS = [
  /^\(\d+ [\p{L}\s()]+\)$/u, // psql: (20 rows). sqlcmd: (20 rows affected), (20 filas afectadas)
  /^(?:(?:\d+ rows? in set|empty set)\b|bye$)/i, // mysql
  /^(?:Completion time|Hora de finalización): /, // SQL Server Management Studio
  /^\\\.$/, // COPY
];

/**
 * Whether a line tells how many rows there were.
 *
 * ```ts
 * isFooter('(20 filas afectadas)'); // true
 * ```
 */
export function isFooter(line: string): boolean {
  const text = line.trim();
  return FOOTERS.some((footer) => footer.test(text));
}
