/**
 * Brings new user names. Two users may swap theirs.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { users } from '../../../src/db/schema.ts';
import { OperatorError } from '../../operator-error.ts';
import { isTaken } from '../../taken-name.ts';
import { connectTo } from '../connect-to.ts';
import type { Staging } from '../staging/staging.ts';

/** Changes all names in one transaction, before anything else is written. */
export async function renameUsers(database: DatabaseAddress, staging: Staging): Promise<void> {
  const rows = staging.all(
    `select id, user_name as "newName", normalized_user_name as "newNormalizedName",
      details ->> '$.present.userName' as "oldName"
    from users where outcome = 'updated' and exists (
      select 1 from json_each(details, '$.changed') where value = 'userName'
    )`,
  );
  if (rows.length === 0) return;
  const db = await connectTo(database);
  const row = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(
    "id" text, "newName" text, "newNormalizedName" text, "oldName" text)`;
  try {
    await db.batch([
      // Nobody keeps the old name meanwhile, so that another user can have it. No name begins with U+0001.
      db.execute(sql`
        update ${users} set normalized_user_name = chr(1) || users.id
        from ${row} where users.id = row."id" and users.user_name = row."oldName"`),
      db.execute(sql`
        update ${users} set user_name = row."newName",
          normalized_user_name = row."newNormalizedName", updated_at = now()
        from ${row} where users.id = row."id" and users.normalized_user_name = chr(1) || users.id`),
    ]);
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new OperatorError('A user name was taken meanwhile. Run the same command again.');
  }
}
