/**
 * Changes of users that must leave an active administrator.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../src/db/connection.ts';
import { roles, users } from '../src/db/schema.ts';
import { OperatorError } from './operator-error.ts';

/**
 * Changes a user, unless that is the last active administrator. Administrators' rows are locked in the
 * statement that changes one, so that of two commands at once the second one sees what the first has done.
 *
 * @param change the assignments of an `update`, after which the user is no active administrator
 * @throws OperatorError where nobody else could administrate
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
