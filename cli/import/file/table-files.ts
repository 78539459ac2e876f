/**
 * Which table a file of a folder holds. Its name tells it.
 *
 * @module
 */
import { canonicalName, type TableName, tableNames } from '../identity-names.ts';

/** What tools and browsers put behind the name of a table: `_202611261200` (DBeaver), ` (1)`. */
const SUFFIX = /(?:[ _-]\d[\d_-]{5,})?(?: ?\(\d+\))?$/;

/**
 * Finds the table that a file is named after. Case, underscores, schema and extension do not count.
 *
 * ```ts
 * tableOfFile('dbo.AspNetUserRoles.txt'); // userRoles
 * ```
 *
 * @param usersTable the name of the table of users, where it is not `AspNetUsers`
 */
export function tableOfFile(fileName: string, usersTable?: string): TableName | undefined {
  const names = Object.entries(tableNames(withoutSchema(usersTable))) as [TableName, string][];
  const parts = fileName.split('.').map((part) => part.replace(/^[["`]|[\]"`]$/g, ''));
  const spellings = parts.flatMap((part) => [part, part.replace(SUFFIX, '')]).map(canonicalName);
  return names.find(([, name]) => spellings.includes(name))?.[0];
}

function withoutSchema(table: string | undefined): string | undefined {
  return table?.split('.').at(-1);
}

/**
 * Reads the names of the columns from a `CREATE TABLE` of MySQL. `mysqldump --tab` writes it into a file beside the rows.
 *
 * @returns the names with commas between them, as `--columns` takes them
 */
export function columnsOfDefinition(sql: string): string | undefined {
  const [, body] = /CREATE TABLE [^(]*\(\n([\s\S]*?)\n\)/.exec(sql) ?? [];
  const names = [...(body ?? '').matchAll(/^\s+`([^`,]+)`/gm)].map(([, name]) => name);
  return names.length > 0 ? names.join(',') : undefined;
}
