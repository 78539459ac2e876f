/**
 * What an import reads: the tables of an ASP.NET Core Identity system, whatever holds them.
 *
 * A file, a folder of files and a database are all a {@link Source}. Nothing behind this module knows which of them it was.
 *
 * @module
 */
import type { Result } from '#portero/internal/result.ts';
import type { TableName } from './identity-names.ts';

/** The tables that were found. They are read one after the other, each of them once. */
export interface Source {
  tables: ReadonlyMap<TableName, SourceTable>;
  /** Sentences for the operator, such as which files of a folder are not read. */
  notices: string[];
  /** Ends the connection or closes the files. Can be called more than once, and while a table is read. */
  close(): Promise<void>;
}

/** One table. */
export interface SourceTable {
  /** For people, as the source spells it: `public.asp_net_users`, `AspNetUsers.csv`. */
  name: string;
  /** What the numbers of the rows count, for people. A row of a database is told by its id instead. */
  unit: 'line' | 'item' | 'row';
  /**
   * The rows, in the order of the source.
   *
   * @throws OperatorError where the table as a whole cannot be read, also in the middle. Nothing of the source is in its
   *   message but names of files, tables and columns
   */
  rows(): AsyncGenerator<SourceRow>;
  /** How much of the table has been read, from 0 to 1. `undefined` where nobody can tell. */
  readShare(): number | undefined;
}

/** One row. */
export interface SourceRow {
  /** The line on which the row begins, or the place of the item or the row, from 1 on. */
  number: number;
  /** The columns by their canonical names (`canonicalName`), or what is wrong with the row: a sentence without a subject, for people. */
  columns: Result<SourceColumns, string>;
}

/**
 * The values of a row. NULL is `null`. What a format or driver leaves open stays text: `'1'`, `'t'`, `'9999-12-31 …'`. A
 * column that a row does not have is absent.
 */
export type SourceColumns = Record<string, unknown>;
