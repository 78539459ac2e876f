/**
 * `users harden`: today's layers over the hashes that were imported without.
 *
 * @module
 */
import { and, asc, eq, gt, like, not, sql } from 'drizzle-orm';
import { connect, type Database } from '../src/db/connection.ts';
import { users } from '../src/db/schema.ts';
import { parseStoredHash } from '../src/password/stored-hash.ts';
import { audit } from './audit.ts';
import { batchRows } from './batch-rows.ts';
import { withDatabase } from './database.ts';
import type { ExitCode } from './exit-code.ts';
import { BATCH_DEADLINE_MS, type HashRow, layerIdOf, storeHashes, toHashRow } from './hash-row.ts';
import { Interruption } from './interruption.ts';
import { printLine } from './print.ts';
import { showProgress } from './progress.ts';

/** The hash has none of today's layers. It may also be unreadable. */
const isBare = not(like(users.passwordHash, '$portero$%'));

export async function hardenUsers(): Promise<ExitCode> {
  const interruption = new Interruption();
  await withDatabase(async ({ database, name }) => {
    const db = () => connect(database, BATCH_DEADLINE_MS);
    const progress = showProgress(await db().$count(users, isBare));
    let hardened = 0;
    let unreadable = 0;
    let batch: BareRow[] = [];
    interruption.wait();
    do {
      batch = await nextBatch(db(), batch.at(-1)?.id ?? '');
      const hashed = await hashBatch(batch);
      hardened += await storeBatch(db(), hashed);
      unreadable += batch.length - hashed.length;
      progress.advance(batch.length);
    } while (batch.length > 0 && !interruption.isRequested);
    progress.end();
    audit({ event: 'hashes_hardened', hardened });
    printLine(`Hardened ${hardened} hashes in ${name}.`);
    if (unreadable > 0) printLine(`${unreadable} are no hashes of ASP.NET Core Identity.`);
  });
  return interruption.conclude();
}

/** A user whose hash has none of today's layers. */
interface BareRow {
  id: string;
  passwordHash: string;
}

function nextBatch(db: Database, afterId: string): Promise<BareRow[]> {
  return db
    .select({ id: users.id, passwordHash: sql<string>`${users.passwordHash}` })
    .from(users)
    .where(and(isBare, gt(users.id, afterId)))
    .orderBy(asc(users.id))
    .limit(batchRows(true));
}

/** A user and the hardened hash. */
interface HardenedRow extends BareRow {
  hardened: HashRow;
}

/** @returns the rows whose hash could be read */
async function hashBatch(batch: BareRow[]): Promise<HardenedRow[]> {
  const rows = await Promise.all(
    batch.map(async (row) => {
      const hash = parseStoredHash(row.passwordHash);
      return hash.ok ? [{ ...row, hardened: await toHashRow(hash.value, true) }] : [];
    }),
  );
  return rows.flat();
}

/** @returns how many. A user whose password was changed in between keeps the new hash */
async function storeBatch(db: Database, rows: HardenedRow[]): Promise<number> {
  if (rows.length === 0) return 0;
  const updates = rows.map(({ id, passwordHash, hardened }) =>
    db
      .update(users)
      .set({
        passwordHash: hardened.passwordHash,
        foreignLayerId: layerIdOf(hardened),
        updatedAt: sql`now()`,
      })
      .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash))),
  );
  const hashes = rows.map(({ hardened }) => hardened);
  const results = await storeHashes(db, hashes, updates);
  return results.reduce((sum, { rowCount }) => sum + rowCount, 0);
}
