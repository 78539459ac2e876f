/**
 * The names of the tables and columns of ASP.NET Core Identity, in every spelling.
 *
 * @module
 */

/** The tables that an import reads, with the second halves of their names. */
export const TABLES = {
  users: 'users',
  roles: 'roles',
  userRoles: 'userroles',
  roleClaims: 'roleclaims',
  userClaims: 'userclaims',
  userLogins: 'userlogins',
  userTokens: 'usertokens',
  userPasskeys: 'userpasskeys',
} as const;

export type TableName = keyof typeof TABLES;

/** What the names of Identity's tables begin with, where nobody has renamed them. */
const DEFAULT_PREFIX = 'aspnet';

/**
 * The form in which names of tables and columns are compared. Case, underscores and blanks do not count: EF Core's naming
 * conventions make `normalized_user_name` of `NormalizedUserName`.
 *
 * ```ts
 * canonicalName('normalized_user_name'); // normalizedusername
 * ```
 */
export function canonicalName(name: string): string {
  return name.replace(/[_\s]/g, '').toLowerCase();
}

/**
 * The canonical names of the tables. Where the table of users has another name, the others begin as it does: beside
 * `AbpUsers` there is `AbpRoles`. Where its name does not end with `Users`, the others have their usual names.
 *
 * ```ts
 * tableNames('AbpUsers').roles; // abproles
 * ```
 *
 * @param usersTable the name of the table of users, without a schema. `undefined` is `AspNetUsers`
 */
export function tableNames(usersTable?: string): Record<TableName, string> {
  const users = canonicalName(usersTable ?? `${DEFAULT_PREFIX}users`);
  const prefix = users.endsWith(TABLES.users)
    ? users.slice(0, -TABLES.users.length)
    : DEFAULT_PREFIX;
  const entries = Object.entries(TABLES).map(([table, name]) => [table, `${prefix}${name}`]);
  return { ...(Object.fromEntries(entries) as Record<TableName, string>), users };
}

/**
 * The columns without which a table says nothing. They are enough for every table but that of users. The first one is that
 * of the row's owner: no row of the table leaves it blank.
 */
export const REQUIRED_COLUMNS: Record<TableName, readonly [string, ...string[]]> = {
  // Without a column of hashes, every user would have no password.
  users: ['Id', 'UserName', 'PasswordHash'],
  roles: ['Id', 'Name'],
  userRoles: ['UserId', 'RoleId'],
  roleClaims: ['RoleId', 'ClaimType', 'ClaimValue'],
  userClaims: ['UserId', 'ClaimType'],
  userLogins: ['UserId', 'LoginProvider'],
  userTokens: ['UserId', 'LoginProvider', 'Name'], // not Value, which holds the keys of second factors
  userPasskeys: ['UserId'],
};

/** The canonical names of {@link REQUIRED_COLUMNS}. */
export function canonicalRequired(table: TableName): string[] {
  return REQUIRED_COLUMNS[table].map(canonicalName);
}
