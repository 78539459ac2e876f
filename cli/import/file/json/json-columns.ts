/**
 * The columns of a row that is a JSON object.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { canonicalName } from '../../identity-names.ts';
import type { SourceColumns } from '../../source.ts';

/**
 * Names the members of an object canonically. A member that is there twice is refused, in one spelling or in two (`UserName`
 * and `user_name`): nobody can tell which of them is meant.
 *
 * @param value any JSON value
 * @param names the names as the text has them, where that is known. A parser keeps only the last of two members of one name
 */
export function toColumns(
  value: unknown,
  names?: readonly string[],
): Result<SourceColumns, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('is not a JSON object');
  }
  const members = value as Record<string, unknown>;
  const columns: SourceColumns = {};
  const all = names ?? Object.keys(members);
  for (const name of all) {
    const canonical = rememberedName(name);
    if (Object.hasOwn(columns, canonical)) {
      const isRepeated = all.indexOf(name) !== all.lastIndexOf(name);
      return fail(`has the member ${name} ${isRepeated ? 'twice' : 'in two spellings'}`);
    }
    columns[canonical] = members[name];
  }
  return succeed(columns);
}

/** More names than any table has. Objects whose members have names of their own must not fill the memory. */
const MAX_NAMES = 1000;

const names = new Map<string, string>();

/** A file has the same names in every row. */
function rememberedName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const canonical = canonicalName(name);
  if (names.size < MAX_NAMES) names.set(name, canonical);
  return canonical;
}
