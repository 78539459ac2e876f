/**
 * The tables in one file.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';
import { REQUIRED_COLUMNS, type TableName } from '../identity-names.ts';
import type { SourceTable } from '../source.ts';
import { countLinesBeforeJson } from './json/json-text.ts';
import { openJson } from './json/open-json.ts';
import { refuseOtherBytes, refuseOtherText } from './no-table.ts';
import type { Backslashes } from './table/backslashes.ts';
import { openTextTable } from './table/text-table.ts';
import { TextFile } from './text-file.ts';

/** How a file is read. */
export interface FileOptions {
  /** A label of the Encoding Standard, such as `windows-1252`. A byte order mark is stronger. */
  encoding?: string;
  /** `comma`, `semicolon`, `tab`, `bar` or the character itself. */
  delimiter?: string;
  /** The names of the columns of users, where the file has no heading: `Id,UserName,…`. */
  columns?: string;
  /** The name of the table of users, where it is not `AspNetUsers`. */
  usersTable?: string;
  /** A column that users must have too. */
  roleColumn?: string;
  /** Whether `mysqldump --tab` wrote the file: then its backslashes are escapes. */
  isOfMysqldump?: boolean;
}

export interface OpenedFile {
  tables: Map<TableName, SourceTable>;
  /** Sentences about how the file is read. */
  notices: string[];
  close(): void;
}

/**
 * Opens a file and finds out what form it has.
 *
 * @param place the path, and what people call the file
 * @param table the table whose rows are in it, where the file does not say it
 * @throws OperatorError where the file is no such table
 */
export async function openTable(
  { path, name }: { path: string; name: string },
  table: TableName,
  options: FileOptions,
): Promise<OpenedFile> {
  const look = (bytes: Buffer) => refuseOtherBytes(name, bytes);
  const file = new TextFile(path, name, look, options.encoding);
  const toTable = (rows: Pick<SourceTable, 'unit' | 'rows'>): SourceTable => ({
    name,
    readShare: () => file.readShare,
    ...rows,
  });
  const close = () => file.close();
  if (file.beginning.trim() === '') {
    if (table === 'users') throw new OperatorError(`${name} is empty.`);
    // sqlite3 writes no heading where there are no rows.
    const rows = toTable({ unit: 'line', rows: async function* () {} });
    return { tables: new Map([[table, rows]]), notices: [`${name} is empty.`], close };
  }
  refuseOtherText(name, file.beginning);
  const linesBefore = countLinesBeforeJson(file.beginning);
  if (linesBefore !== undefined) {
    const { isDoubled, tables, notices } = await openJson(file, linesBefore, { table, ...options });
    return {
      tables: new Map([...tables].map(([key, rows]) => [key, toTable(rows)])),
      notices: [...noticesOf(name, isDoubled ? 'escapes' : 'text'), ...notices],
      close,
    };
  }
  const isOfUsers = table === 'users';
  const required = [...REQUIRED_COLUMNS[table], ...(isOfUsers ? present(options.roleColumn) : [])];
  const { backslashes, rows } = await openTextTable(file, options, required);
  return {
    tables: new Map([[table, toTable({ unit: 'line', rows })]]),
    notices: noticesOf(name, backslashes),
    close,
  };
}

function present(column: string | undefined): string[] {
  return column === undefined ? [] : [column];
}

function noticesOf(name: string, backslashes: Backslashes): string[] {
  if (backslashes === 'text') return [];
  return backslashes === 'escapes'
    ? [`${name} has backslashes as COPY and mysql write them. Two of them are read as one.`]
    : [
        `${name} has backslashes that may be escapes, and nothing shows it. They are read as they are. If that is wrong, export the table as JSON.`,
      ];
}
