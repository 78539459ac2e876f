/**
 * Adds the users who are not there yet.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { importedUsers } from '../../../src/db/imported-users.ts';
import { roles, users } from '../../../src/db/schema.ts';
import { storeHashes } from '../../hash-row.ts';
import { connectTo } from '../connect-to.ts';
import { type HashedRow, SHAPE_OF_ROW, selectRows, toWriteRow } from './write-rows.ts';

/**
 * Adds a batch in one transaction, with the records for later imports.
 *
 * @returns the ids that are there now. The others have met a change that was made since the import has looked
 */
export async function createUsers(
  database: DatabaseAddress,
  source: string,
  batch: HashedRow[],
): Promise<Set<string>> {
  const db = await connectTo(database);
  const insert = db.execute<{ id: string }>(sql`
    with row as materialized (select * from ${selectRows(batch.map(toWriteRow))}),
    created as (
      insert into ${users} (id, user_name, normalized_user_name, email, email_confirmed, active,
        role_id, password_hash, foreign_layer_id, created_at)
      select row."id", row."userName", row."normalizedUserName", row."email", row."emailConfirmed",
        row."active", roles.id, row."passwordHash", ${SHAPE_OF_ROW}, coalesce(row."createdAt", now())
      from row join ${roles} on roles.name = row."role"
      on conflict do nothing returning id
    ),
    recorded as (
      insert into ${importedUsers}
        (source, user_id, user_name, email, email_confirmed, active, inactive_by, role, security_stamp_digest)
      select ${source}, row."id", row."userName", row."email", row."emailConfirmed", row."active", row."inactiveBy",
        row."role", row."stampDigest"
      from row join created on created.id = row."id"
      on conflict (source, user_id) do update set user_name = excluded.user_name,
        email = excluded.email, email_confirmed = excluded.email_confirmed, active = excluded.active,
        inactive_by = excluded.inactive_by, role = excluded.role, security_stamp_digest = excluded.security_stamp_digest,
        imported_at = now()
    )
    select id from created`);
  const [created] = await storeHashes(
    db,
    batch.map(({ hash }) => hash),
    [insert],
  );
  return new Set(created?.rows.map(({ id }) => id));
}
