/**
 * Writes rows as a table that reads well in a terminal, and that is Markdown.
 *
 * @module
 */
import { styleText } from 'node:util';
import { type Floor, type Goal, judge, type Row, type Unit, type Verdict } from './row.ts';
import type { Spread } from './statistics.ts';

const HEAD = ['what', 'measured', 'floor', 'ratio', 'goal', 'met'];

/** @param hasColours a goal that is met is green then, and one that is not met is red */
export function drawTable(rows: Row[], hasColours = false): string {
  const cells = rows.map(cellsOf);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const line = (texts: string[]) =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const lines = rows.map((row, index) => {
    const text = line(cells[index] ?? []);
    const verdict = judge(row);
    if (!hasColours || verdict === undefined) return text;
    return styleText(verdict.isMet ? 'green' : 'red', text, { validateStream: false });
  });
  return [line(HEAD), rule, ...lines].join('\n');
}

function cellsOf(row: Row): string[] {
  const { what, unit, measured, sql, floor, ratio, goal } = row;
  return [
    what,
    sql === undefined
      ? amount(measured.median, unit)
      : `${amount(measured.median, unit)}, SQL ${amount(sql.median, unit)}`,
    floorText(floor, unit),
    ratioText(ratio),
    goalText(goal, unit),
    verdictText(judge(row)),
  ];
}

function floorText(floor: Floor | undefined, unit: Unit): string {
  if (floor === undefined) return '';
  return `${amount(floor.measured.median, unit)}, ${floor.name}`;
}

/** The median and, where there are several rounds, the quartiles. */
function ratioText(ratio: Spread | undefined): string {
  if (ratio === undefined) return '';
  const { median, low, high, count } = ratio;
  const digits = median < 10 ? 3 : 0;
  if (count === 1) return median.toFixed(digits);
  return `${median.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function goalText(goal: Goal | undefined, unit: Unit): string {
  if (goal === undefined) return '';
  const { of, atLeast, atMost } = goal;
  const limit = (value: number) => amount(value, of === 'ratio' ? '' : unit);
  if (atMost === undefined) return `≥ ${limit(atLeast ?? 0)}`;
  if (atLeast === undefined) return `≤ ${limit(atMost)}`;
  return atLeast === atMost ? limit(atMost) : `${limit(atLeast)} to ${limit(atMost)}`;
}

function verdictText(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '';
  return `${verdict.isMet ? 'yes' : 'no'}${verdict.isClose ? ', but close' : ''}`;
}

/** Three digits are all that a measurement knows. A size is exact. */
function amount(value: number, unit: Unit): string {
  const digits = unit === 'KiB' ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 3 };
  return `${value.toLocaleString('en', digits)} ${unit}`.trimEnd();
}
