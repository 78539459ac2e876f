/** The old system as SQL: its stock schema and its rows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOREVER, OLD_ROLES, type OldUser, oldUsers } from './old-system.ts';
import { type OldSystemSummary, summarize } from './old-system-summary.ts';

/** `snake` names everything as EF Core's naming conventions do: `asp_net_users`. */
export type OldDialect = 'postgresql' | 'postgresql-snake' | 'mysql' | 'sqlite';

/** `raw` stands in the statement as it is. */
type Value = string | number | boolean | null | Date | { raw: string };
type Row = Record<string, Value>;

const ROWS_PER_STATEMENT = 1000;

/** The statements that make the tables. */
export function oldSchema(dialect: OldDialect): string[] {
  const name = dialect === 'postgresql-snake' ? 'postgresql' : dialect;
  const file = join(import.meta.dirname, `../fixtures/identity/${name}.sql`);
  const text = readFileSync(file, 'utf8').replace(/^--.*$/gm, '');
  const statements = text.split(';').filter((statement) => statement.trim() !== '');
  return dialect === 'postgresql-snake'
    ? statements.map((statement) => statement.replace(/"(\w+)"/g, (_, word) => `"${snake(word)}"`))
    : statements;
}

/**
 * Makes the tables in an empty database, and fills them.
 *
 * @param execute runs one statement
 * @returns how many users there are of each case
 */
export async function fillOldSystem(
  execute: (statement: string) => unknown,
  dialect: OldDialect,
  { count, now }: { count: number; now: Date },
): Promise<OldSystemSummary> {
  for (const statement of oldSchema(dialect)) await execute(statement);
  if (dialect === 'mysql') await execute("set sql_mode = 'NO_BACKSLASH_ESCAPES'");
  const waiting = new Map<string, Row[]>();

  async function flush(): Promise<void> {
    // In this order each row is there before those that refer to it.
    for (const [table, rows] of waiting) {
      if (rows.length > 0) await execute(insert(dialect, table, rows));
      waiting.set(table, []);
    }
  }
  function add(table: string, row: Row): void {
    const rows = waiting.get(table) ?? [];
    rows.push(row);
    waiting.set(table, rows);
  }
  for (const { id, name, claims } of OLD_ROLES) {
    add('AspNetRoles', { Id: id, Name: name, NormalizedName: name.toUpperCase() });
    for (const { type, value } of claims) {
      add('AspNetRoleClaims', { RoleId: id, ClaimType: type, ClaimValue: value });
    }
  }
  await flush();
  for (const user of oldUsers(count, now)) {
    addUser(add, user);
    if ((waiting.get('AspNetUsers')?.length ?? 0) >= ROWS_PER_STATEMENT) await flush();
  }
  await flush();
  return summarize(oldUsers(count, now));
}

function addUser(add: (table: string, row: Row) => void, user: OldUser): void {
  const { id } = user;
  add('AspNetUsers', {
    Id: id,
    Activo: user.activo,
    UserName: user.userName,
    NormalizedUserName: user.normalizedUserName,
    Email: user.email,
    NormalizedEmail: user.email?.toUpperCase() ?? null,
    EmailConfirmed: user.emailConfirmed,
    PasswordHash: user.hash?.text ?? null,
    SecurityStamp: user.securityStamp,
    ConcurrencyStamp: id,
    PhoneNumber: user.phoneNumber,
    PhoneNumberConfirmed: false,
    TwoFactorEnabled: user.twoFactorEnabled,
    LockoutEnd: user.lockoutEnd,
    LockoutEnabled: user.lockoutEnabled,
    AccessFailedCount: 0,
  });
  for (const role of user.roles) add('AspNetUserRoles', { UserId: id, RoleId: role.id });
  for (const { type, value } of user.claims) {
    add('AspNetUserClaims', { UserId: id, ClaimType: type, ClaimValue: value });
  }
  for (const provider of user.logins) {
    const display = { ProviderDisplayName: provider, UserId: id };
    add('AspNetUserLogins', { LoginProvider: provider, ProviderKey: `key-${id}`, ...display });
  }
  if (user.twoFactorEnabled) {
    const owner = { UserId: id, LoginProvider: '[AspNetUserStore]' };
    add('AspNetUserTokens', { ...owner, Name: 'AuthenticatorKey', Value: AUTHENTICATOR_KEY });
    add('AspNetUserTokens', { ...owner, Name: 'RecoveryCodes', Value: 'AAAA1-BBBB2;CCCC3-DDDD4' });
  }
  for (let passkey = 0; passkey < user.passkeys; passkey++) {
    const bytes = Buffer.from(`${id}${passkey}`).toString('hex');
    add('AspNetUserPasskeys', {
      CredentialId: { raw: bytes },
      UserId: id,
      Data: '{"SignCount": 1}',
    });
  }
}

/** Base32, as an authenticator app has it. Nothing of it may turn up in an import. */
export const AUTHENTICATOR_KEY = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

function insert(dialect: OldDialect, table: string, rows: Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const names = columns.map((column) => quoted(dialect, column)).join(', ');
  const values = rows.map(
    (row) => `(${columns.map((column) => literal(dialect, row[column] ?? null)).join(', ')})`,
  );
  return `insert into ${quoted(dialect, table)} (${names}) values ${values.join(', ')}`;
}

function quoted(dialect: OldDialect, name: string): string {
  if (dialect === 'mysql') return `\`${name}\``;
  return `"${dialect === 'postgresql-snake' ? snake(name) : name}"`;
}

/** `AspNetUsers` becomes `asp_net_users`, and `PK_AspNetUsers` becomes `pk_asp_net_users`. */
function snake(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Writes a value as the provider of the database stores it. */
function literal(dialect: OldDialect, value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value === 'number') return String(value);
  const isPostgresql = dialect.startsWith('postgresql');
  if (typeof value === 'boolean') return isPostgresql ? String(value) : String(Number(value));
  if (value instanceof Date) return `'${time(dialect, value)}'`;
  return isPostgresql ? `'\\x${value.raw}'` : `x'${value.raw}'`;
}

/** Npgsql makes `infinity` of .NET's largest date. Pomelo keeps six decimals, and SQLite's provider seven with a zone. */
function time(dialect: OldDialect, date: Date): string {
  const isForever = date === FOREVER;
  const text = date.toISOString().replace('T', ' ').slice(0, -1);
  if (dialect === 'mysql') return isForever ? `${text}999` : text;
  if (dialect === 'sqlite') return `${text}${isForever ? '9999' : ''}+00:00`;
  return isForever ? 'infinity' : `${text}+00`;
}
