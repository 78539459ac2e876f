/**
 * A user as the staging database has it.
 *
 * @module
 */
import { isEmailAddress } from '../../../src/email-address.ts';
import type { SourceUser } from '../users/compare-user.ts';
import type { SqlRow } from './staging.ts';

/** The columns of `users` that {@link toSourceUser} needs. A hash that was left out must take no password away. */
export const USER_COLUMNS = `id, user_name, normalized_user_name, email, is_email_confirmed, active, inactive_by, role,
  hash is not null as has_password, case when dropped_hash is null then stamp_digest end as stamp_digest`;

export interface StagedUser extends SqlRow {
  number: number;
  id: string;
  user_name: string;
  normalized_user_name: string;
  email: string | null;
  is_email_confirmed: number | null;
  active: number;
  inactive_by: string | null;
  role: string;
  stamp_digest: string | null;
  has_password: number;
}

export function toSourceUser(row: StagedUser): SourceUser {
  return {
    id: row.id,
    userName: row.user_name,
    normalizedUserName: row.normalized_user_name,
    email: row.email,
    // Identity accepts addresses that a mail could not go to.
    emailConfirmed: row.email !== null && isEmailAddress(row.email) && row.is_email_confirmed === 1,
    active: row.active === 1,
    inactiveBy: row.inactive_by,
    role: row.role,
    stampDigest: row.stamp_digest,
    hasPassword: row.has_password === 1,
  };
}
