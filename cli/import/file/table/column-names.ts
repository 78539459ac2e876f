/**
 * The names of the columns of a table.
 *
 * @module
 */
import { OperatorError } from '../../../operator-error.ts';
import { canonicalName } from '../../identity-names.ts';

/** What the columns of a file have to fit. */
export interface Wanted {
  /** What people call the file. */
  file: string;
  /** Columns that have to be there, for people. */
  required: readonly string[];
}

/** Brackets and backticks are those of the SQL of SQL Server and MySQL. */
export function namesOf(texts: string[]): string[] {
  return texts.map((text) => canonicalName(text.trim().replace(/^\[(.*)\]$|^`(.*)`$/, '$1$2')));
}

export function missing(names: string[], { required }: Wanted): string[] {
  return required.filter((name) => !names.includes(canonicalName(name)));
}

export function withoutTwins(names: string[], { file, required }: Wanted): string[] {
  const twin = names.find((name, i, all) => name !== '' && all.indexOf(name) !== i);
  if (twin === undefined) return names;
  const name = required.find((one) => canonicalName(one) === twin) ?? twin;
  throw new OperatorError(`${file} has the column ${name} twice.`);
}

export function withoutHeading(names: string[], wanted: Wanted): OperatorError {
  const absent = missing(names, wanted);
  const ofUsers =
    ' If it has no heading, name its columns with --columns Id,UserName,PasswordHash and so on, in their order.';
  const ofOthers = ' If it has no heading, write the names of its columns above the rows.';
  const isOfUsers = wanted.required.includes('PasswordHash');
  const hasNone = absent.length === wanted.required.length;
  const hint = hasNone ? (isOfUsers ? ofUsers : ofOthers) : '';
  return new OperatorError(`${wanted.file} has no column ${absent[0]} in its first line.${hint}`);
}
