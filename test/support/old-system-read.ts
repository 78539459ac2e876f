/** Everything that a source of an import holds. */
import type { TableName } from '../../cli/import/identity-names.ts';
import type { Source, SourceColumns } from '../../cli/import/source.ts';
import { expectValue } from './expect-value.ts';

/** Reads one table. */
export async function readTable(source: Source, name: TableName): Promise<SourceColumns[]> {
  const rows: SourceColumns[] = [];
  for await (const { columns } of source.tables.get(name)?.rows() ?? []) {
    rows.push(expectValue(columns));
  }
  return rows;
}

/** Counts the rows of every table, in the order in which they were found. */
export async function countRows(source: Source): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of source.tables.keys()) counts[name] = (await readTable(source, name)).length;
  return counts;
}
