/**
 * The users of Portero who have an id or a name of the source.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { importedUsers } from '../../../src/db/imported-users.ts';
import { roles, users } from '../../../src/db/schema.ts';
import { readTwice } from '../connect-to.ts';
import type { PresentUser } from './compare-user.ts';

/** What a user of the source is looked for by. */
export interface Wanted {
  id: string;
  /** As in the source: the id of an import without `--lower-case-ids`. */
  exportedId: string;
  normalizedUserName: string;
}

export interface Present {
  byId: Map<string, PresentUser>;
  byName: Map<string, PresentUser>;
  /** The ids of users whom an import of this source has brought, and whom `users delete` has deleted. */
  deleted: Set<string>;
}

interface PresentRow extends Omit<PresentUser, 'record'> {
  hasRecord: boolean;
  record: PresentUser['record'];
}

/** Reads them in one request. */
export async function readPresent(
  database: DatabaseAddress,
  source: string,
  wanted: Wanted[],
): Promise<Present> {
  const list = sql`jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
    as wanted("id" text, "exportedId" text, "normalizedUserName" text)`;
  // Joins and no list of ids, so that the database uses its indexes however many there are.
  const present = sql`
    with wanted as materialized (select * from ${list}),
    found as (
      select ${users.id} from wanted join ${users} on ${users.id} = wanted."id"
      union select ${users.id} from wanted join ${users} on ${users.id} = wanted."exportedId"
      union select ${users.id} from wanted
        join ${users} on ${users.normalizedUserName} = wanted."normalizedUserName"
    )
    select ${users.id}, ${users.userName} as "userName",
      ${users.normalizedUserName} as "normalizedUserName",
      ${users.email}, ${users.emailConfirmed} as "emailConfirmed", ${users.active},
      ${roles.name} as "role", ${roles.isAdmin} as "isAdmin",
      ${users.passwordHash} is not null as "hasPassword",
      ${users.passwordSetAt} is not null as "isPasswordOwn",
      record.user_id is not null as "hasRecord",
      json_build_object('userName', record.user_name, 'email', record.email,
        'emailConfirmed', record.email_confirmed, 'active', record.active,
        'inactiveBy', record.inactive_by, 'role', record.role, 'stampDigest', record.security_stamp_digest) as "record",
      exists (
        select from ${importedUsers}
        where ${importedUsers.userId} = ${users.id} and ${importedUsers.source} <> ${source}
      ) as "isOfOtherSource"
    from found join ${users} on ${users.id} = found.id
      join ${roles} on ${roles.id} = ${users.roleId}
      left join ${importedUsers} record on record.user_id = ${users.id} and record.source = ${source}`;
  const deleted = sql`
    select wanted."id" from ${list}
      join ${importedUsers} record on record.source = ${source}
        and record.user_id in (wanted."id", wanted."exportedId")
    where record.user_name is null and record.role is null
      and not exists (select from ${users} where ${users.id} = record.user_id)`;
  const [found, gone] = await readTwice(database, (db) =>
    db.batch([
      db.execute<Record<keyof PresentRow, unknown>>(present),
      db.execute<{ id: string }>(deleted),
    ]),
  );
  const rows = (found.rows as unknown as PresentRow[]).map(({ hasRecord, record, ...user }) => ({
    ...user,
    record: hasRecord ? record : null,
  }));
  return {
    byId: new Map(rows.map((user) => [user.id, user])),
    byName: new Map(rows.map((user) => [user.normalizedUserName, user])),
    deleted: new Set(gone.rows.map(({ id }) => id)),
  };
}
