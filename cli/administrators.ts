/**
 * Changes users, and makes sure that an active administrator remains.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../src/db/connection.ts';
import { roles, users } from '../src/db/schema.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Changes a user, unless the user is the last active administrator. The statement first locks the rows of all active
 * administrators. So if two commands run at once, the second command sees the change of the first.
 *
 * @param change the assignments of an `update`. After the update the user is no active administrator
 * @throws OperatorError if no other user could administrate
 */
export async function changeUnlessLastAdministrator(
  db: Database,
  { id, userName }: { id: string; userName: string },
  change: SQL,
): Promise<void> {
  const { rowCount } = await db.execute(sql`
    with administrators as (
      select ${users.id} from ${users} join ${roles} on ${roles.id} = ${users.roleId}
      where ${users.active} and ${roles.isAdmin} order by ${users.id} for update of users
    )
    update ${users} set ${change}, updated_at = now()
    where id = ${id} and (
      (select count(*) from administrators where id <> ${id}) > 0
      or not active or role_id not in (select id from roles where is_admin)
    )`);
  if (rowCount === 0) {
    throw new OperatorError(`${userName} is the last active administrator. Add another one first.`);
  }
}
