/**
 * `users harden`: today's layers over the hashes that were imported without.
 *
 * @module
 */
import { and, asc, eq, gt, like, not, sql } from 'drizzle-orm';
import { connect, type Database } from '../src/db/connection.ts';
import { users } from '../src/db/schema.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import {
  BATCH_DEADLINE_MS,
  batchRows,
  type HashRow,
  layerId,
  storeHashes,
  toHashRow,
} from './hash-row.ts';
import { Interruption } from './interruption.ts';
import { showProgress } from './progress.ts';

/** Those without any layer of today's, an unreadable one included. */
const isBare = not(like(users.passwordHash, '$portero$%'));

export async function hardenUsers(): Promise<void> {
  const interruption = new Interruption();
  await withDatabase(async ({ databaseUrl, name }) => {
    const db = () => connect(databaseUrl, BATCH_DEADLINE_MS);
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
    console.log(`Hardened ${hardened} hashes in ${name}.`);
    if (unreadable > 0) console.log(`${unreadable} are no hashes of ASP.NET Core Identity.`);
  });
  process.exitCode = interruption.conclude() ?? 0;
}

interface BareRow {
  id: string;
  passwordHash: string | null;
}

function nextBatch(db: Database, afterId: string): Promise<BareRow[]> {
  return db
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(and(isBare, gt(users.id, afterId)))
    .orderBy(asc(users.id))
    .limit(batchRows(true));
}

interface HashedRow {
  row: BareRow;
  hash: HashRow;
}

/** @returns those that could be hardened */
async function hashBatch(batch: BareRow[]): Promise<HashedRow[]> {
  const hashed = await Promise.all(
    batch.map(async (row) => ({ row, hash: await toHashRow(row.passwordHash, true) })),
  );
  return hashed.filter(({ row, hash }) => hash.passwordHash !== row.passwordHash);
}

/** @returns how many; one whose password was changed meanwhile stays as it is */
async function storeBatch(db: Database, hashed: HashedRow[]): Promise<number> {
  if (hashed.length === 0) return 0;
  const updates = hashed.map(({ row: { id, passwordHash }, hash }) =>
    db
      .update(users)
      .set({
        passwordHash: hash.passwordHash,
        foreignLayerId: layerId(hash),
        updatedAt: sql`now()`,
      })
      .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash as string))),
  );
  const hashes = hashed.map(({ hash }) => hash);
  const results = await storeHashes(db, hashes, updates);
  return results.reduce((sum, { rowCount }) => sum + rowCount, 0);
}
