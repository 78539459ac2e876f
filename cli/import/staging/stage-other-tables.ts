/**
 * Puts the tables beside the users into the staging database: what they hold, or how much of it does not arrive.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { findUntypable, MAX_USER_NAME_LENGTH, trimName } from '../../../src/user-name.ts';
import type { TableName } from '../identity-names.ts';
import { lowerCaseGuid } from '../row/user-id.ts';
import type { SourceColumns } from '../source.ts';
import type { Staging } from './staging.ts';

type Staged = Result<undefined, string>;

/** In the order in which they are read. */
export const OTHER_TABLES: Record<
  Exclude<TableName, 'users'>,
  (staging: Staging, columns: SourceColumns) => Staged
> = {
  roles(staging, columns) {
    const id = readText(columns.id);
    const name = readText(columns.name);
    if (id === null || name === null) return fail(`${id === null ? 'Id' : 'Name'} is missing`);
    if (name.length > MAX_USER_NAME_LENGTH) {
      return fail(`Name has more than ${MAX_USER_NAME_LENGTH} characters`);
    }
    const codePoint = findUntypable(name);
    if (codePoint !== undefined) {
      return fail(`Name has the character ${codePoint}, which people cannot see or type`);
    }
    const tenant = readText(columns.tenantid);
    const key = lowerCaseGuid(id);
    if (staging.count('from roles where id_key = ?', key) > 0)
      return fail('has the Id of another role');
    staging.run('insert into roles values (?, ?, ?)', key, name, tenant);
    return succeed();
  },
  userRoles(staging, columns) {
    const userId = readText(columns.userid);
    const roleId = readText(columns.roleid);
    if (userId === null || roleId === null) return fail('UserId or RoleId is missing');
    const keys = [lowerCaseGuid(userId), lowerCaseGuid(roleId)];
    staging.run('insert or ignore into memberships values (?, ?)', ...keys);
    return succeed();
  },
  roleClaims(staging, columns) {
    const roleId = readText(columns.roleid);
    const type = readText(columns.claimtype);
    if (roleId === null || type === null) return fail('RoleId or ClaimType is missing');
    const value = readText(columns.claimvalue) ?? '';
    const claim = [lowerCaseGuid(roleId), type, value];
    staging.run('insert or ignore into role_claims values (?, ?, ?)', ...claim);
    return succeed();
  },
  userClaims: (staging, columns) => leaveBehind(staging, 'user claims', columns, 'claimtype'),
  userLogins: (staging, columns) =>
    leaveBehind(staging, 'external logins', columns, 'loginprovider'),
  userTokens: (staging, columns) => leaveBehind(staging, 'user tokens', columns, 'name'),
  userPasskeys: (staging, columns) => leaveBehind(staging, 'passkeys', columns),
};

/** @param nameColumn has the name that the rows of this kind are counted by */
function leaveBehind(
  staging: Staging,
  kind: string,
  columns: SourceColumns,
  nameColumn?: string,
): Staged {
  const userKey = lowerCaseGuid(readText(columns.userid) ?? '');
  const isOfOther = staging.count('from users_of_other_tenants where user_key = ?', userKey) > 0;
  if (isOfOther) return succeed();
  const name = nameColumn === undefined ? null : columns[nameColumn];
  staging.run(
    'insert into left_behind values (?, ?, 1) on conflict do update set rows = rows + 1',
    kind,
    readText(name) ?? '',
  );
  return succeed();
}

/** Text without the white space around it. Blank text is none. */
function readText(value: unknown): string | null {
  if (!['string', 'number', 'bigint'].includes(typeof value)) return null;
  return trimName(String(value)) || null;
}
