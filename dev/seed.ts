/**
 * The demo users. Their passwords are public, so the demo users go into a local database only.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import { connect } from '../src/db/connection.ts';
import { isOnThisMachine } from '../src/db/database-address.ts';
import { modules, roleGrants, roles, users } from '../src/db/schema.ts';
import { hashPassword } from '../src/password/password.ts';
import { normalizeUserName } from '../src/user-name.ts';

export const DEMO_USERS = [
  { userName: 'jdoe', password: 's3cr3t', role: 'Sales', active: true },
  { userName: 'admin', password: 'Admin123456!', role: 'Administrator', active: true },
  { userName: 'mgarcia', password: 's3cr3t', role: 'Sales', active: false },
];

/**
 * Puts the demo users into an empty database. A database that has roles already stays as it is.
 *
 * @throws if the database is not on this machine. The message does not hold the URL
 */
export async function seed(databaseUrl: string): Promise<void> {
  if (!isOnThisMachine(databaseUrl)) {
    throw new Error('DATABASE_URL is not on this machine, so no demo users are put into it');
  }
  if ((await connect(databaseUrl).$count(roles)) > 0) return;

  const rows = await Promise.all(
    DEMO_USERS.map(async ({ userName, password, role, active }) => ({
      id: crypto.randomUUID(),
      userName,
      normalizedUserName: normalizeUserName(userName),
      email: `${userName}@example.com`,
      emailConfirmed: true,
      passwordHash: await hashPassword(password),
      passwordSetAt: sql`now()`,
      active,
      roleId: idOf(role),
    })),
  );
  const db = connect(databaseUrl);
  await db.batch([
    db.insert(roles).values(ROLES),
    db.insert(modules).values({ key: 'users', name: 'Users' }),
    db.insert(roleGrants).values([
      { roleId: idOf('Sales'), moduleKey: 'users', action: 'list' },
      { roleId: idOf('Sales'), moduleKey: 'users', action: 'read' },
    ]),
    db.insert(users).values(rows),
  ]);
}

const ROLES = [{ name: 'Sales' }, { name: 'Administrator', isAdmin: true }];

function idOf(role: string) {
  return sql<number>`(select id from roles where name = ${role})`;
}
