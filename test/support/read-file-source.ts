/** Reads a file or a folder as the import does. */
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileOptions, openFile, openFolder } from '../../cli/import/file/open-file.ts';
import type { TableName } from '../../cli/import/identity-names.ts';
import type { SourceRow } from '../../cli/import/source.ts';
import { makeMemoryFolder } from './make-temporary-folder.ts';

/** The number of a row, and its columns or what is wrong with it. */
export type ReadRow = [number, Record<string, unknown> | string];

export interface ReadSource {
  rows: ReadRow[];
  tables: Map<TableName, ReadRow[]>;
  unit: string | undefined;
  notices: string[];
}

/** Reads every table of a file or of a folder. `rows` and `unit` are those of the users. */
export async function readPath(path: string, options: FileOptions = {}): Promise<ReadSource> {
  const open = statSync(path).isDirectory() ? openFolder : openFile;
  const source = await open(path, options);
  try {
    const tables = new Map<TableName, ReadRow[]>();
    for (const [name, table] of source.tables) {
      const rows: ReadRow[] = [];
      for await (const row of table.rows()) rows.push(asRead(row));
      tables.set(name, rows);
    }
    const unit = source.tables.get('users')?.unit;
    return { rows: tables.get('users') ?? [], tables, unit, notices: source.notices };
  } finally {
    await source.close();
  }
}

/** Reads a file with this text, or with these bytes. */
export async function readText(
  text: string | Buffer,
  options: FileOptions = {},
): Promise<ReadSource> {
  const folder = makeMemoryFolder();
  try {
    const path = join(folder, 'users');
    writeFileSync(path, text);
    return await readPath(path, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function asRead({ number, columns }: SourceRow): ReadRow {
  return [number, columns.ok ? columns.value : columns.reason];
}
