/**
 * Users whom an earlier import of this source has brought, and who are not in the source any more.
 *
 * @module
 */
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { importedUsers } from '../../../src/db/imported-users.ts';
import { roles, users } from '../../../src/db/schema.ts';
import { changeUnlessLastAdministrator } from '../../administrators.ts';
import { count } from '../../count.ts';
import { OperatorError } from '../../operator-error.ts';
import { printErrorLine } from '../../print.ts';
import { confirm } from '../../prompt.ts';
import { connectTo } from '../connect-to.ts';
import type { ImportOptions } from '../options.ts';
import { lowerCaseGuid } from '../row/user-id.ts';
import type { Staging } from '../staging/staging.ts';
import type { Stop } from '../stop.ts';

export interface MissingUser {
  id: string;
  userName: string;
  isAdmin: boolean;
}

export interface MissingUsers {
  /** Those who are active. The operator has not activated them again since. */
  users: MissingUser[];
  /** How many active users the imports of this source have brought. */
  known: number;
}

const PAGE_ROWS = 1000;

/** Finds them. A rejected row still says that its user is there. */
export async function findMissingUsers(
  staging: Staging,
  database: DatabaseAddress,
  source: string,
): Promise<MissingUsers> {
  const missing: MissingUsers = { users: [], known: 0 };
  for (let after = ''; ; ) {
    const page = await (await connectTo(database))
      .select({ id: users.id, userName: users.userName, isAdmin: roles.isAdmin })
      .from(importedUsers)
      .innerJoin(users, eq(users.id, importedUsers.userId))
      .innerJoin(roles, eq(roles.id, users.roleId))
      .where(
        and(
          eq(importedUsers.source, source),
          gt(importedUsers.userId, after),
          eq(users.active, true),
          sql`${importedUsers.active} is not false`,
        ),
      )
      .orderBy(asc(importedUsers.userId))
      .limit(PAGE_ROWS);
    missing.known += page.length;
    missing.users.push(
      ...page.filter(
        ({ id }) => staging.count('from users where id_key = ?', lowerCaseGuid(id)) === 0,
      ),
    );
    const last = page.at(-1);
    if (page.length < PAGE_ROWS || last === undefined) return missing;
    after = last.id;
  }
}

/** More missing users than this look like a damaged export. */
const PLAUSIBLE_SHARE = 0.05;

/** Stops where nobody can tell who is missing, or where too many are. */
export function findImplausible(
  staging: Staging,
  { users: missing, known }: MissingUsers,
  { force, yes, dryRun }: ImportOptions,
): Stop[] {
  if (missing.length === 0) return [];
  const unreadable = staging.count('from users where id is null');
  if (unreadable > 0) {
    const sentence = `${count(unreadable, 'row')} could not be read, so nobody can tell who is missing. Mend the export, or leave out --deactivate-missing.`;
    return [{ sentence }];
  }
  if (staging.count('from users') === 0) {
    return [{ sentence: 'The source has no users, so --deactivate-missing would deactivate all.' }];
  }
  if (missing.length > known * PLAUSIBLE_SHARE && !force) {
    const sentence = `The source lacks ${missing.length} of the ${count(known, 'active user')} that earlier imports have brought. That is more than 5 %. --force deactivates them.`;
    return [{ sentence, lines: missing.map(({ userName }) => userName) }];
  }
  if (!yes && !dryRun && !process.stdin.isTTY) {
    const sentence = `The source lacks ${count(missing.length, 'active user')} that earlier imports have brought. There is no terminal to ask whether to deactivate them: use --yes.`;
    return [{ sentence, lines: missing.map(({ userName }) => userName) }];
  }
  return [];
}

/** Shows who is missing, and asks at the terminal unless `--yes` answers. @throws OperatorError where the operator does not say yes */
export async function confirmDeactivation(
  { users: missing }: MissingUsers,
  { yes, dryRun }: ImportOptions,
): Promise<void> {
  if (missing.length === 0) return;
  printErrorLine('The source lacks these users:');
  for (const { userName } of missing.slice(0, SHOWN_USERS)) printErrorLine(`  ${userName}`);
  if (missing.length > SHOWN_USERS) printErrorLine(`  … and ${missing.length - SHOWN_USERS} more`);
  if (yes || dryRun) return;
  await confirm(
    `The source lacks ${count(missing.length, 'active user')} that earlier imports have brought. Deactivate them?`,
  );
}

const SHOWN_USERS = 20;

export interface Deactivation {
  deactivated: number;
  /** The name of the last active administrator, who stays active. */
  left: string[];
}

/** Deactivates the missing users. */
export async function deactivateMissing(
  database: DatabaseAddress,
  source: string,
  { users: missing }: MissingUsers,
): Promise<Deactivation> {
  if (missing.length === 0) return { deactivated: 0, left: [] };
  const left: string[] = [];
  const gone: string[] = missing.filter(({ isAdmin }) => !isAdmin).map(({ id }) => id);
  for (const user of missing.filter(({ isAdmin }) => isAdmin)) {
    try {
      await changeUnlessLastAdministrator(await connectTo(database), user, sql`active = false`);
      gone.push(user.id);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      left.push(user.userName);
    }
  }
  const ids = sql`(select jsonb_array_elements_text(${JSON.stringify(gone)}::jsonb))`;
  const db = await connectTo(database);
  await db.batch([
    // Somebody may have become an administrator since the import has looked.
    db.execute(sql`
      update ${users} set active = false, updated_at = now() where id in ${ids} and active
        and role_id not in (select id from ${roles} where is_admin)`),
    // A user who comes back in the source is active again after the next import.
    db.execute(sql`
      update ${importedUsers} set active = false, inactive_by = null, imported_at = now()
      where source = ${source} and user_id in ${ids}`),
  ]);
  return { deactivated: gone.length, left };
}
