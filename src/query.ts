/**
 * The query of a URL, checked.
 *
 * @module
 */
import * as v from 'valibot';
import { type MemberError, problem } from './problem.ts';

/**
 * Reads the parameters of a query. Their names match without regard to case; one that is unknown or
 * repeated is a mistake, because a filter that is not applied answers more than was asked for.
 *
 * @param schema of an object with a member for each parameter, by its name in lower case
 * @returns the parameters, or a 400 that names every one that is wrong
 */
export function readQuery<T>(
  url: string,
  schema: v.GenericSchema<unknown, T> & { entries: object },
): { query: T } | { refusal: Response } {
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
  if (result.success && errors.length === 0) return { query: result.output };
  return { refusal: problem(400, 'The query has mistakes.', undefined, errors) };
}

/** One for each member that has a fault. */
export function memberErrors(issues: v.BaseIssue<unknown>[]): MemberError[] {
  const errors = new Map<string, MemberError>();
  for (const { path, message } of issues) {
    const member = String(path?.[0]?.key);
    if (!errors.has(member)) errors.set(member, { member, detail: message });
  }
  return [...errors.values()];
}
