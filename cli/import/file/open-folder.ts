/**
 * A folder with one file a table.
 *
 * @module
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, parse } from 'node:path';
import { OperatorError } from '../../operator-error.ts';
import type { TableName } from '../identity-names.ts';
import type { Source, SourceTable } from '../source.ts';
import { type FileOptions, type OpenedFile, openTable } from './open-table.ts';
import { columnsOfDefinition, tableOfFile } from './table-files.ts';
import { unreadable } from './unreadable.ts';

/** So many names of files are enough in one sentence. */
const MAX_NAMES_TOLD = 5;

/**
 * Opens a folder with the files `AspNetUsers.csv`, `dbo.AspNetRoles.json` and so on.
 *
 * @throws OperatorError where a table has two files, where users have none, or where a file cannot be read
 */
export async function openFolder(path: string, options: FileOptions): Promise<Source> {
  const { files, others } = findFiles(path, options.usersTable);
  if (!files.has('users')) {
    throw new OperatorError(
      `${path} has no file of users. Call it AspNetUsers.csv, or name the table with --users-table.`,
    );
  }
  const opened: OpenedFile[] = [];
  const tables = new Map<TableName, SourceTable>();
  for (const [table, name] of files) {
    const place = { path: join(path, name), name };
    const file = await openTable(place, table, optionsOf(place.path, table, options));
    opened.push(file);
    const [rows] = file.tables.size === 1 ? file.tables : [];
    if (rows?.[0] !== table) {
      throw new OperatorError(
        `${name} has another table than its name says. Put each table into a file of its own.`,
      );
    }
    tables.set(...rows);
  }
  return {
    tables,
    notices: [...noticesOf(others), ...opened.flatMap(({ notices }) => notices)],
    close: async () => {
      for (const file of opened) file.close();
    },
  };
}

function findFiles(path: string, usersTable: string | undefined) {
  const files = new Map<TableName, string>();
  const others: string[] = [];
  const all = list(path);
  for (const name of all) {
    const table = isFile(join(path, name)) ? tableOfFile(name, usersTable) : undefined;
    const twin = table === undefined ? undefined : files.get(table);
    if (table === undefined) others.push(name);
    else if (twin !== undefined) {
      throw new OperatorError(
        `${twin} and ${name} are two files of one table. Leave one of them in the folder.`,
      );
    } else if (!isDefinition(name, all)) files.set(table, name);
  }
  return { files, others };
}

/** The files that people can see. */
function list(path: string): string[] {
  try {
    return readdirSync(path)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Whether a file is the definition that `mysqldump --tab` writes beside the rows of a table. */
function isDefinition(name: string, all: string[]): boolean {
  const { name: table, ext } = parse(name);
  return ext === '.sql' && all.includes(`${table}.txt`);
}

/** The columns of the option are those of users. Those of a definition are those of its own table. */
function optionsOf(path: string, table: TableName, options: FileOptions): FileOptions {
  const { dir, name, ext } = parse(path);
  const definition = join(dir, `${name}.sql`);
  const given = table === 'users' ? options.columns : undefined;
  const defined =
    ext === '.txt' && isFile(definition)
      ? columnsOfDefinition(readFileSync(definition, 'utf8'))
      : undefined;
  return { ...options, columns: given ?? defined, isOfMysqldump: defined !== undefined };
}

function noticesOf(others: string[]): string[] {
  if (others.length === 0) return [];
  const told = others.slice(0, MAX_NAMES_TOLD).join(', ');
  const more = others.length > MAX_NAMES_TOLD ? ` and ${others.length - MAX_NAMES_TOLD} more` : '';
  return [`${others.length} files of the folder are no tables and are not read: ${told}${more}.`];
}
