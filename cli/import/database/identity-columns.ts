/**
 * Which columns of a table of Identity are read.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';
import {
  canonicalName,
  canonicalRequired,
  REQUIRED_COLUMNS,
  type TableName,
} from '../identity-names.ts';
import { activeColumns } from '../row/active-flag.ts';
import type { DatabaseColumn } from './adapter.ts';

/** A table that is read. */
export interface IdentityTable {
  schema: string | null;
  table: string;
  /** For people: `public.AspNetUsers`. */
  label: string;
  columns: DatabaseColumn[];
}

/** Where several tenants share the tables, every table says whose a row is. */
const TENANT = canonicalName('TenantId');

/** The columns of ASP.NET Core Identity that the import reads of a user, beside those that it requires. */
const STOCK = [
  ...['NormalizedUserName', 'Email', 'NormalizedEmail', 'EmailConfirmed', 'PhoneNumber'],
  ...['SecurityStamp', 'TwoFactorEnabled', 'LockoutEnabled', 'LockoutEnd'],
];

/** What is read of a user. Without one of these columns, somebody may come in whom the old system keeps out. */
const READ_OF_USERS = new Set([
  ...canonicalRequired('users'),
  ...[...STOCK, 'LockoutEndDateUtc', 'TenantId'].map(canonicalName),
  ...activeColumns({}).map(({ key }) => key),
]);

/** So many names of columns are enough in one sentence. */
const MOST_NAMES = 5;

/** @returns the first column without which the table says nothing */
export function missingColumn(table: TableName, { columns }: IdentityTable): string | undefined {
  const present = new Set(columns.map(({ column }) => canonicalName(column)));
  return REQUIRED_COLUMNS[table].find((name) => !present.has(canonicalName(name)));
}

/**
 * Leaves only the columns that are read.
 *
 * @throws OperatorError where one of them is not there, or cannot be read
 */
export function withReadColumns(table: TableName, found: IdentityTable): IdentityTable {
  const lack = missingColumn(table, found);
  if (lack !== undefined) {
    throw new OperatorError(
      `${found.label} has no column ${lack}. Say which table holds the users with --users-table.`,
    );
  }
  const required = canonicalRequired(table);
  // Of a user everything is read but bytes: flags of one's own say who may log in.
  const columns = found.columns.filter(({ column, kind }) => {
    const name = canonicalName(column);
    if (required.includes(name) || name === TENANT) return true;
    if (table !== 'users' || name === '') return false; // `_` has no name to go by
    return kind !== 'bytes' || READ_OF_USERS.has(name);
  });
  refuseBytes(found, columns);
  refuseTwins(found, columns);
  return { ...found, columns };
}

/** Tells which columns of users are not read. @returns sentences for people */
export function noticesOfUsers({ label, columns }: IdentityTable): string[] {
  const bytes = columns.filter(
    ({ column, kind }) => kind === 'bytes' && !READ_OF_USERS.has(canonicalName(column)),
  );
  const present = new Set(columns.map(({ column }) => canonicalName(column)));
  const hidden = columns.some(({ isGrantedAlone }) => isGrantedAlone)
    ? STOCK.filter((name) => !present.has(canonicalName(name)))
    : [];
  return [
    ...(bytes.length > 0
      ? [
          `${bytes.length} of the columns of ${label} hold bytes and are not read: ${list(bytes.map(({ column }) => column))}. If one ` +
            'of them says who may log in, make a view in which it is a number, and name the view with --users-table.',
        ]
      : []),
    ...(hidden.length > 0
      ? [
          `The user of the database may read only some columns of ${label}, and not ${hidden.join(', ')}. Who is locked there may ` +
            'not be locked here. Let the user read the whole table.',
        ]
      : []),
  ];
}

function list(names: string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function refuseBytes({ label }: IdentityTable, columns: DatabaseColumn[]): void {
  const unreadable = columns.find(({ kind }) => kind === 'bytes');
  if (unreadable === undefined) return;
  const { column, type } = unreadable;
  throw new OperatorError(
    `${column} of ${label} is ${type} and not text. Bytes can be written as text in more than one way, and an id must be the one ` +
      'that other services know. Make views in which these columns are text, and flags are numbers, such as PorteroUsers, ' +
      'PorteroRoles and PorteroUserRoles, and import with --users-table PorteroUsers.',
  );
}

function refuseTwins({ label }: IdentityTable, columns: DatabaseColumn[]): void {
  const seen = new Map<string, string>();
  for (const { column } of columns) {
    const twin = seen.get(canonicalName(column));
    if (twin !== undefined) {
      throw new OperatorError(
        `${label} has the columns ${twin} and ${column}, which this command cannot tell apart. Make views with one of them, such ` +
          'as PorteroUsers and PorteroRoles, and import with --users-table PorteroUsers.',
      );
    }
    seen.set(canonicalName(column), column);
  }
}
