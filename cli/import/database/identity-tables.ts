/**
 * Which tables of a database are ASP.NET Core Identity's, and which of their columns are read.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';
import { canonicalName, TABLES, type TableName, tableNames } from '../identity-names.ts';
import type { DatabaseColumn } from './adapter.ts';
import {
  type IdentityTable,
  missingColumn,
  noticesOfUsers,
  withReadColumns,
} from './identity-columns.ts';

/** How many names a sentence lists. */
const MOST_NAMES = 10;

/**
 * Finds the tables. The table of users is looked for in every schema. The others are those beside it.
 *
 * @param columns of the whole database
 * @param usersTable what the operator calls the table of users, perhaps with its schema
 * @param where the database, for people
 * @throws OperatorError where it is not clear which table is that of users, or where that table cannot be read
 */
export function findIdentityTables(
  columns: DatabaseColumn[],
  usersTable: string | undefined,
  where: string,
): { tables: Map<TableName, IdentityTable>; notices: string[] } {
  const all = groupByTable(columns);
  const users = findUsers(all, usersTable, where);
  const tables = new Map<TableName, IdentityTable>([['users', withReadColumns('users', users)]]);
  const notices = noticesOfUsers(users);
  const missing: string[] = [];
  const names = tableNames(users.table);
  for (const table of Object.keys(TABLES) as TableName[]) {
    if (table === 'users') continue;
    const namesakes = all.filter((other) => canonicalName(other.table) === names[table]);
    const found = besideUsers(namesakes, users);
    if (found === undefined) {
      const [elsewhere] = namesakes;
      if (elsewhere !== undefined) {
        notices.push(
          `${elsewhere.label} is not read, because ${users.label} is in another schema.`,
        );
      } else if (table !== 'userPasskeys') missing.push(TABLES[table]); // .NET 10 is the first to have passkeys
      continue;
    }
    const lack = missingColumn(table, found);
    if (lack === undefined) tables.set(table, withReadColumns(table, found));
    else notices.push(`${found.label} is not read, because it has no column ${lack}.`);
  }
  if (missing.length > 0) {
    notices.push(
      `No table beside ${users.label} has a name that ends with ${missing.join(', ')}. Look whether the user of the database ` +
        'may read all tables.',
    );
  }
  return { tables, notices };
}

function groupByTable(columns: DatabaseColumn[]): IdentityTable[] {
  const tables = new Map<string, IdentityTable>();
  for (const column of columns) {
    const { schema, table } = column;
    const label = schema === null ? table : `${schema}.${table}`;
    const key = JSON.stringify([schema, table]);
    const known = tables.get(key);
    if (known !== undefined) known.columns.push(column);
    else tables.set(key, { schema, table, label, columns: [column] });
  }
  return [...tables.values()];
}

function findUsers(all: IdentityTable[], usersTable: string | undefined, where: string) {
  const name = usersTable ?? tableNames().users;
  const isNamed = (text: string) => canonicalName(text) === canonicalName(name);
  const named = all.filter(({ table, label }) => isNamed(table) || isNamed(label));
  // The exact spelling decides between `AspNetUsers` and a view `asp_net_users`.
  const exact = named.filter(({ table, label }) => [table, label].includes(name));
  const [users, other] = exact.length === 1 ? exact : named;
  if (users === undefined) throw missingUsers(all, usersTable ?? 'AspNetUsers', where);
  if (other !== undefined) {
    throw new OperatorError(
      `There is more than one table of users in ${where}: ${list(named)}. Say which one with --users-table, such as ` +
        `--users-table ${users.label}.`,
    );
  }
  return users;
}

function missingUsers(all: IdentityTable[], name: string, where: string): OperatorError {
  const alike = all.filter(
    ({ table, columns }) =>
      canonicalName(table).endsWith(TABLES.users) ||
      columns.some(({ column }) => canonicalName(column) === 'passwordhash'),
  );
  return new OperatorError(
    `There is no table ${name} in ${where}, or its user may not see it. ` +
      (alike.length > 0
        ? `If the table of users has another name, say so with --users-table. These look like it: ${list(alike)}.`
        : 'If the table of users has another name, say so with --users-table.'),
  );
}

function list(tables: IdentityTable[]): string {
  const names = tables.slice(0, MOST_NAMES).map(({ label }) => label);
  const more = tables.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Of several namesakes it is the one whose name begins just as that of the users' table does. */
function besideUsers(namesakes: IdentityTable[], users: IdentityTable): IdentityTable | undefined {
  const beside = namesakes.filter(({ schema }) => schema === users.schema);
  const prefix = users.table.slice(0, -TABLES.users.length);
  const [found, other] =
    beside.length === 1 ? beside : beside.filter(({ table }) => table.startsWith(prefix));
  if (beside.length > 0 && (found === undefined || other !== undefined)) {
    throw new OperatorError(
      `It is not clear which table belongs to ${users.label}: ${list(beside)}. Make views under names of their own, such as ` +
        'PorteroUsers and PorteroRoles, and import with --users-table PorteroUsers.',
    );
  }
  return found;
}
