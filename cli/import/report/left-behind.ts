/**
 * What of the source does not arrive.
 *
 * @module
 */

import { count } from '../../count.ts';
import type { ImportOptions } from '../options.ts';
import type { Reading } from '../staging/read-source.ts';
import type { Staging } from '../staging/staging.ts';

const ACCEPTED = 'from users where problem is null';

/** Everything of the source that Portero does not have, by kind. */
export function explainLeftBehind(
  staging: Staging,
  reading: Reading,
  options: ImportOptions,
): string[] {
  const lines = countLeftBehind(staging, reading, options)
    .filter(({ rows }) => rows > 0)
    .map(({ rows, what }) => `  ${what}: ${rows}`);
  const withoutPassword = staging.count(`${ACCEPTED} and hash is null`);
  const shared = staging.count(
    `from (select 1 ${ACCEPTED} and email is not null group by lower(email) having count(*) > 1)`,
  );
  return [
    ...(lines.length > 0 ? ['These did not arrive:', ...lines] : []),
    ...explainUnreadFlags(reading),
    ...(withoutPassword > 0
      ? [`${count(withoutPassword, 'user has', 'users have')} no password in the source.`]
      : []),
    ...(shared > 0
      ? [`${count(shared, 'e-mail address belongs', 'e-mail addresses belong')} to several users.`]
      : []),
  ];
}

interface LeftBehind {
  rows: number;
  /** The kind, with its name where it has one. */
  what: string;
}

function countLeftBehind(
  staging: Staging,
  { otherTenants }: Reading,
  { permissionClaim = '' }: ImportOptions,
): LeftBehind[] {
  const named = staging.all<{ kind: string; name: string; rows: number }>(
    `select kind, name, rows from left_behind
    union all
    select 'role claims', type, count(*) from role_claims where type <> ? group by type
    union all
    select 'passwords', dropped_hash, count(*) from users where dropped_hash is not null group by 2
    order by kind, rows desc`,
    permissionClaim,
  );
  return [
    ...named.map(({ kind, name, rows }) => ({
      rows,
      what: name === '' ? kind : `${kind} (${name})`,
    })),
    { rows: staging.count(`${ACCEPTED} and has_phone_number`), what: 'phone numbers' },
    { rows: staging.count(`${ACCEPTED} and has_second_factor`), what: 'second factors' },
    {
      rows: countDangling(staging),
      what: 'roles of users who are not there',
    },
    { rows: otherTenants, what: 'users of other tenants' },
  ];
}

function countDangling(staging: Staging): number {
  return staging.count(
    `from memberships where user_key not in (select user_key from users_of_other_tenants)
      and not exists (select 1 from users where id_key = user_key)`,
  );
}

function explainUnreadFlags({ columns }: Reading): string[] {
  return columns
    .unreadFlags()
    .map(
      ({ column, rows }) =>
        `The column ${column} looks like a flag and is not read. It is set for ${count(rows, 'user')}. ` +
        '--active-column or --inactive-column reads it.',
    );
}
