/**
 * The list of the foreign layers that users' hashes begin with.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { foreignLayers, users } from './schema.ts';

/**
 * Forgets the layers that nobody's hash begins with any more: logins need not derive them from then on.
 *
 * @returns how many
 */
export async function pruneForeignLayers(db: Database): Promise<number> {
  // An import lists its layers before it stores the hashes. The lock waits for it to have done both,
  // and only the next statement sees them.
  const [, { rowCount }] = await db.batch([
    db.execute(sql`lock table ${foreignLayers} in share row exclusive mode`),
    db.execute(sql`
      delete from ${foreignLayers} where not exists (
        select from ${users} where ${users.foreignLayerId} = ${foreignLayers.id}
      )`),
  ]);
  return rowCount;
}
