/**
 * `users …`: shows users, and changes one.
 *
 * @module
 */
import { type SQL, sql } from 'drizzle-orm';
import { connect, type Database } from '../src/db/connection.ts';
import { unlockName } from '../src/db/lockout.ts';
import { insertNotice } from '../src/db/notices.ts';
import { users } from '../src/db/schema.ts';
import { findUsers, type UserRow } from '../src/db/users.ts';
import { hashPassword } from '../src/password/password.ts';
import { normalizeUserName, trimName } from '../src/user-name.ts';
import { changeUnlessLastAdministrator } from './administrators.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { readNewPassword } from './new-password.ts';
import { printLine, printRow, printRows } from './print.ts';
import { findRole, refuseOtherKind } from './roles.ts';
import { deletedMeanwhile, withUser } from './with-user.ts';

export interface ListUsersOptions {
  search?: string;
  role?: string;
  /** `undefined` lists both. */
  active?: boolean;
  json: boolean;
}

const PAGE_SIZE = 1000;

export async function listUsers({ json, ...options }: ListUsersOptions): Promise<void> {
  const filter = {
    ...options,
    search: readFilter(options.search),
    role: readFilter(options.role),
  };
  await withDatabase(async ({ database }) => {
    const rows: UserRow[] = [];
    let page: UserRow[];
    do {
      const last = rows.at(-1);
      const after = last && normalizeUserName(last.userName);
      page = await findUsers(connect(database), filter, { limit: PAGE_SIZE, after });
      rows.push(...page);
    } while (page.length === PAGE_SIZE);
    printRows(rows.map(toRow), json);
  });
}

/** A blank filter is no filter. */
function readFilter(text = ''): string | undefined {
  return trimName(text) || undefined;
}

export async function showUser(userName: string, { json }: { json: boolean }): Promise<void> {
  await withUser(userName, async (_, user) => printRow(toRow(user), json));
}

export async function setRole(
  userName: string,
  role: string,
  { admin }: { admin: boolean },
): Promise<void> {
  const roleName = trimName(role);
  await withUser(userName, async (db, user, target) => {
    const { id, name, isAdmin } = await findRole(db, roleName, target);
    refuseOtherKind({ name, isAdmin }, admin);
    const change = sql`role_id = ${id}`;
    await (isAdmin ? update(db, user, change) : changeUnlessLastAdministrator(db, user, change));
    audit({ event: 'role_set', userId: user.id, userName: user.userName, role: roleName });
    printLine(`${user.userName} has the role ${roleName} from the next login on.`);
  });
}

export async function setActive(userName: string, active: boolean): Promise<void> {
  await withUser(userName, async (db, user) => {
    const change = sql`active = ${active}`;
    await (active ? update(db, user, change) : changeUnlessLastAdministrator(db, user, change));
    const event = active ? 'user_activated' : 'user_deactivated';
    audit({ event, userId: user.id, userName: user.userName });
    printLine(
      active
        ? `${user.userName} can log in.`
        : `${user.userName} cannot log in any more. Tokens that are out stay valid, 30 minutes at most.`,
    );
  });
}

/** Also ends a lock, because the failures were made with the old password. */
export async function setPassword(
  userName: string,
  { passwordStdin }: { passwordStdin: boolean },
): Promise<void> {
  // The user is looked up before the password is asked for, so that nobody types one in vain. And once more afterwards.
  const email = await withUser(userName, async (_, user) => user.email);
  const ownNames = email === null ? [userName] : [userName, email];
  const password = await readNewPassword(passwordStdin, ownNames);
  const passwordHash = await hashPassword(password);
  await withUser(userName, async (db, user) => {
    const change = sql`password_hash = ${passwordHash}, foreign_layer_id = null, password_set_at = now()`;
    const [, { rowCount }] = await db.batch([
      db.execute(insertNotice(user.id, 'password_set')),
      db.execute(updateOf(user, change)),
    ]);
    if (rowCount === 0) throw deletedMeanwhile(user.userName);
    await unlockName(db, normalizeUserName(userName));
    audit({ event: 'password_set', userId: user.id, userName: user.userName });
    printLine(`Set the password of ${user.userName}.`);
  });
}

async function update(db: Database, user: UserRow, change: SQL): Promise<void> {
  await db.execute(updateOf(user, change));
}

const updateOf = ({ id }: UserRow, change: SQL) =>
  sql`update ${users} set ${change}, updated_at = now() where id = ${id}`;

function toRow({ userName, role, active, email, lastLoginAt, createdAt, id }: UserRow) {
  return {
    userName,
    role,
    active,
    email,
    lastLoginAt: lastLoginAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    id,
  };
}
