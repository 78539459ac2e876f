/**
 * Prints the result of a command on standard output: columns for people, or JSON for scripts.
 *
 * @module
 */

export type Row = Record<string, string | number | boolean | null | string[]>;

/** Prints rows that all have the same members. With `json` it prints one array. */
export function printRows(rows: Row[], json: boolean): void {
  console.log(json ? JSON.stringify(rows, null, 2) : inColumns(rows));
}

/** Prints one row, with each member on a line of its own. With `json` it prints one object. */
export function printRow(row: Row, json: boolean): void {
  const lines = Object.entries(row).map(([name, value]) => [name, cell(value)]);
  console.log(json ? JSON.stringify(row, null, 2) : aligned(lines));
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
  if (Array.isArray(value)) return value.join(', ') || '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
