/**
 * What a row of `users` holds of an imported password hash.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import type { Database } from '../src/db/connection.ts';
import { foreignLayers } from '../src/db/schema.ts';
import { blockIterations, type ForeignLayer } from '../src/password/identity-hash.ts';
import { hardenHash } from '../src/password/password.ts';
import { MAX_ITERATIONS_PER_CALL } from '../src/password/pbkdf2.ts';
import { parseStoredHash } from '../src/password/stored-hash.ts';

/** Every login pays for a listed layer: no more than twice the iterations of one call. */
const MAX_LISTED_COST = 2 * MAX_ITERATIONS_PER_CALL;

type Layer = typeof foreignLayers.$inferInsert;

export interface HashRow {
  passwordHash: string | null;
  /** To be listed, so that every login derives it; absent where the hash begins with none, or a long one. */
  layer?: Layer;
}

/** @param harden puts today's layers over another system's key, which takes as long as a login's hash */
export async function toHashRow(passwordHash: string | null, harden: boolean): Promise<HashRow> {
  const hash = passwordHash === null ? null : parseStoredHash(passwordHash);
  if (passwordHash === null || hash?.foreign === undefined) return { passwordHash };
  const stored = (harden && (await hardenHash(passwordHash))) || passwordHash;
  const { hash: name, iterations, salt, keyLength } = hash.foreign;
  if (!isListed(hash.foreign)) return { passwordHash: stored };
  const layer = { hash: name, iterations, saltLength: salt.length, keyLength };
  return { passwordHash: stored, layer };
}

/** Whether every login is to derive a layer, so that it betrays nobody. */
export function isListed(layer: ForeignLayer): boolean {
  return layer.iterations <= MAX_ITERATIONS_PER_CALL && blockIterations(layer) <= MAX_LISTED_COST;
}

/**
 * Lists layers, to be part of the transaction that stores the hashes: the cron trigger forgets a layer
 * that no hash begins with.
 */
export function listLayers(db: Database, rows: HashRow[]) {
  const layers = new Map(
    rows.flatMap(({ layer }) => (layer ? [[JSON.stringify(layer), layer]] : [])),
  );
  // In one order, so that two commands at a time do not wait for each other.
  const ordered = [...layers].sort(([one], [other]) => (one < other ? -1 : 1));
  return ordered.map(([, layer]) =>
    db
      .insert(foreignLayers)
      .values(layer)
      .onConflictDoUpdate({
        target: [
          foreignLayers.hash,
          foreignLayers.iterations,
          foreignLayers.saltLength,
          foreignLayers.keyLength,
        ],
        set: { hash: layer.hash }, // changes nothing, and locks the row until the hashes are stored
      }),
  );
}

/**
 * How many rows are stored in one transaction, which is what a crash costs: about a second's work where
 * they are hardened.
 */
export const batchRows = (harden: boolean) => (harden ? 20 : 200);

/** How long a transaction may take in a database far away. */
export const BATCH_DEADLINE_MS = 60_000;

/**
 * Stores hashes and lists their layers, in one transaction.
 *
 * @param statements that store the hashes
 * @returns the result of each of the statements
 */
export async function storeHashes<T>(
  db: Database,
  hashes: HashRow[],
  statements: (PromiseLike<T> & BatchItem<'pg'>)[],
): Promise<T[]> {
  // Drizzle wants to know how many statements there are.
  const batch = [...listLayers(db, hashes), ...statements] as unknown as [BatchItem<'pg'>];
  const results: unknown[] = await db.batch(batch);
  return results.slice(-statements.length) as T[];
}

/** The id of a row's layer, once {@link listLayers} has listed it. */
export function layerId({ layer }: HashRow): SQL<number> | null {
  if (layer === undefined) return null;
  const { hash, iterations, saltLength, keyLength } = layer;
  return sql<number>`(
    select id from ${foreignLayers}
    where hash = ${hash} and iterations = ${iterations}
      and salt_length = ${saltLength} and key_length = ${keyLength}
  )`;
}
