/**
 * Changes and deletes users, and makes sure that an active administrator remains.
 *
 * @module
 */
import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../src/db/connection.ts';
import { importedUsers } from '../src/db/imported-users.ts';
import { roles, users } from '../src/db/schema.ts';
import { OperatorError } from './operator-error.ts';

/** Of a row of `users`. */
interface User {
  id: string;
  userName: string;
}

/**
 * Changes a user, unless the user is the last active administrator.
 *
 * @param change the assignments of an `update`. After the update the user is no active administrator
 * @throws OperatorError if no other user could administrate, or if the user is gone
 */
export async function changeUnlessLastAdministrator(
  db: Database,
  user: User,
  change: SQL,
): Promise<void> {
  const { rowCount } = await db.execute(sql`
    with ${ADMINISTRATORS}
    update ${users} set ${change}, updated_at = now()
    where id = ${user.id} and ${anotherRemains(user.id)}`);
  if (rowCount === 0) throw await refusal(db, user);
}

/**
 * Deletes a user, unless the user is the last active administrator. Of what imports have brought, only the id remains, so
 * that no later import brings the user back: see `imported-users.ts`.
 *
 * @throws OperatorError if no other user could administrate, or if the user is gone
 */
export async function deleteUnlessLastAdministrator(db: Database, user: User): Promise<void> {
  const { rowCount } = await db.execute(sql`
    with ${ADMINISTRATORS},
    deleted as (
      delete from ${users} where id = ${user.id} and ${anotherRemains(user.id)} returning id
    ),
    emptied as (
      update ${importedUsers}
      set user_name = null, email = null, email_confirmed = null, active = null, role = null,
        security_stamp_digest = null
      where user_id in (select id from deleted)
    )
    select from deleted`);
  if (rowCount === 0) throw await refusal(db, user);
}

/**
 * A common table expression. It locks the rows of all active administrators first. So if two commands run at once, the
 * second command sees the change of the first.
 */
const ADMINISTRATORS = sql`
  administrators as (
    select ${users.id} from ${users} join ${roles} on ${roles.id} = ${users.roleId}
    where ${users.active} and ${roles.isAdmin} order by ${users.id} for update of users
  )`;

/** A condition on a row of `users`: without this user, there is an active administrator still. */
function anotherRemains(id: string): SQL {
  return sql`(
    (select count(*) from administrators where id <> ${id}) > 0
    or not active or role_id not in (select id from roles where is_admin)
  )`;
}

/** Another statement tells, because the first one does not see that its user was deleted while it waited for a lock. */
async function refusal(db: Database, { id, userName }: User): Promise<OperatorError> {
  const isThere = (await db.$count(users, eq(users.id, id))) > 0;
  return new OperatorError(
    isThere
      ? `${userName} is the last active administrator. Add another one first.`
      : `${userName} has been deleted meanwhile.`,
  );
}
