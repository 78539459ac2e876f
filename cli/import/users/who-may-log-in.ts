/**
 * Decides which users arrive as active: nobody logs in after the import who could not before.
 *
 * @module
 */

import { count } from '../../count.ts';
import type { ImportOptions } from '../options.ts';
import type { ColumnsSeen } from '../row/columns-seen.ts';
import type { Reading } from '../staging/read-source.ts';
import type { Staging } from '../staging/staging.ts';
import type { Stop } from '../stop.ts';

/**
 * Identity locks a name for minutes after wrong passwords, and for ever where an administrator disables a user. A lock that
 * ends within this time is of the first kind.
 */
const RUNNING_LOCK_MS = 24 * 60 * 60 * 1000;

/** Why a user is inactive. The report names it. */
type InactiveBecause = 'flag' | 'flag_null' | 'locked' | 'unfindable' | 'unconfirmed';

/** Sets `active` and `inactive_because` of every user. @param now in milliseconds since 1970 */
export function decideWhoMayLogIn(
  staging: Staging,
  { columns }: Reading,
  { unconfirmed }: ImportOptions,
  now: number,
): Stop[] {
  const hasNormalizedNames = Number(
    staging.count('from users where is_normalized_alike is not null') > 0,
  );
  const asksForConfirmation = Number(columns.has('EmailConfirmed') && unconfirmed !== 'active');
  staging.run(
    `update users set inactive_because = case
      when is_flagged_active = 0 then 'flag'
      when is_flagged_active is null and ? then 'flag_null'
      when locked_until > ? then 'locked'
      when is_normalized_alike is null and ? then 'unfindable'
      when coalesce(is_email_confirmed, 0) = 0 and ? then 'unconfirmed' end
    where problem is null`,
    Number(columns.flags.length > 0),
    ...[now + RUNNING_LOCK_MS, hasNormalizedNames, asksForConfirmation],
  );
  // Every column that keeps the user out, because a later source may lack one of them.
  const flags = columns.flags.join();
  staging.run(
    `update users set active = inactive_because is null, inactive_by = nullif(concat_ws(',',
      case when coalesce(is_flagged_active, 0) = 0 and ? <> '' then ? end,
      case when locked_until > ? then ? end,
      case when is_normalized_alike is null and ? then 'NormalizedUserName' end,
      case when coalesce(is_email_confirmed, 0) = 0 and ? then 'EmailConfirmed' end), '')
    where problem is null`,
    ...[flags, flags, now + RUNNING_LOCK_MS],
    columns.has('LockoutEnd') ? 'LockoutEnd' : 'LockoutEndDateUtc',
    ...[hasNormalizedNames, asksForConfirmation],
  );
  staging.run('update users set inactive_by = null where active');
  return unconfirmed === undefined ? findUnconfirmed(staging) : [];
}

function findUnconfirmed(staging: Staging): Stop[] {
  const users = staging.count("from users where inactive_because = 'unconfirmed'");
  if (users === 0) return [];
  return [
    {
      sentence:
        `EmailConfirmed is 0 for ${count(users, 'user')}. Where the old system asks for a confirmed account, they cannot log ` +
        'in there. --unconfirmed inactive keeps it so, and --unconfirmed active lets them in.',
    },
  ];
}

/** Until Portero has second factors, a user with one would log in with less than before. */
export function findSecondFactors(staging: Staging, { dropSecondFactor }: ImportOptions): Stop[] {
  const users = staging.count('from users where has_second_factor and problem is null');
  if (dropSecondFactor || users === 0) return [];
  return [
    {
      sentence:
        `${count(users, 'user has', 'users have')} a second factor (TwoFactorEnabled), and Portero has none yet. With Portero, ` +
        'the password alone would let them in. --drop-second-factor accepts that.',
    },
  ];
}

/** Sentences about who is inactive, and who was locked for a short time. */
export function explainWhoMayLogIn(staging: Staging, { columns }: Reading, now: number): string[] {
  const because = staging.all<{ reason: InactiveBecause; users: number; until: number | null }>(
    `select inactive_because as reason, count(*) as users, max(locked_until) as until
    from users where problem is null and inactive_because is not null group by 1 order by 1`,
  );
  const flags = columns.flags.join(' and ');
  const sentences: Record<InactiveBecause, (until: string) => string> = {
    flag: () => `by ${flags}`,
    flag_null: () => `because ${flags} is NULL`,
    locked: (until) => `because LockoutEnd is more than a day away: ${until} at the latest`,
    unfindable: () => 'because NormalizedUserName is NULL: it finds nobody without it',
    unconfirmed: () => 'because EmailConfirmed is 0',
  };
  const running = staging.count(
    'from users where problem is null and locked_until between ? and ?',
    now,
    now + RUNNING_LOCK_MS,
  );
  const otherwise = staging.count('from users where problem is null and is_normalized_alike = 0');
  return [
    ...explainUnknown(staging, columns, because.length > 0),
    ...(otherwise > 0
      ? [
          `${count(otherwise, 'user has', 'users have')} a NormalizedUserName that is not made of the UserName. They log in with the UserName.`,
        ]
      : []),
    ...because.map(
      ({ reason, users, until }) =>
        `The source keeps ${count(users, 'user')} out, ${sentences[reason](until === null ? '' : toDay(until))}.`,
    ),
    ...(running > 0 ? [`${count(running, 'lock')} of less than a day did not arrive.`] : []),
  ];
}

/** The columns of Identity that keep users out. The first one has another name in Identity 2. */
const KEEPING_OUT = ['LockoutEnd', 'EmailConfirmed', 'TwoFactorEnabled'];

/** What the source does not say. A column that was not exported may have kept users out. */
function explainUnknown(staging: Staging, columns: ColumnsSeen, isAnybodyOut: boolean): string[] {
  if (staging.count('from users') === 0) return [];
  const missing = KEEPING_OUT.filter(
    (name) => !columns.has(name) && !(name === 'LockoutEnd' && columns.has('LockoutEndDateUtc')),
  );
  return [
    ...(columns.flags.length === 0 && !isAnybodyOut
      ? ['All users are active, because no column says who is not.']
      : []),
    ...(missing.length > 0
      ? [
          `The source has no ${missing.join(', ')}. Users whom the old system keeps out by it can log in.`,
        ]
      : []),
  ];
}

/** ```ts toDay(253402300799999); // 9999-12-31 ``` */
export function toDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
