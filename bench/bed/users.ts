/**
 * The users of the bench.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import { connect } from '../../src/db/connection.ts';
import { hashPassword } from '../../src/password/password.ts';

export const PASSWORD = 'correct horse battery staple';

/** So many that no name is tried again before the flood limit has forgotten it. */
const USERS = 500;

/** The permissions of every user. */
export const PERMISSIONS = ['users.list', 'users.read'];

/** Adds users with today's hash. They share a salt, which changes no time. */
export async function addUsers(databaseUrl: string): Promise<void> {
  const hash = await hashPassword(PASSWORD);
  const db = connect(databaseUrl);
  await db.batch([
    db.execute(sql`insert into roles (name) values ('Sales')`),
    db.execute(sql`insert into modules values ('users', 'Users')`),
    db.execute(sql`
      insert into role_grants select id, 'users', action
      from roles, unnest(array['list', 'read']::permission_action[]) action`),
    db.execute(sql`
      insert into users (id, user_name, normalized_user_name, password_hash, role_id)
      select gen_random_uuid(), 'user-' || n, 'USER-' || n, ${hash}, roles.id
      from roles, generate_series(0, ${USERS - 1}) n`),
  ]);
}

let next = 0;

/** The credentials of a user who has not logged in for long. */
export function nextUser(): { name: string; password: string } {
  return { name: `user-${next++ % USERS}`, password: PASSWORD };
}
