/**
 * The tables in a file of JSON.
 *
 * @module
 */
import { OperatorError } from '../../../operator-error.ts';
import {
  canonicalName,
  canonicalRequired,
  TABLES,
  type TableName,
  tableNames,
} from '../../identity-names.ts';
import type { SourceTable } from '../../source.ts';
import { resolveEscapes } from '../escapes.ts';
import type { TextFile } from '../text-file.ts';
import { judgeBackslashes } from './doubled-backslashes.ts';
import { findLists, type ListPath } from './json-lists.ts';
import { readDocument, readJsonLines, readLine } from './json-rows.ts';
import { isJson, type JsonText } from './json-text.ts';

type Rows = Pick<SourceTable, 'unit' | 'rows'>;

export interface JsonTables {
  /** Whether the file is a text of a table, with each backslash of the JSON written as two. */
  isDoubled: boolean;
  tables: Map<TableName, Rows>;
  /** Sentences about what may be missing or read in another way. */
  notices: string[];
}

export interface JsonOptions {
  /** The table whose rows they are, where the file does not say it. */
  table: TableName;
  /** The name of the table of users, where it is not `AspNetUsers`. */
  usersTable?: string;
}

/** @throws OperatorError where the file is no JSON, or where nobody can tell which table a list of it belongs to */
export async function openJson(
  file: TextFile,
  linesBefore: number,
  options: JsonOptions,
): Promise<JsonTables> {
  const backslashes = await judgeBackslashes({ file, linesBefore });
  const isDoubled = backslashes === 'doubled';
  const text = { file, linesBefore, isDoubled };
  const doubts = backslashes === 'doubtful' ? [doubtfulBackslashes(file)] : [];
  const [first = '', second = ''] = firstLines(text);
  const hasDamagedLine = await isDamagedRow(first, second, text, options.table);
  const found = first.trimStart().startsWith('[')
    ? { lists: [[]], notices: [] }
    : hasDamagedLine
      ? undefined
      : await findLists(text, canonicalRequired(options.table));
  if (found !== undefined) {
    const { lists, notices } = found;
    return { isDoubled, tables: tablesOf(text, lists, options), notices: [...doubts, ...notices] };
  }
  const isLines = hasDamagedLine || readLine(first) !== undefined;
  const rows: Rows = isLines
    ? { unit: 'line', rows: () => readJsonLines(text) }
    : { unit: 'item', rows: () => readDocument(text, '$') };
  return { isDoubled, tables: new Map([[options.table, rows]]), notices: doubts };
}

/** The first lines of the JSON that are not blank, without doubled backslashes. */
function firstLines({ file, linesBefore, isDoubled }: JsonText): string[] {
  const lines = file.beginning.split('\n').slice(linesBefore);
  const filled = lines.filter((line) => line.trim() !== '').slice(0, 2);
  return isDoubled ? filled.map(resolveEscapes) : filled;
}

/**
 * Whether the first line is a damaged row of JSON Lines. It may as well be the beginning of a document, and then the lines
 * behind it can be anything. So it is a row only where the file is no document, where the line opens no list and no further
 * value, and where the next line is a whole row of the table.
 */
async function isDamagedRow(first: string, second: string, text: JsonText, table: TableName) {
  if (readLine(first) !== undefined || first.includes('[') || /[:,{]\s*$/.test(first)) return false;
  const row = readLine(second);
  if (!row?.ok || !canonicalRequired(table).every((name) => Object.hasOwn(row.value, name))) {
    return false;
  }
  return !(await isJson(text));
}

function doubtfulBackslashes(file: TextFile): string {
  return (
    `${file.name} has backslashes in fours, and each four of them are read as two, as JSON has it. If COPY or mysql has ` +
    'written the file, they were one: export it with psql -At or mysql --raw.'
  );
}

function tablesOf(
  text: JsonText,
  lists: ListPath[],
  { table, usersTable }: JsonOptions,
): Map<TableName, Rows> {
  const tables = new Map<TableName, Rows>();
  for (const path of lists) {
    const name = tableNamed(path, usersTable) ?? (lists.length === 1 ? table : undefined);
    // A selector cannot have such names.
    const isUnselectable = path.some((member) => member === '*' || member.includes('.'));
    if (name === undefined || tables.has(name) || isUnselectable) throw manyLists(text.file, lists);
    const selector = ['$', ...path, '*'].join('.');
    tables.set(name, { unit: 'item', rows: () => readDocument(text, selector) });
  }
  return tables;
}

/** Finds the table that a member is named after, such as `AspNetUsers` or `users`. */
function tableNamed(path: ListPath, usersTable: string | undefined): TableName | undefined {
  const members = path.map(canonicalName);
  const names = Object.entries(tableNames(usersTable)) as [TableName, string][];
  return names.find(([table, name]) =>
    members.some((one) => one === name || one === TABLES[table]),
  )?.[0];
}

function manyLists(file: TextFile, lists: ListPath[]): OperatorError {
  const names = lists.map((path) => path.join('.')).join(', ');
  return new OperatorError(
    `${file.name} has lists that are no tables of ASP.NET Core Identity: ${names}. ` +
      'Put each table into a file of its own in one folder, and import the folder.',
  );
}
