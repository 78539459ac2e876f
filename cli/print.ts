/**
 * Everything that a command prints: sentences, columns for people, or JSON for scripts. Data are always escaped.
 *
 * @module
 */
import { escapeUntypable, toSafeJson } from './escape.ts';

export type Row = Record<string, string | number | boolean | null | string[]>;

/** Prints one line on standard output, whatever the text holds. */
export function printLine(text: string): void {
  console.log(escapeUntypable(text));
}

/** Prints one line on standard error, whatever the text holds. */
export function printErrorLine(text: string): void {
  console.error(escapeUntypable(text));
}

/** Prints rows that all have the same members. With `json` it prints one array. */
export function printRows(rows: Row[], json: boolean): void {
  console.log(json ? toSafeJson(rows, 2) : inColumns(rows));
}

/** Prints one row, with each member on a line of its own. With `json` it prints one object. */
export function printRow(row: Row, json: boolean): void {
  const lines = Object.entries(row).map(([name, value]) => [name, cell(value)]);
  console.log(json ? toSafeJson(row, 2) : aligned(lines));
}

function inColumns(rows: Row[]): string {
  const [first] = rows;
  if (first === undefined) return 'None.';
  const names = Object.keys(first);
  return aligned([names, ...rows.map((row) => names.map((name) => cell(row[name])))]);
}

function aligned(lines: string[][]): string {
  const widthOf = (column: number) => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  const widths = lines[0]?.map((_, column) => widthOf(column)) ?? [];
  const pad = (text: string, column: number) => text.padEnd(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

function cell(value: Row[string] = null): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return escapeUntypable(value.join(', ')) || '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return escapeUntypable(String(value));
}
