/**
 * A table in a file of text.
 *
 * @module
 */
import { fail, succeed } from '#portero/internal/result.ts';
import { canonicalName } from '../../identity-names.ts';
import type { SourceColumns, SourceRow } from '../../source.ts';
import type { TextFile } from '../text-file.ts';
import { unreadable } from '../unreadable.ts';
import { alignedRecords } from './aligned-record.ts';
import { type Backslashes, findReading } from './backslashes.ts';
import type { Cell } from './dialect.ts';
import { findLayout, type Layout, type LayoutOptions } from './layout.ts';
import type { ReadRecord } from './record.ts';
import { type NumberedRecord, readRecords, refuseTooLong } from './records.ts';

/** So many lines show the layout of a table. */
const MAX_LINES_LOOKED_AT = 100;

export interface TextTable {
  /** How backslashes are read. */
  backslashes: Backslashes;
  rows(): AsyncGenerator<SourceRow>;
}

/**
 * Reads the beginning of a table, and looks through the whole of it for backslashes.
 *
 * @param required the columns that have to be there. The first one is blank in no row
 * @throws OperatorError where the file is no such table
 */
export async function openTextTable(
  file: TextFile,
  options: LayoutOptions,
  required: readonly string[],
): Promise<TextTable> {
  const layout = findLayout(file.firstLines().slice(0, MAX_LINES_LOOKED_AT), options, {
    file: file.name,
    required,
  });
  const { names, values } = layout;
  if ('cut' in values) {
    const id = names.indexOf(canonicalName(required[0] ?? ''));
    const read = refusingBits(file.name, alignedRecords(values.cut, id));
    return { backslashes: 'text', rows: () => readRows(file, layout, read) };
  }
  const { backslashes, read } = await findReading(file, layout, values.delimiter, options);
  return { backslashes, rows: () => readRows(file, layout, read) };
}

async function* readRows(
  file: TextFile,
  layout: Layout,
  read: ReadRecord,
): AsyncGenerator<SourceRow> {
  for await (const record of readRecords(file, layout, read)) {
    refuseTooLong(file, record);
    yield* rowsOf(record, layout.names);
  }
}

/** `mysql` draws a `bit(1)` of 1 as U+0001, and one of 0 as a blank, which looks like NULL. */
function refusingBits(name: string, read: ReadRecord): ReadRecord {
  return (lines, start, isEnd) => {
    if (!lines[start]?.includes(BIT_OF_ONE)) return read(lines, start, isEnd);
    throw unreadable(
      name,
      'it has columns of bits, which mysql draws as blanks. Export it with mysql --batch.',
    );
  };
}

const BIT_OF_ONE = '\u0001';

function* rowsOf({ number, record }: NumberedRecord, names: string[]): Generator<SourceRow> {
  if ('faults' in record) {
    for (const { line, reason } of record.faults) {
      yield { number: number + line, columns: fail(reason) };
    }
  } else if (record.cells.length !== names.length) {
    const reason = `has ${record.cells.length} columns instead of ${names.length}`;
    yield { number, columns: fail(reason) };
  } else if (record.cells.some((cell) => cell !== null)) {
    yield { number, columns: succeed(nameCells(record.cells, names)) };
  }
}

function nameCells(cells: Cell[], names: string[]): SourceColumns {
  const columns: SourceColumns = {};
  for (const [i, name] of names.entries()) {
    if (name !== '') columns[name] = cells[i];
  }
  return columns;
}
