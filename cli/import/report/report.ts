/**
 * What an import says about single rows: at the terminal, in `--rejects` and in `--report`.
 *
 * @module
 */

import { count } from '../../count.ts';
import { printErrorLine } from '../../print.ts';
import { placeOf } from '../staging/place.ts';
import type { Reading } from '../staging/read-source.ts';
import type { SqlRow, Staging } from '../staging/staging.ts';
import { FIELDS, type Field } from '../users/compare-user.ts';
import type { MissingUsers } from '../users/missing-users.ts';
import type { Outcome, UpdateDetails } from '../users/outcome.ts';
import { toDay } from '../users/who-may-log-in.ts';
import type { LineFile } from './line-file.ts';

const BATCH_ROWS = 1000;

/** Where the rows of the source go that are told one by one. */
export interface Report {
  unit: Reading['unit'];
  rejects: LineFile;
  report: LineFile;
}

/** For people: what a field is called in the source. */
export const FIELD_NAMES: Record<Field, string> = {
  userName: 'UserName',
  email: 'Email',
  active: 'active',
  role: 'role',
  password: 'password',
};

/** No more faults, and no more places of one fault, are printed. The files have all of them. */
const MAX_FAULTS = 50;
const MAX_PLACES = 5;

/**
 * Prints every fault once, with its count and its first places.
 *
 * @param where which rows, as a condition of SQL
 */
export function printRejected(staging: Staging, unit: Report['unit'], where = 'true'): void {
  const faults = staging.all<{ problem: string; rows: number }>(
    `select problem, count(*) as rows from users where problem is not null and ${where}
    group by 1 order by min(number)`,
  );
  for (const { problem, rows } of faults.slice(0, MAX_FAULTS)) {
    const places = staging
      .all<{ number: number; id: string | null }>(
        `select number, id from users where problem = ? and ${where} order by number limit ?`,
        problem,
        MAX_PLACES,
      )
      .map((row) => placeOf({ unit, ...row }));
    printErrorLine(sentenceOf(problem, rows, places));
  }
  const more = faults.length - MAX_FAULTS;
  if (more > 0)
    printErrorLine(`… and ${count(more, 'fault')} more. --rejects FILE has all of them.`);
}

/** Writes the rejected rows to `--rejects`. @param where which of them, as a condition of SQL */
export function writeRejected(staging: Staging, { unit, rejects }: Report, where = 'true'): void {
  const rejected = `problem is not null and ${where}`;
  const batches = staging.batches<{ id: string | null; problem: string }>(
    'id, problem',
    rejected,
    BATCH_ROWS,
  );
  for (const batch of batches) {
    rejects.append(
      batch.map(({ number, id, problem }) => ({
        [unit]: number,
        ...(id === null ? {} : { id }),
        reason: problem,
      })),
    );
  }
}

/** Prints the rows of the tables beside the users that cannot be read. */
export function printFaultsOfOtherTables(staging: Staging): void {
  const faults = staging.all<{ table_name: string; reason: string; rows: number; places: string }>(
    `select table_name, reason, count(*) as rows, group_concat(place, ', ') filter (where nth <= ${MAX_PLACES}) as places
    from (select *, rowid as row, row_number() over (partition by table_name, reason) as nth from faults)
    group by 1, 2 order by min(row)`,
  );
  for (const { table_name, reason, rows, places } of faults) {
    printErrorLine(`${table_name}, ${sentenceOf(reason, rows, places.split(', '))}`);
  }
}

/** ```ts sentenceOf('Id is missing', 2, ['line 2', 'line 7']); // 2 rows: Id is missing (line 2, line 7) ``` */
function sentenceOf(problem: string, rows: number, places: string[]): string {
  const [first] = places;
  if (rows === 1) return `${first}: ${problem}`;
  const more = rows > places.length ? ', …' : '';
  return `${count(rows, 'row')}: ${problem} (${places.join(', ')}${more})`;
}

interface ReportedRow extends SqlRow {
  number: number;
  id: string | null;
  user_name: string | null;
  role: string | null;
  active: number | null;
  inactive_because: string | null;
  locked_until: number | null;
  dropped_hash: string | null;
  has_password: number;
  outcome: Outcome;
  details: string | null;
  problem: string | null;
}

const COLUMNS = `id, user_name, role, active, inactive_because, locked_until, dropped_hash,
  hash is not null as has_password, outcome, details, problem`;

/** Writes rows to `--report`. @param where which of them, as a condition of SQL */
export function writeRows(staging: Staging, { unit, report }: Report, where: string): void {
  for (const batch of staging.batches<ReportedRow>(COLUMNS, where, BATCH_ROWS)) {
    report.append(
      batch.map((row) => ({
        [unit]: row.number,
        id: row.id,
        userName: row.user_name,
        outcome: row.outcome,
        ...(row.outcome === 'created' ? { role: row.role, active: row.active === 1 } : {}),
        why: whyOf(row),
      })),
    );
  }
}

/** Writes a line for each user whom the source lacks. @param left the names of users who stay active */
export function reportMissing(
  { report }: Report,
  { users }: MissingUsers,
  outcome: string,
  left: string[] = [],
): void {
  report.append(
    users
      .filter(({ userName }) => !left.includes(userName))
      .map(({ id, userName }) => ({ id, userName, outcome, why: ['the source lacks the user'] })),
  );
}

function whyOf(row: ReportedRow): string[] {
  if (row.problem !== null) return [row.problem];
  if (row.outcome === 'created') return whyCreated(row);
  const details: Partial<UpdateDetails> & { isDeleted?: true } = JSON.parse(row.details ?? '{}');
  const said = (text: string, fields: Field[] = [], name = (field: Field) => FIELD_NAMES[field]) =>
    fields.length === 0
      ? []
      : `${text}: ${FIELDS.filter((field) => fields.includes(field))
          .map(name)
          .join(', ')}`;
  return [
    row.outcome === 'updated'
      ? said('brought', details.changed, (field) => describe(field, row, details))
      : said('differs', details.changed),
    said('changed in Portero, and stays so', details.kept),
    said('differs, and nobody knows on which side it was changed', details.unknown),
    details.isNameTaken ? 'keeps the UserName, because another user has the new one' : [],
    details.isLastAdministrator ? 'is the last active administrator, and stays so' : [],
    details.isRaced ? 'was changed in Portero while the import was running' : [],
    details.isStillInactive ? 'stays inactive, because the source does not say it any more' : [],
    details.isDeleted ? 'was deleted in Portero' : [],
  ].flat();
}

function describe(field: Field, row: ReportedRow, { present }: Partial<UpdateDetails>): string {
  if (field === 'active') return row.active ? 'active' : 'inactive';
  if (field === 'userName') return `${FIELD_NAMES.userName} (before: ${present?.userName})`;
  return FIELD_NAMES[field];
}

function whyCreated(row: ReportedRow): string[] {
  const because: Record<string, string> = {
    flag: 'inactive by its flag',
    flag_null: 'inactive, because its flag is NULL',
    locked: `inactive, because LockoutEnd is ${toDay(row.locked_until ?? 0)}`,
    unfindable: 'inactive, because NormalizedUserName is NULL',
    unconfirmed: 'inactive, because EmailConfirmed is 0',
  };
  const inactive = row.inactive_because === null ? [] : [because[row.inactive_because] ?? ''];
  if (row.dropped_hash !== null) return [...inactive, `without its ${row.dropped_hash} hash`];
  return row.has_password ? inactive : [...inactive, 'without a password'];
}
