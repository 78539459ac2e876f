/**
 * Puts the rows of users into the staging database.
 *
 * @module
 */

import type { ImportedUser } from '../row/imported-user.ts';
import { lowerCaseGuid } from '../row/user-id.ts';
import { type Place, placeOf } from './place.ts';
import type { SqlRow, SqlValue, Staging } from './staging.ts';
import { ROLE_SEPARATOR } from './staging-schema.ts';

/** A rejected row stays in the count. Its id, where it has one, says that the user is not missing in the source. */
export function stageRejected(staging: Staging, { number, id }: Place, reason: string): void {
  insert(staging, { number, id, id_key: keyOf(id), problem: reason });
}

/**
 * Of two rows of a tenant with one id or one name, the first one goes in. ABP keeps the row of a user whom it has deleted,
 * and gives the name to a new one: there the active row goes in.
 */
export function stageUser(
  staging: Staging,
  place: Place,
  user: ImportedUser,
  lowerCaseIds: boolean,
): void {
  const id = lowerCaseIds ? lowerCaseGuid(user.id) : user.id;
  const { number } = place;
  const { normalizedUserName } = user;
  const [twin] = staging.all<Twin>(
    `select number, id, is_flagged_active from users
    where problem is null and (id_key = ? or normalized_user_name = ?) and tenant is ?`,
    keyOf(id),
    normalizedUserName,
    user.tenant,
  );
  if (twin !== undefined) {
    if (!isSuccessor(user, id, twin)) {
      const reason = `has the UserName or the Id of ${placeOf({ ...place, ...twin })}`;
      stageRejected(staging, { ...place, id }, reason);
      return;
    }
    staging.run(
      'update users set problem = ? where number = ?',
      'is inactive, and has the UserName of a user who is active',
      twin.number,
    );
  }
  insert(staging, {
    number,
    id,
    id_key: keyOf(id),
    exported_id: user.id,
    user_name: user.userName,
    normalized_user_name: normalizedUserName,
    email: user.email,
    is_normalized_alike: toInteger(user.isNormalizedAlike),
    hash: user.hash?.text ?? null,
    hash_kind: kindOf(user),
    key_length: user.hash?.foreign?.keyLength ?? null,
    dropped_hash: user.droppedHash ?? null,
    stamp_digest: user.stampDigest,
    created_at: user.createdAt?.toISOString() ?? null,
    is_flagged_active: toInteger(user.isFlaggedActive),
    is_email_confirmed: toInteger(user.isEmailConfirmed),
    has_second_factor: toInteger(user.hasSecondFactor),
    locked_until: user.lockedUntil?.getTime() ?? null,
    tenant: user.tenant,
    has_phone_number: toInteger(user.hasPhoneNumber),
    has_question_mark: toInteger(user.hasQuestionMark),
    has_wide_letters: toInteger(user.hasWideLetters),
    role_set: user.roles.toSorted().join(ROLE_SEPARATOR),
  });
}

interface Twin extends SqlRow {
  number: number;
  id: string;
  is_flagged_active: number | null;
}

function isSuccessor(user: ImportedUser, id: string, twin: Twin): boolean {
  return (
    keyOf(twin.id) !== keyOf(id) && twin.is_flagged_active === 0 && user.isFlaggedActive === true
  );
}

/** Everything of the shape of a hash but the length of its key. */
function kindOf({ hash }: ImportedUser): string | null {
  const layer = hash?.foreign;
  if (layer === undefined) return null;
  return [layer.hash, layer.iterations, layer.salt.length].join();
}

function insert(staging: Staging, row: Record<string, SqlValue>): void {
  const columns = Object.keys(row);
  const places = columns.map(() => '?').join();
  staging.run(`insert into users (${columns.join()}) values (${places})`, ...Object.values(row));
}

function toInteger(flag: boolean | null): number | null {
  return flag === null ? null : Number(flag);
}

function keyOf(id: string | null): string | null {
  return id === null ? null : lowerCaseGuid(id);
}
