/**
 * Brings what has changed in the source, for users who are there already.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { importedUsers } from '../../../src/db/imported-users.ts';
import { passwordLinks, users } from '../../../src/db/schema.ts';
import { changeUnlessLastAdministrator } from '../../administrators.ts';
import { storeHashes } from '../../hash-row.ts';
import { OperatorError } from '../../operator-error.ts';
import { connectTo } from '../connect-to.ts';
import type { Field, ImportRecord } from './compare-user.ts';
import type { UpdateDetails } from './outcome.ts';
import { detailsOf, type HashedRow, SHAPE_OF_ROW, selectRows, toWriteRow } from './write-rows.ts';

/** A row, and what of it is written. Every other column keeps the value that Portero has. */
interface Update {
  hashed: HashedRow;
  sets: Set<Field>;
  record: ImportRecord | null;
  details: UpdateDetails;
}

/** What was not done, by the numbers of the rows. */
export interface Undone {
  /** Their user was changed in Portero since the import has looked. */
  raced: number[];
  /** Their user is the last active administrator. */
  lastAdministrators: number[];
}

/** Updates a batch in one transaction, with the records for later imports. */
export async function updateUsers(
  database: DatabaseAddress,
  source: string,
  batch: HashedRow[],
): Promise<Undone> {
  const updates: Update[] = [];
  const lastAdministrators: number[] = [];
  for (const hashed of batch) {
    const details = detailsOf(hashed.row);
    const update = { hashed, sets: new Set(details.changed), record: details.record, details };
    const isKept = isLosingAdministrator(update) && !(await endAdministrator(database, update));
    if (isKept) lastAdministrators.push(hashed.row.number);
    updates.push(isLosingAdministrator(update) ? withoutAdministrator(update, isKept) : update);
  }
  const db = await connectTo(database);
  const hashes = updates.flatMap(({ sets, hashed }) => (sets.has('password') ? hashed.hash : []));
  const [updated] = await storeHashes(db, hashes, [
    db.execute<{ number: number }>(updateStatement(source, updates)),
    db.execute<{ number: number }>(endLinksStatement(updates)),
  ]);
  const done = new Set(updated?.rows.map(({ number }) => number));
  const raced = batch.map(({ row }) => row.number).filter((number) => !done.has(number));
  return { raced, lastAdministrators };
}

function updateStatement(source: string, updates: Update[]) {
  const rows = updates.map(({ hashed, sets, record, details }) => ({
    ...toWriteRow(hashed),
    number: hashed.row.number,
    isChange: details.changed.length > 0,
    setsEmail: sets.has('email'),
    setsActive: sets.has('active'),
    setsRole: sets.has('role'),
    setsPassword: sets.has('password'),
    present: details.present,
    record,
  }));
  // The names have been changed before: see rename-users.ts.
  return sql`
    with row as materialized (select * from ${selectRows(rows, FURTHER_COLUMNS)}),
    updated as (
      update ${users} set
        email = case when row."setsEmail" then row."email" else users.email end,
        email_confirmed = case when row."setsEmail"
          then row."emailConfirmed" else users.email_confirmed end,
        active = case when row."setsActive" then row."active" else users.active end,
        role_id = case when row."setsRole"
          then (select id from roles where name = row."role") else users.role_id end,
        password_hash = case when row."setsPassword"
          then row."passwordHash" else users.password_hash end,
        foreign_layer_id = case when row."setsPassword"
          then ${SHAPE_OF_ROW} else users.foreign_layer_id end,
        updated_at = now()
      from row where users.id = row."id" and row."isChange"
        and users.user_name in (row."userName", row."present" ->> 'userName')
        and (not row."setsEmail" or users.email is not distinct from row."present" ->> 'email'
          and users.email_confirmed = (row."present" ->> 'emailConfirmed')::boolean)
        and (not row."setsActive" or users.active = (row."present" ->> 'active')::boolean)
        and (not row."setsRole" or exists (
          select from roles where roles.id = users.role_id and name = row."present" ->> 'role'))
        and (not row."setsPassword" or users.password_set_at is null)
        -- An administrator was none when the import looked, or is one of those above.
        and not (users.active and (row."setsRole" or row."setsActive") and exists (
          select from roles where roles.id = users.role_id and is_admin))
      returning row."number"
    ),
    done as (select number from updated union all select "number" from row where not "isChange"),
    recorded as (
      insert into ${importedUsers}
        (source, user_id, user_name, email, email_confirmed, active, inactive_by, role, security_stamp_digest)
      select ${source}, "id", "record" ->> 'userName', "record" ->> 'email', ("record" ->> 'emailConfirmed')::boolean,
        ("record" ->> 'active')::boolean, "record" ->> 'inactiveBy', "record" ->> 'role', "record" ->> 'stampDigest'
      from row join done using (number) where "record" <> 'null'
      on conflict (source, user_id) do update set user_name = excluded.user_name,
        email = excluded.email, email_confirmed = excluded.email_confirmed, active = excluded.active,
        inactive_by = excluded.inactive_by, role = excluded.role, security_stamp_digest = excluded.security_stamp_digest,
        imported_at = now()
    )
    select number from done`;
}

/**
 * Ends the links of users who got another password. The trigger does not see it, because `password_set_at` stays empty. It is a
 * statement of its own, so that it also sees a link that was made while the update waited for its user.
 */
function endLinksStatement(updates: Update[]) {
  const rows = updates
    .filter(({ sets }) => sets.has('password'))
    .map(({ hashed }) => ({ id: hashed.row.id, passwordHash: hashed.hash?.passwordHash ?? null }));
  return sql`
    update ${passwordLinks} set ended_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row("id" text, "passwordHash" text)
      join ${users} on users.id = row."id" and users.password_hash is not distinct from row."passwordHash"
    where password_links.user_id = users.id and ended_at is null`;
}

const FURTHER_COLUMNS = sql`, "number" integer, "isChange" boolean, "setsEmail" boolean,
  "setsActive" boolean, "setsRole" boolean, "setsPassword" boolean, "present" jsonb, "record" jsonb`;

/** Active administrators become inactive, or get another role. */
function isLosingAdministrator({ sets, details: { present } }: Update): boolean {
  return present.isAdmin && present.active && (sets.has('active') || sets.has('role'));
}

/** Changes what ends an administrator, unless it is the last one. @returns whether it was changed */
async function endAdministrator(database: DatabaseAddress, update: Update): Promise<boolean> {
  const { hashed, sets, details } = update;
  const { active, role } = hashed.row;
  const isActive = sets.has('active') ? active === 1 : true;
  const change = sets.has('role')
    ? sql`active = ${isActive}, role_id = (select id from roles where name = ${role})`
    : sql`active = ${isActive}`;
  try {
    await changeUnlessLastAdministrator(await connectTo(database), details.present, change);
    return true;
  } catch (error) {
    if (error instanceof OperatorError) return false;
    throw error;
  }
}

/** The rest of the update. Where the administrator is kept, the next import tries again. */
function withoutAdministrator(update: Update, isKept: boolean): Update {
  const sets = new Set(update.sets);
  sets.delete('active');
  sets.delete('role');
  const { active = null, inactiveBy = null, role = null } = update.details.present.record ?? {};
  const record =
    isKept && update.record !== null
      ? { ...update.record, active, inactiveBy, role }
      : update.record;
  return { ...update, sets, record };
}
