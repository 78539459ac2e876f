/**
 * What an update does not bring after all.
 *
 * @module
 */

import type { Staging } from '../staging/staging.ts';
import type { Field } from './compare-user.ts';
import type { UpdateDetails } from './outcome.ts';

/**
 * Takes fields out of what an update brings.
 *
 * @param why the reason, for the report
 */
export function leaveOut(
  staging: Staging,
  number: number,
  fields: readonly Field[],
  why: Partial<UpdateDetails>,
): void {
  const { details } = staging.get<{ details: string }>(
    'select details from users where number = ?',
    number,
  );
  const before: UpdateDetails = JSON.parse(details);
  const changed = before.changed.filter((field) => !fields.includes(field));
  const known = before.present.record;
  // The record keeps what it had of them, so the next import tries again.
  const record = before.record && {
    ...before.record,
    ...(fields.includes('userName') ? { userName: known?.userName ?? null } : {}),
  };
  staging.run(
    'update users set outcome = ?, details = ? where number = ?',
    changed.length > 0 ? 'updated' : 'unchanged',
    JSON.stringify({ ...before, ...why, changed, record }),
    number,
  );
}
