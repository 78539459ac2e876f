/**
 * Brings the stored user names into the form in which a login looks for them: without white space around them, and with
 * their normalised form as `normalizeUserName` makes it today. This runs under Node for the operator. The Worker never
 * imports it.
 *
 * @module
 */
import { asc, gt, sql } from 'drizzle-orm';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { normalizeUserName, trimName } from '../user-name.ts';
import { connect, type Database } from './connection.ts';
import type { DatabaseAddress } from './database-address.ts';
import { databaseFailure } from './failure.ts';
import { users } from './schema.ts';

/** A name as it is stored. */
export interface StoredName {
  id: string;
  userName: string;
  normalizedUserName: string;
}

/** A name that is stored in another form than the one that a login looks for. */
export interface NameChange {
  stored: StoredName;
  wanted: StoredName;
}

/** All users are read or changed at once, which takes longer than a login may. */
const DEADLINE_MS = 120_000;

/**
 * Reads all names and tells which of them have to change. Writes nothing. The tables have to be up to date.
 *
 * @returns the changes, or the users whose names would become one name, in groups
 * @throws what `databaseFailure` reads
 */
export async function planNameChanges(
  database: DatabaseAddress,
): Promise<Result<NameChange[], 'names_collide', { groups: StoredName[][] }>> {
  return planChanges(await readNames(connect(database, DEADLINE_MS)));
}

function planChanges(
  names: StoredName[],
): Result<NameChange[], 'names_collide', { groups: StoredName[][] }> {
  const pairs = names.map((stored) => ({ stored, wanted: wantedForm(stored) }));
  const byWanted = Map.groupBy(pairs, ({ wanted }) => wanted.normalizedUserName);
  const groups = [...byWanted.values()]
    .filter(({ length }) => length > 1)
    .map((group) => group.map(({ stored }) => stored));
  if (groups.length > 0) return fail('names_collide', { groups });
  return succeed(pairs.filter(({ stored, wanted }) => !isSameName(stored, wanted)));
}

/** A name of nothing but white space stays as it is: no other name could be made from it. */
function wantedForm({ id, userName }: StoredName): StoredName {
  const trimmed = trimName(userName) || userName;
  return { id, userName: trimmed, normalizedUserName: normalizeUserName(trimmed) };
}

function isSameName(one: StoredName, other: StoredName): boolean {
  return one.userName === other.userName && one.normalizedUserName === other.normalizedUserName;
}

/** Few enough for one answer of Neon's HTTP endpoint. */
const PAGE_SIZE = 10_000;

async function readNames(db: Database): Promise<StoredName[]> {
  const names: StoredName[] = [];
  let page: StoredName[];
  do {
    page = await db
      .select({
        id: users.id,
        userName: users.userName,
        normalizedUserName: users.normalizedUserName,
      })
      .from(users)
      .where(gt(users.id, names.at(-1)?.id ?? ''))
      .orderBy(asc(users.id))
      .limit(PAGE_SIZE);
    names.push(...page);
  } while (page.length === PAGE_SIZE);
  return names;
}

const UNIQUE_VIOLATION = '23505';

/**
 * Changes names in one transaction. A name that has changed since it was read stays as it is.
 *
 * @returns how many names were changed. `names_changed` says that a new user has one of the names by now, and that
 *   nothing was changed
 * @throws what `databaseFailure` reads
 */
export async function changeNames(
  database: DatabaseAddress,
  changes: NameChange[],
): Promise<Result<number, 'names_changed'>> {
  if (changes.length === 0) return succeed(0);
  const db = connect(database, DEADLINE_MS);
  const rows = changes.map(({ stored, wanted }) => ({
    id: stored.id,
    stored_name: stored.userName,
    stored_form: stored.normalizedUserName,
    wanted_name: wanted.userName,
    wanted_form: wanted.normalizedUserName,
  }));
  const change = sql`
    jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as change(
      id text, stored_name text, stored_form text, wanted_name text, wanted_form text
    )`;
  try {
    // A name may become free only because another name changes too. So all of them first take a form that no name has.
    const [, changed] = await db.batch([
      db.execute(sql`
        update users set normalized_user_name = ${NO_NAME}::text || users.id from ${change}
        where users.id = change.id and user_name = stored_name and normalized_user_name = stored_form`),
      db.execute(sql`
        update users set user_name = wanted_name, normalized_user_name = wanted_form, updated_at = now()
        from ${change}
        where users.id = change.id and normalized_user_name = ${NO_NAME}::text || users.id`),
    ]);
    return succeed(changed.rowCount);
  } catch (error) {
    if (databaseFailure(error).details?.sqlState !== UNIQUE_VIOLATION) throw error;
    return fail('names_changed');
  }
}

/** No name begins with a line break. */
const NO_NAME = '\n';
