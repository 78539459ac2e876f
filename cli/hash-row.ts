/**
 * The columns of `users` that hold an imported password hash.
 *
 * @module
 */
import type { SQL } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { Database } from '../src/db/connection.ts';
import { foreignLayerId, listForeignLayers } from '../src/db/foreign-layers.ts';
import { isListed, type LayerShape, shapeOf } from '../src/password/foreign-layer.ts';
import { hardenHash } from '../src/password/password.ts';
import type { StoredHash } from '../src/password/stored-hash.ts';

export interface HashRow {
  passwordHash: string | null;
  /**
   * The shape of the hash's foreign layer. It has to be listed, so that every login derives it. It is absent if the
   * hash has no foreign layer, or a layer that takes too long.
   */
  shape?: LayerShape;
}

/** @param harden puts today's layers over another system's key. That takes as long as the hash of a login */
export async function toHashRow(hash: StoredHash | null, harden: boolean): Promise<HashRow> {
  if (hash?.foreign === undefined) return { passwordHash: hash?.text ?? null };
  const passwordHash = harden && hash.kind === 'foreign' ? await hardenHash(hash) : hash.text;
  return isListed(hash.foreign) ? { passwordHash, shape: shapeOf(hash.foreign) } : { passwordHash };
}

/** Selects the id of a row's shape. {@link storeHashes} lists the shape before the id is selected. */
export function layerIdOf({ shape }: HashRow): SQL<number> | null {
  return shape === undefined ? null : foreignLayerId(shape);
}

/** A transaction may take this long, because the database may be far away. */
export const BATCH_DEADLINE_MS = 60_000;

/**
 * Stores hashes and lists their shapes, in one transaction.
 *
 * @param statements that store the hashes
 * @returns the result of each of the statements
 */
export async function storeHashes<T>(
  db: Database,
  rows: HashRow[],
  statements: (PromiseLike<T> & BatchItem<'pg'>)[],
): Promise<T[]> {
  const shapes = rows.flatMap(({ shape }) => shape ?? []);
  // Drizzle's type demands at least one statement.
  const batch = [...listForeignLayers(db, shapes), ...statements] as unknown as [BatchItem<'pg'>];
  const results: unknown[] = await db.batch(batch);
  return results.slice(-statements.length) as T[];
}
