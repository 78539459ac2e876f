/**
 * One row of `AspNetUsers`, checked.
 *
 * @module
 */
import { hash as digest } from 'node:crypto';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { SourceColumns } from '../source.ts';
import { type FlagNames, readActiveFlag } from './active-flag.ts';
import { column, readText } from './cell.ts';
import { readCreationTime } from './creation-time.ts';
import { readFlag } from './flag.ts';
import { readLockEnd } from './lockout.ts';
import { type Names, readName, readNames, readRoles } from './names.ts';
import { type ImportedHash, readPasswordHash } from './password-hash.ts';
import { readId } from './user-id.ts';

/** A row in the form in which every later step needs it: nothing of it has to be parsed again. */
export interface ImportedUser extends Names, ImportedHash {
  /** Without white space around it. The case of its letters is that of the source. */
  id: string;
  /** `null` where the row has no flag for it. */
  isFlaggedActive: boolean | null;
  /** `null` where the row does not say it. */
  isEmailConfirmed: boolean | null;
  hasSecondFactor: boolean;
  /** It may be over. `null` is no lock. A lock without an end ends with the year 9999. */
  lockedUntil: Date | null;
  createdAt: Date | null;
  /** The SHA-256 of `SecurityStamp`, in hexadecimal. The stamp itself keys the old system's codes, and is not kept. */
  stampDigest: string | null;
  /** Of the column that `roleColumn` names. Empty where there is none. */
  roles: string[];
  tenant: string | null;
  hasPhoneNumber: boolean;
}

/** What the operator says of the columns. The names of columns are as people write them. */
export interface RowRules extends FlagNames {
  roleColumn?: string | undefined;
  /** Whether hashes that Portero cannot verify are left out, so that their users arrive without a password. */
  dropOtherHashes: boolean;
}

/**
 * Checks a row.
 *
 * ```ts
 * toImportedUser({ id: 7, username: ' ana ' }, { dropOtherHashes: false });
 * // { ok: true, value: { id: '7', userName: 'ana', normalizedUserName: 'ANA', hash: null, … } }
 * ```
 *
 * @returns the user, or what is wrong with the row: a sentence for people. Rows with the same fault have the same sentence.
 *   Nothing of the row is in it but the names of columns and the code point of a character that is refused. The details have
 *   the id where it could be read
 */
export function toImportedUser(
  columns: SourceColumns,
  rules: RowRules,
): Result<ImportedUser, string, { id?: string }> {
  const id = readId(columns);
  if (!id.ok) return id;
  const user = readUser(columns, rules);
  return user.ok ? succeed({ id: id.value, ...user.value }) : fail(user.reason, { id: id.value });
}

function readUser(
  columns: SourceColumns,
  rules: RowRules,
): Result<Omit<ImportedUser, 'id'>, string> {
  const names = readNames(columns);
  if (!names.ok) return names;
  const password = readPasswordHash(columns, rules.dropOtherHashes);
  if (!password.ok) return password;
  const access = readAccess(columns, rules);
  if (!access.ok) return access;
  const rest = readRest(columns, rules);
  if (!rest.ok) return rest;
  return succeed({ ...names.value, ...password.value, ...access.value, ...rest.value });
}

const EMAIL_CONFIRMED = column('EmailConfirmed');
const TWO_FACTOR_ENABLED = column('TwoFactorEnabled');

type Access = 'isFlaggedActive' | 'isEmailConfirmed' | 'hasSecondFactor' | 'lockedUntil';

/** Reads what decides whether the user may log in. */
function readAccess(
  columns: SourceColumns,
  rules: RowRules,
): Result<Pick<ImportedUser, Access>, string> {
  const isFlaggedActive = readActiveFlag(columns, rules);
  if (!isFlaggedActive.ok) return isFlaggedActive;
  const isEmailConfirmed = readFlag(columns, EMAIL_CONFIRMED);
  if (!isEmailConfirmed.ok) return isEmailConfirmed;
  const hasSecondFactor = readFlag(columns, TWO_FACTOR_ENABLED);
  if (!hasSecondFactor.ok) return hasSecondFactor;
  const lockedUntil = readLockEnd(columns);
  if (!lockedUntil.ok) return lockedUntil;
  return succeed({
    isFlaggedActive: isFlaggedActive.value,
    isEmailConfirmed: isEmailConfirmed.value,
    hasSecondFactor: hasSecondFactor.value ?? false,
    lockedUntil: lockedUntil.value,
  });
}

const SECURITY_STAMP = column('SecurityStamp');
const TENANT_ID = column('TenantId');
const PHONE_NUMBER = column('PhoneNumber');

type Rest = 'createdAt' | 'stampDigest' | 'roles' | 'tenant' | 'hasPhoneNumber';

function readRest(
  columns: SourceColumns,
  { roleColumn }: RowRules,
): Result<Pick<ImportedUser, Rest>, string> {
  const createdAt = readCreationTime(columns);
  if (!createdAt.ok) return createdAt;
  const stamp = readText(columns, SECURITY_STAMP);
  if (!stamp.ok) return stamp;
  const roles = roleColumn === undefined ? succeed([]) : readRoles(columns, roleColumn);
  if (!roles.ok) return roles;
  const tenant = readName(columns, TENANT_ID);
  if (!tenant.ok) return tenant;
  const phoneNumber = readText(columns, PHONE_NUMBER);
  if (!phoneNumber.ok) return phoneNumber;
  return succeed({
    createdAt: createdAt.value,
    stampDigest: stamp.value === null ? null : digest('sha256', stamp.value.trim()),
    roles: roles.value,
    tenant: tenant.value,
    hasPhoneNumber: phoneNumber.value !== null,
  });
}
