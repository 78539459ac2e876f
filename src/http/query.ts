/**
 * The query of a URL, checked.
 *
 * @module
 */
import * as v from 'valibot';
import type { MemberError } from '#portero/internal/problem.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { trimName } from '../user-name.ts';
import { memberErrors } from './member-errors.ts';

/**
 * Reads the parameters of a query, as leniently as the members of a body are read. The names match without regard to case.
 * An unknown parameter is ignored: browsers and proxies add some of their own, such as `_=1732540000000` against caches.
 * Where a parameter is repeated, the last one wins. A blank parameter is the same as a missing one, because a form sends its
 * empty fields too.
 *
 * @param schema an object with a member for each parameter, named in lower case
 * @returns the parameters, or what is wrong with every faulty one
 */
export function readQuery<T>(
  url: string,
  schema: v.GenericSchema<unknown, T> & { entries: object },
): Result<T, 'query_invalid', { errors: MemberError[] }> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URL(url).searchParams) {
    const member = name.toLowerCase();
    if (Object.hasOwn(schema.entries, member)) parameters.set(member, value);
  }
  const given = [...parameters].filter(([, value]) => trimName(value) !== '');
  const result = v.safeParse(schema, Object.fromEntries(given));
  return result.success
    ? succeed(result.output)
    : fail('query_invalid', { errors: memberErrors(result.issues) });
}
