/**
 * Names that change hands: a user of the source wants a name that another user of Portero still has.
 *
 * @module
 */

import type { Staging } from '../staging/staging.ts';
import type { Outcome } from './outcome.ts';
import { leaveOut } from './update-details.ts';

/**
 * Finds the rows whose name stays with another user. Where that user gets a new name too, the row goes in: two users may swap
 * their names. Otherwise a new user is rejected, and a user who is there keeps the old name: the rest of the update may be
 * the one that keeps the user out.
 */
export function settleNames(staging: Staging): void {
  const wanting = staging.all<{ number: number; id: string; outcome: Outcome; owner: string }>(
    `select number, id, outcome, details ->> '$.nameOf' as owner from users
    where outcome in ('created', 'updated') and details ->> '$.nameOf' is not null`,
  );
  const leaving = new Set(
    staging
      .all<{ id: string }>(
        `select id from users where outcome = 'updated' and exists (
          select 1 from json_each(details, '$.changed') where value = 'userName'
        )`,
      )
      .map(({ id }) => id),
  );
  // A user who cannot get the new name keeps the old one, so the next user cannot get that either.
  let blocked: typeof wanting;
  let waiting = wanting;
  do {
    blocked = waiting.filter(({ owner }) => !leaving.has(owner));
    waiting = waiting.filter(({ owner }) => leaving.has(owner));
    for (const { number, id, outcome } of blocked) {
      leaving.delete(id);
      if (outcome === 'updated') {
        leaveOut(staging, number, ['userName'], { isNameTaken: true });
        continue;
      }
      staging.run(
        "update users set outcome = 'rejected', details = null, problem = ? where number = ?",
        'the UserName is that of another user in the database',
        number,
      );
    }
  } while (blocked.length > 0);
}
