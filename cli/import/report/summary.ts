/**
 * What an import says at its end: what became of every row, and what did not arrive.
 *
 * @module
 */

import { count } from '../../count.ts';
import type { ImportPlan } from '../import-plan.ts';
import type { ImportOptions } from '../options.ts';
import type { Staging } from '../staging/staging.ts';
import { FIELDS } from '../users/compare-user.ts';
import type { Deactivation, MissingUsers } from '../users/missing-users.ts';
import { OUTCOMES, type Outcome } from '../users/outcome.ts';
import { FIELD_NAMES } from './report.ts';

/** How many rows have each outcome. `waiting` are those that an interrupted import has not reached. */
export type Counts = Record<Outcome | 'read' | 'waiting', number>;

/** Counts all rows of users. */
export function countOutcomes(staging: Staging): Counts {
  const counts: Counts = { read: 0, waiting: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 };
  const rows = staging.all<{ outcome: Outcome; done: number; rows: number }>(
    'select outcome, is_done as done, count(*) as rows from users group by 1, 2',
  );
  for (const row of rows) {
    counts[row.done ? row.outcome : 'waiting'] += row.rows;
    counts.read += row.rows;
  }
  return counts;
}

/** The first line: created + updated + unchanged + rejected = rows read. */
export function summarize(counts: Counts, where: string, isDryRun: boolean): string {
  const outcomes = OUTCOMES.map((outcome) => `${counts[outcome]} ${outcome}`).join(', ');
  const waiting = counts.waiting > 0 ? `, ${counts.waiting} not reached` : '';
  const would = isDryRun ? ' It would be' : '';
  const ending = isDryRun ? ' Nothing was written.' : '';
  return `Read ${count(counts.read, 'row')} for ${where}.${would} ${outcomes}${waiting}.${ending}`;
}

/** How to go on where not all rows were reached. An interruption says by itself that the command can be run again. */
export function explainRest(
  { waiting }: Counts,
  { report, rejects }: ImportOptions,
  isInterrupted: boolean,
): string[] {
  if (waiting === 0) return [];
  const hasFile = report !== undefined || rejects !== undefined;
  return [
    ...(isInterrupted ? [] : ['Run the same command again to go on.']),
    ...(hasFile ? ['Give the files of --report and --rejects other names then.'] : []),
  ];
}

/** Sentences about the roles and permissions that the import makes. */
export function explainRoles({ roles, grants }: ImportPlan, { dryRun }: ImportOptions): string[] {
  const made = roles.filter(({ isNew }) => isNew);
  const names = made.map(({ name, isAdmin }) => (isAdmin ? `${name} (administrators)` : name));
  const permissions = grants.reduce((sum, grant) => sum + grant.permissions.length, 0);
  const would = dryRun ? 'Would make' : 'Made';
  return [
    ...(made.length > 0 ? [`${would} ${count(made.length, 'role')}: ${names.join(', ')}.`] : []),
    ...(permissions > 0
      ? [
          `${dryRun ? 'Would grant' : 'Granted'} ${count(permissions, 'permission')} to ${count(grants.length, 'role')}.`,
        ]
      : []),
  ];
}

/** Sentences about users who are there already, and differ. */
export function explainDifferences(staging: Staging, { update, source }: ImportOptions): string[] {
  const differing = countFields(staging, 'changed', "outcome = 'unchanged'");
  const brought = countFields(staging, 'changed', "outcome = 'updated'");
  const kept = countFields(staging, 'kept', IS_THERE);
  const unknown = countFields(staging, 'unknown', IS_THERE);
  const taken = staging.count("from users where details ->> '$.isNameTaken'");
  const raced = staging.count("from users where details ->> '$.isRaced'");
  const renamed = staging.count(
    "from users where exists (select 1 from json_each(details, '$.changed') where value = 'userName')",
  );
  const stillInactive = staging.count("from users where details ->> '$.isStillInactive'");
  const deleted = staging.count("from users where details ->> '$.isDeleted'");
  const last = staging.count("from users where details ->> '$.isLastAdministrator'");
  return [
    ...(differing.users > 0 && !update
      ? [
          `${count(differing.users, 'user differs', 'users differ')} from the source (${differing.fields}). --update brings what has changed there.`,
        ]
      : []),
    ...(brought.users > 0 && update ? [`Changed in the source: ${brought.fields}.`] : []),
    ...(unknown.users > 0
      ? [
          `${count(unknown.users, 'user differs', 'users differ')} (${unknown.fields}), and no import of the source ${source} has brought them. Nobody knows on which side they were changed, so they stay. Is it the right --source?`,
        ]
      : []),
    ...(taken > 0
      ? [
          `${count(taken, 'user keeps', 'users keep')} the UserName, because another user has the new one.`,
        ]
      : []),
    ...(raced > 0
      ? [
          `${count(raced, 'user was', 'users were')} changed in Portero while the import was running. Run the same command again.`,
        ]
      : []),
    ...(renamed > 0
      ? [`${count(renamed, 'user has', 'users have')} another UserName in the source than before.`]
      : []),
    ...(kept.users > 0
      ? [`Portero has changed ${count(kept.users, 'user')} and keeps that (${kept.fields}).`]
      : []),
    ...(stillInactive > 0
      ? [
          `${count(stillInactive, 'user stays', 'users stay')} inactive, because the source has no longer the column that says why they were.`,
        ]
      : []),
    ...(deleted > 0
      ? [
          `Portero has deleted ${count(deleted, 'user')} and keeps that. --restore-deleted brings them again.`,
        ]
      : []),
    ...(last > 0 ? ['The last active administrator stays one.'] : []),
  ];
}

/** Whether users differ from the source, and stay so for another reason than a change in Portero. */
export function isDiffering(staging: Staging, { update }: ImportOptions): boolean {
  const isLeft = !update && countFields(staging, 'changed', "outcome = 'unchanged'").users > 0;
  const isUndone = staging.count(
    "from users where details ->> '$.isNameTaken' or details ->> '$.isRaced' or details ->> '$.isLastAdministrator'",
  );
  return isLeft || isUndone > 0 || countFields(staging, 'unknown', IS_THERE).users > 0;
}

/** A sentence about users who are not in the source any more. */
export function explainMissing(
  { users }: MissingUsers,
  { deactivated, left }: Deactivation,
  { deactivateMissing, dryRun }: ImportOptions,
  isInterrupted: boolean,
): string[] {
  if (!deactivateMissing || isInterrupted) return [];
  const would = count(users.length, 'user');
  return [
    dryRun
      ? `Would deactivate ${would}, whom the source lacks.`
      : `Deactivated ${count(deactivated, 'user')}, whom the source lacks.`,
    ...left.map((name) => `${name} is the last active administrator, and stays active.`),
  ];
}

/** Of users who are there already. */
const IS_THERE = "outcome in ('updated', 'unchanged')";

function countFields(staging: Staging, list: 'changed' | 'kept' | 'unknown', where: string) {
  const users = staging.count(
    `from users where ${where} and json_array_length(details, '$.${list}') > 0`,
  );
  const rows = staging.all<{ field: string; users: number }>(
    `select value as field, count(*) as users from users, json_each(details, '$.${list}') where ${where} group by 1`,
  );
  const fields = FIELDS.flatMap((field) => {
    const row = rows.find((one) => one.field === field);
    return row === undefined ? [] : `${row.users} in ${FIELD_NAMES[field]}`;
  });
  return { users, fields: fields.join(', ') };
}
