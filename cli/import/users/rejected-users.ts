/**
 * Rejected rows whose users are active in Portero.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { users } from '../../../src/db/schema.ts';
import { count } from '../../count.ts';
import { connectTo } from '../connect-to.ts';
import type { Staging } from '../staging/staging.ts';

const BATCH_ROWS = 1000;
/** So many names are enough in one sentence. */
const SHOWN_NAMES = 5;

/**
 * A rejected row changes nothing, also where the old system has deactivated its user. So the operator has to know these
 * users.
 *
 * @returns a sentence with their number and some of their names, or nothing
 */
export async function explainActiveRejected(
  staging: Staging,
  database: DatabaseAddress,
): Promise<string[]> {
  const names: string[] = [];
  const rejected = 'problem is not null and id is not null';
  for (const batch of staging.batches<{ id: string }>('id', rejected, BATCH_ROWS)) {
    const ids = JSON.stringify(batch.map(({ id }) => id));
    const { rows } = await (await connectTo(database)).execute<{ name: string }>(sql`
      select user_name as name from jsonb_array_elements_text(${ids}::jsonb) as wanted(id)
        join ${users} on users.id = wanted.id where active order by 1`);
    names.push(...rows.map(({ name }) => name));
  }
  if (names.length === 0) return [];
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  const more = names.length > SHOWN_NAMES ? ', …' : '';
  const rows = count(names.length, 'rejected row is of a user', 'rejected rows are of users');
  return [
    `${rows} active in Portero (${shown}${more}). Nothing of them was brought, so use users deactivate where the source keeps them out.`,
  ];
}
