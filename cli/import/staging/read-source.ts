/**
 * Reads a source into the staging database, one table after the other.
 *
 * @module
 */
import type { Result } from '#portero/internal/result.ts';
import { showShare } from '../../progress.ts';
import type { TableName } from '../identity-names.ts';
import type { ImportOptions } from '../options.ts';
import { ColumnsSeen } from '../row/columns-seen.ts';
import { toImportedUser } from '../row/imported-user.ts';
import { isCapitalGuid } from '../row/user-id.ts';
import type { Source, SourceColumns, SourceTable } from '../source.ts';
import type { Knowledge } from '../users/compare-user.ts';
import { ShapeCosts } from './shape-costs.ts';
import { OTHER_TABLES } from './stage-other-tables.ts';
import { stageRejected, stageUser } from './stage-user.ts';
import type { Staging } from './staging.ts';
import { isOfOtherTenant, stageOfOtherTenant } from './tenants.ts';

/** What was read, beside the rows in the staging database. */
export interface Reading {
  /** What the numbers of the users' rows count, for people. */
  unit: SourceTable['unit'];
  columns: ColumnsSeen;
  /** How many rows belong to other tenants. They count nowhere else. */
  otherTenants: number;
  /** How many ids are GUIDs in capital letters. */
  capitalGuids: number;
  costs: ShapeCosts;
  hasTable(table: TableName): boolean;
}

/** The columns of Identity that keep users out. They are always read. */
const KEEPING_OUT = ['LockoutEnd', 'LockoutEndDateUtc', 'NormalizedUserName', 'EmailConfirmed'];

/** What the source can tell of users who are there already. */
export function knowledgeOf(
  { columns, hasTable }: Reading,
  { roleColumn }: ImportOptions,
): Knowledge {
  return {
    hasEmails: columns.has('Email'),
    hasRoles: roleColumn !== undefined || hasTable('userRoles'),
    // A flag counts only where it is read: the operator may have named it at the last import alone.
    hasColumn: (name) =>
      columns.flags.includes(name) || (KEEPING_OUT.includes(name) && columns.has(name)),
  };
}

/** Reads every table. @throws OperatorError where one of them cannot be read to its end */
export async function readSource(
  { tables }: Source,
  staging: Staging,
  options: ImportOptions,
): Promise<Reading> {
  const users = tables.get('users');
  if (users === undefined) throw new TypeError('a source has a table of users');
  const reading: Reading = {
    unit: users.unit,
    columns: new ColumnsSeen(options),
    otherTenants: 0,
    capitalGuids: 0,
    costs: new ShapeCosts(),
    hasTable: (table) => tables.has(table),
  };
  await readTable(users, (number, columns) =>
    readUser({ staging, reading, options }, number, columns),
  );
  for (const [name, stage] of Object.entries(OTHER_TABLES)) {
    const table = tables.get(name as TableName);
    if (table === undefined) continue;
    await readTable(table, (number, columns) => {
      const staged = columns.ok ? stage(staging, columns.value) : columns;
      if (staged.ok) return;
      const place = `${table.unit} ${number}`;
      staging.run('insert into faults values (?, ?, ?, ?)', name, table.name, staged.reason, place);
    });
  }
  return reading;
}

async function readTable(
  table: SourceTable,
  stage: (number: number, columns: Result<SourceColumns, string>) => void,
): Promise<void> {
  const progress = showShare(`Reading ${table.name}`, () => table.readShare());
  try {
    for await (const { number, columns } of table.rows()) {
      stage(number, columns);
      progress.advance();
    }
  } finally {
    progress.end();
  }
}

function readUser(
  { staging, reading, options }: { staging: Staging; reading: Reading; options: ImportOptions },
  number: number,
  columns: Result<SourceColumns, string>,
): void {
  const place = { unit: reading.unit, number, id: null };
  if (!columns.ok) {
    stageRejected(staging, place, columns.reason);
    return;
  }
  if (isOfOtherTenant(columns.value, options)) {
    stageOfOtherTenant(staging, columns.value);
    reading.otherTenants++;
    return;
  }
  reading.columns.see(columns.value);
  const row = toImportedUser(columns.value, options);
  if (!row.ok) {
    stageRejected(staging, { ...place, id: row.details?.id ?? null }, row.reason);
    return;
  }
  const user = row.value;
  if (isCapitalGuid(user.id)) reading.capitalGuids++;
  reading.costs.add(user.hash);
  stageUser(staging, place, user, options.lowerCaseIds);
}
