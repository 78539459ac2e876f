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
import { layerId, listLayers, toHashRow } from './hash-row.ts';
import { showProgress } from './progress.ts';

/** One transaction: what an interruption costs. */
const BATCH_ROWS = 50;

const BATCH_DEADLINE_MS = 60_000;

/** Those without any layer of today's, an unreadable one included. */
const isBare = not(like(users.passwordHash, '$portero$%'));

export async function hardenUsers(): Promise<void> {
  await withDatabase(async ({ databaseUrl, name }) => {
    const db = () => connect(databaseUrl, BATCH_DEADLINE_MS);
    const progress = showProgress(await db().$count(users, isBare));
    let hardened = 0;
    let batch: BareRow[] = [];
    do {
      batch = await nextBatch(db(), batch.at(-1)?.id ?? '');
      hardened += await hardenBatch(db(), batch);
      progress.advance(batch.length);
    } while (batch.length > 0);
    progress.end();
    audit({ event: 'hashes_hardened', hardened });
    const left = await db().$count(users, isBare);
    const unreadable = left === 0 ? '' : ` ${left} are no hashes of ASP.NET Core Identity.`;
    console.log(`Hardened ${hardened} hashes in ${name}.${unreadable}`);
  });
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
    .limit(BATCH_ROWS);
}

/** @returns how many; one whose password was changed meanwhile stays as it is */
async function hardenBatch(db: Database, batch: BareRow[]): Promise<number> {
  const hashes = await Promise.all(batch.map(({ passwordHash }) => toHashRow(passwordHash, true)));
  const updates = batch.flatMap(({ id, passwordHash }, index) => {
    const hash = hashes[index];
    if (passwordHash === null || hash === undefined || hash.passwordHash === passwordHash)
      return [];
    return db
      .update(users)
      .set({
        passwordHash: hash.passwordHash,
        foreignLayerId: layerId(hash),
        updatedAt: sql`now()`,
      })
      .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash)));
  });
  if (updates.length === 0) return 0;
  const statements = [...listLayers(db, hashes), ...updates] as unknown as [
    (typeof updates)[0] & object,
  ];
  const results: { rowCount?: number }[] = await db.batch(statements);
  return results.slice(-updates.length).reduce((sum, { rowCount = 0 }) => sum + rowCount, 0);
}
