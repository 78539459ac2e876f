/**
 * The list of foreign layers: the shapes of imported hashes that every login derives, so that no user stands out.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import type { LayerShape } from '../password/foreign-layer.ts';
import type { Database } from './connection.ts';
import { foreignLayers, users } from './schema.ts';

/**
 * Makes the statements that list shapes. They belong into the transaction that stores the hashes, because the cron
 * trigger forgets a shape that no hash has.
 *
 * @param shapes where one is repeated, it is listed once
 */
export function listForeignLayers(db: Database, shapes: LayerShape[]) {
  const byKey = new Map(shapes.map((shape) => [JSON.stringify(shape), shape]));
  // In one fixed order, so that two commands at a time do not wait for each other.
  const ordered = [...byKey].sort(([one], [other]) => (one < other ? -1 : 1));
  return ordered.map(([, shape]) =>
    db
      .insert(foreignLayers)
      .values(shape)
      .onConflictDoUpdate({
        target: [
          foreignLayers.hash,
          foreignLayers.iterations,
          foreignLayers.saltLength,
          foreignLayers.keyLength,
        ],
        set: { hash: shape.hash }, // changes nothing, and locks the row until the hashes are stored
      }),
  );
}

/** Selects the id of a shape that {@link listForeignLayers} has listed. */
export function foreignLayerId({ hash, iterations, saltLength, keyLength }: LayerShape) {
  return sql<number>`(
    select id from ${foreignLayers}
    where hash = ${hash} and iterations = ${iterations}
      and salt_length = ${saltLength} and key_length = ${keyLength}
  )`;
}

/** Selects every listed shape as one JSON array, in the same order for every name. */
export function selectForeignLayers(): SQL {
  return sql`array_to_json(array(
    select json_build_object(
      'hash', hash, 'iterations', iterations, 'saltLength', salt_length, 'keyLength', key_length
    ) from ${foreignLayers} order by id
  ))`;
}

/**
 * Forgets the shapes that no hash has any more. From then on logins do not derive them.
 *
 * @returns how many
 */
export async function pruneForeignLayers(db: Database): Promise<number> {
  // An import lists its shapes before it stores the hashes. The lock waits until both are done, and only the next
  // statement sees them.
  const [, { rowCount }] = await db.batch([
    db.execute(sql`lock table ${foreignLayers} in share row exclusive mode`),
    db.execute(sql`
      delete from ${foreignLayers} where not exists (
        select from ${users} where ${users.foreignLayerId} = ${foreignLayers.id}
      )`),
  ]);
  return rowCount;
}
