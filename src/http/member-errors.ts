/**
 * What is wrong with the members of a body or the parameters of a query.
 *
 * @module
 */
import type * as v from 'valibot';
import type { MemberError } from '#portero/internal/problem.ts';

/** Returns one error for each member that has a fault: the first that the schema found. */
export function memberErrors(issues: v.BaseIssue<unknown>[]): MemberError[] {
  const errors = new Map<string, MemberError>();
  for (const { path, message } of issues) {
    const member = String(path?.[0]?.key);
    if (!errors.has(member)) errors.set(member, { member, detail: message });
  }
  return [...errors.values()];
}
