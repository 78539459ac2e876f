/**
 * The query of a URL, checked.
 *
 * @module
 */
import * as v from 'valibot';
import type { MemberError } from '#portero/internal/problem.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { memberErrors } from './member-errors.ts';

/**
 * Reads the parameters of a query. The names match without regard to case. An unknown or a repeated parameter is a
 * fault: a filter that is not applied answers more than the caller asked for.
 *
 * @param schema an object with a member for each parameter, named in lower case
 * @returns the parameters, or what is wrong with every faulty one
 */
export function readQuery<T>(
  url: string,
  schema: v.GenericSchema<unknown, T> & { entries: object },
): Result<T, 'query_invalid', { errors: MemberError[] }> {
  const known = Object.keys(schema.entries);
  const parameters = new Map<string, string>();
  const errors: MemberError[] = [];
  const repeated = new Set<string>();
  let hasUnknown = false;
  for (const [name, value] of new URL(url).searchParams) {
    const member = name.toLowerCase();
    if (!known.includes(member)) hasUnknown = true;
    else if (parameters.has(member)) repeated.add(member);
    parameters.set(member, value);
  }
  for (const member of repeated) errors.push({ member, detail: 'is there more than once' });
  if (hasUnknown) errors.push({ detail: `only ${known.join(', ')} are known` });
  const result = v.safeParse(schema, Object.fromEntries(parameters));
  if (!result.success) errors.push(...memberErrors(result.issues));
  if (result.success && errors.length === 0) return succeed(result.output);
  return fail('query_invalid', { errors });
}
