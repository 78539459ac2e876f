/**
 * What becomes of each row: created, updated, unchanged or rejected.
 *
 * @module
 */
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { showProgress } from '../../progress.ts';
import type { ImportOptions } from '../options.ts';
import { type StagedUser, toSourceUser, USER_COLUMNS } from '../staging/staged-user.ts';
import type { Staging } from '../staging/staging.ts';
import {
  compareUser,
  isSamePerson,
  isSameRecord,
  type Knowledge,
  recordAfter,
} from './compare-user.ts';
import { settleNames } from './name-changes.ts';
import type { UpdateDetails } from './outcome.ts';
import { type Present, readPresent } from './present-users.ts';

interface PlannedRow extends StagedUser {
  exported_id: string;
}

const BATCH_ROWS = 1000;

/**
 * Sets `outcome` and `details` of users. Reads only.
 *
 * @param knowledge what the source can tell of users who are there already
 * @param where the users, as a condition of SQL
 */
export async function planUsers(
  staging: Staging,
  database: DatabaseAddress,
  options: ImportOptions,
  knowledge: Knowledge,
  where = 'true',
): Promise<void> {
  staging.run("update users set outcome = 'rejected' where problem is not null");
  const accepted = `problem is null and ${where}`;
  const progress = showProgress(staging.count(`from users where ${accepted}`), 'Comparing');
  try {
    const batches = staging.batches<PlannedRow>(
      `${USER_COLUMNS}, exported_id`,
      accepted,
      BATCH_ROWS,
    );
    for (const batch of batches) {
      const wanted = batch.map((row) => ({
        id: row.id,
        exportedId: row.exported_id,
        normalizedUserName: row.normalized_user_name,
      }));
      const present = await readPresent(database, options.source, wanted);
      for (const row of batch)
        settle(staging, row.number, decide(row, options, present, knowledge));
      progress.advance(batch.length);
    }
  } finally {
    progress.end();
  }
  settleNames(staging);
}

/** What becomes of one row. */
type Decision =
  | { outcome: 'created'; details?: { nameOf: string } }
  | { outcome: 'updated' | 'unchanged'; details: UpdateDetails | { isDeleted: true } }
  | { outcome: 'rejected'; problem: string };

function decide(
  row: PlannedRow,
  options: ImportOptions,
  { byId, byName, deleted }: Present,
  knowledge: Knowledge,
): Decision {
  const source = toSourceUser(row);
  const namesake = byName.get(source.normalizedUserName);
  const nameOf = namesake?.id === source.id ? undefined : namesake?.id;
  const present = byId.get(source.id);
  if (present === undefined) {
    const isInOtherCase =
      byId.has(row.exported_id) || nameOf?.toLowerCase() === source.id.toLowerCase();
    if (isInOtherCase) return reject('the Id is in the database in another case');
    if (deleted.has(source.id) && !options.restoreDeleted) {
      return { outcome: 'unchanged', details: { isDeleted: true } };
    }
    return nameOf === undefined
      ? { outcome: 'created' }
      : { outcome: 'created', details: { nameOf } };
  }
  // Nobody has imported this GUID before, and another user has it in small letters.
  const isMerger = source.id !== row.exported_id && present.record === null;
  if (isMerger && source.normalizedUserName !== present.normalizedUserName) {
    return reject('the Id in small letters is that of another UserName in the database');
  }
  if (!isSamePerson(source, present)) return reject(ID_OF_OTHER);
  const comparison = compareUser(source, present, knowledge);
  const record = recordAfter(source, present, comparison, knowledge);
  const isRecorded = !options.update || isSameRecord(record, present.record);
  const details: UpdateDetails = { ...comparison, present, record: isRecorded ? null : record };
  const isRenamed = comparison.changed.includes('userName');
  if (isRenamed && nameOf !== undefined) details.nameOf = nameOf;
  const isUpdated = options.update && comparison.changed.length > 0;
  return { outcome: isUpdated ? 'updated' : 'unchanged', details };
}

function reject(problem: string): Decision {
  return { outcome: 'rejected', problem };
}

const ID_OF_OTHER =
  'the Id is that of another user in the database. If it is the same person under a new name, use users rename first';

function settle(staging: Staging, number: number, decision: Decision): void {
  const details = 'details' in decision ? JSON.stringify(decision.details) : null;
  const problem = 'problem' in decision ? decision.problem : null;
  staging.run(
    'update users set outcome = ?, details = ?, problem = ? where number = ?',
    ...[decision.outcome, details, problem, number],
  );
}
