/**
 * Writes the users of an import, batch by batch.
 *
 * @module
 */
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { batchRows } from '../../batch-rows.ts';
import type { Interruption } from '../../interruption.ts';
import { showProgress } from '../../progress.ts';
import type { ImportOptions } from '../options.ts';
import { printRejected, type Report, writeRejected, writeRows } from '../report/report.ts';
import type { Staging } from '../staging/staging.ts';
import { FIELDS, type Knowledge } from './compare-user.ts';
import { createUsers } from './create-users.ts';
import { renameUsers } from './rename-users.ts';
import { leaveOut } from './update-details.ts';
import { updateUsers } from './update-users.ts';
import { planUsers } from './user-plan.ts';
import { ACCEPTED_COLUMNS, type AcceptedRow, type HashedRow, hashBatch } from './write-rows.ts';

export interface Writing {
  staging: Staging;
  database: DatabaseAddress;
  options: ImportOptions;
  knowledge: Knowledge;
  report: Report;
  interruption: Interruption;
}

/** An unchanged row is written too where its record is new. */
const IS_WRITTEN = "(outcome in ('created', 'updated') or details ->> '$.record' is not null)";

/** Writes every user who is created or updated. Each batch is one transaction, and an interruption ends after it. */
export async function applyUsers(writing: Writing): Promise<void> {
  const { staging, database, report, interruption } = writing;
  staging.run(`update users set is_done = 1 where not ${IS_WRITTEN}`);
  writeRows(staging, report, 'is_done');
  await renameUsers(database, staging);
  const progress = showProgress(staging.count(`from users where ${IS_WRITTEN}`), 'Writing');
  try {
    for await (const batch of hashedBatches(writing)) {
      await writeBatch(writing, batch);
      progress.advance(batch.length);
      if (interruption.isRequested) break;
    }
  } finally {
    progress.end();
  }
}

/** Hashes the next batch while one is written. */
async function* hashedBatches({ staging, options }: Writing): AsyncGenerator<HashedRow[]> {
  const { harden } = options;
  const batches = staging.batches<AcceptedRow>(ACCEPTED_COLUMNS, IS_WRITTEN, batchRows(harden));
  let ahead: Promise<HashedRow[]> | undefined;
  for (const batch of batches) {
    const hashed = hashBatch(batch, harden);
    if (ahead !== undefined) yield await ahead;
    ahead = hashed;
  }
  if (ahead !== undefined) yield await ahead;
}

async function writeBatch(writing: Writing, batch: HashedRow[]): Promise<void> {
  const { staging, database, options, report } = writing;
  const created = batch.filter(({ row }) => row.outcome === 'created');
  const others = batch.filter(({ row }) => row.outcome !== 'created');
  if (created.length > 0) {
    const ids = await createUsers(database, options.source, created);
    const raced = created.filter(({ row }) => !ids.has(row.id)).map(({ row }) => row.number);
    if (raced.length > 0) await settleRaced(writing, raced);
  }
  if (others.length > 0) {
    const { raced, lastAdministrators } = await updateUsers(database, options.source, others);
    for (const number of raced) {
      leaveOut(staging, number, FIELDS, { isRaced: true });
    }
    for (const number of lastAdministrators) {
      leaveOut(staging, number, ['active', 'role'], { isLastAdministrator: true });
    }
  }
  const isOfBatch = `number in (${batch.map(({ row }) => row.number).join()})`;
  staging.run(`update users set is_done = 1 where ${isOfBatch}`);
  writeRows(staging, report, isOfBatch);
}

/** Another command has added these users, or other users of their names, since the plan was made. */
async function settleRaced(writing: Writing, numbers: number[]): Promise<void> {
  const { staging, database, options, knowledge, report } = writing;
  const where = `number in (${numbers.join()})`;
  await planUsers(staging, database, { ...options, update: false }, knowledge, where);
  staging.run(
    `update users set outcome = 'rejected', problem = ? where outcome = 'created' and ${where}`,
    'was changed by another command meanwhile. Run the same command again',
  );
  printRejected(staging, report.unit, where);
  writeRejected(staging, report, where);
}
