/**
 * The records of a whole file, one after the other.
 *
 * @module
 */
import { isFooter, isRule } from '../decoration.ts';
import type { TextFile } from '../text-file.ts';
import { unreadable } from '../unreadable.ts';
import type { Layout } from './layout.ts';
import type { ReadRecord, RecordRead } from './record.ts';

export interface NumberedRecord {
  /** The line on which it begins. The first line of the file is 1. */
  number: number;
  record: RecordRead;
}

/** Yields the records behind the heading. @throws OperatorError where the file cannot be read */
export async function* readRecords(
  file: TextFile,
  layout: Layout,
  read: ReadRecord,
): AsyncGenerator<NumberedRecord> {
  const isOther = otherLines(file, layout);
  let waiting: string[] = [];
  let number = 1;
  for await (const lines of withEnd(file.lines())) {
    waiting = waiting.concat(lines ?? []);
    let next = 0;
    while (next < waiting.length) {
      const record =
        number <= layout.linesBefore || isOther(waiting[next] ?? '')
          ? NOTHING
          : read(waiting, next, lines === undefined);
      if (record === undefined) break;
      yield { number, record };
      next += record.lines;
      number += record.lines;
    }
    waiting = waiting.slice(next);
  }
}

const NOTHING: RecordRead = { lines: 1, faults: [] };

/** @throws OperatorError where a record is too long for memory */
export function refuseTooLong(file: TextFile, { number, record }: NumberedRecord): void {
  if (!('faults' in record && record.isTooLong)) return;
  throw unreadable(
    file.name,
    `it has a quotation mark on line ${number} that is not closed within 16 MB.`,
  );
}

/** Yields the groups, and `undefined` when there are no more. */
async function* withEnd<T>(groups: AsyncIterable<T>): AsyncGenerator<T | undefined> {
  yield* groups;
  yield undefined;
}

/** Tells the lines that are no rows: blank ones, rules, the heading on another page, and the number of rows at the end. */
function otherLines(file: TextFile, layout: Layout): (line: string) => boolean {
  const before = file.firstLines().slice(0, layout.linesBefore);
  const isDrawn = 'cut' in layout.values;
  const isShort = (line: string) =>
    'cut' in layout.values || !line.includes(layout.values.delimiter);
  return (line) =>
    line.trim() === '' ||
    before.includes(line) ||
    (isDrawn && isRule(line)) ||
    (isShort(line) && isFooter(line));
}
