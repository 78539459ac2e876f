/**
 * `users import`: the users of an ASP.NET Core Identity system, with their passwords.
 *
 * @module
 */
import { inArray, or } from 'drizzle-orm';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { connect } from '../src/db/connection.ts';
import type { DatabaseAddress } from '../src/db/database-address.ts';
import { roles, users } from '../src/db/schema.ts';
import { trimName } from '../src/user-name.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { BATCH_DEADLINE_MS, batchRows, layerIdOf, storeHashes, toHashRow } from './hash-row.ts';
import { ImportReport } from './import-report.ts';
import { type ImportedUser, type RoleSource, toImportedUser } from './imported-user.ts';
import { isSameFile, withFile } from './input-file.ts';
import { Interruption } from './interruption.ts';
import { OperatorError } from './operator-error.ts';
import { printErrorLine, printLine } from './print.ts';
import { showProgress } from './progress.ts';
import { ShapeCosts } from './shape-costs.ts';
import { isCapitalGuid, lowerCaseGuid } from './user-id.ts';
import { readUserRecords } from './user-records.ts';

export interface ImportOptions {
  role?: string;
  roleColumn?: string;
  /** Allows administrators' roles. */
  admin: boolean;
  harden: boolean;
  /** Writes GUIDs as .NET does. */
  lowerCaseIds: boolean;
  dryRun: boolean;
  /** A file for the rejected rows. */
  rejects?: string;
}

/** What every step of an import needs. */
interface Import {
  database: DatabaseAddress;
  /** The file, which can be read more than once. */
  path: string;
  roleSource: RoleSource;
  /** The ids of the roles that may be given, by their names. */
  roleIds: Map<string, number>;
  options: ImportOptions;
  report: ImportReport;
}

/** A row with its line, and with the id as it is in the file. */
type Row = ImportedUser & { line: number; exportedId: string };

/** @param file a path, or `-` for standard input */
export async function importUsers(file: string, options: ImportOptions): Promise<ExitCode> {
  const roleSource = readRoleSource(options);
  if (options.rejects !== undefined && isSameFile(file, options.rejects)) {
    throw new OperatorError('The rejected rows would overwrite the file that is imported.');
  }
  const interruption = new Interruption();
  return withFile(file, (path) =>
    withDatabase(async ({ database, name }) => {
      const roleIds = await readRoles(database, options.admin);
      if ('name' in roleSource && !roleIds.has(roleSource.name)) {
        throw new OperatorError(
          `There is no role ${roleSource.name} in ${name}, or it is an administrator's and --admin is missing.`,
        );
      }
      const report = new ImportReport(options.rejects);
      const run: Import = { database, path, roleSource, roleIds, options, report };
      // The file is read twice, so that everything wrong with it is known before anything is written.
      const lines = await checkRows(run);
      const progress = showProgress(lines.size);
      interruption.wait();
      try {
        for await (const batch of batches(run, lines)) {
          if (interruption.isRequested) break;
          const present = report.present;
          await importBatch(run, batch);
          progress.advance(batch.length, report.present - present);
          for (const { line } of batch) lines.delete(line);
        }
      } finally {
        progress.end();
        if (!options.dryRun) audit({ event: 'users_imported', added: report.added });
        printLine(summary(report, name, options.dryRun));
      }
      if (lines.size > 0 && !interruption.isRequested) {
        throw new OperatorError(
          `${file} has changed meanwhile: ${lines.size} rows are missing. Run the same command again.`,
        );
      }
      const exitCode = interruption.conclude();
      return exitCode === EXIT.done && report.rejected > 0 ? EXIT.refused : exitCode;
    }),
  );
}

function readRoleSource({ role, roleColumn }: ImportOptions): RoleSource {
  if (role !== undefined && roleColumn === undefined) return { name: trimName(role) };
  if (role === undefined && roleColumn !== undefined) return { column: trimName(roleColumn) };
  throw new OperatorError(
    'Name one role with --role, or the column that has it with --role-column.',
  );
}

function summary(report: ImportReport, where: string, isDryRun: boolean): string {
  const { added, present, rejected, withoutPassword } = report;
  const among = withoutPassword > 0 ? `, ${withoutPassword} of them without a password` : '';
  return (
    `${isDryRun ? 'Would add' : 'Added'} ${added} users to ${where}${among}; ` +
    `${present} were there already, ${rejected} rejected.`
  );
}

/** Reads every row of the file, with the user that it holds or what is wrong with it. */
async function* readRows({
  path,
  roleSource,
  options: { lowerCaseIds },
}: Import): AsyncGenerator<{ line: number; row: Result<Row, string> }> {
  const roleColumn = 'column' in roleSource ? roleSource.column : undefined;
  for await (const { line, columns } of readUserRecords(path, roleColumn)) {
    const user = columns.ok ? toImportedUser(columns.value, roleSource) : columns;
    const row = user.ok ? succeed({ ...withBothIds(user.value, lowerCaseIds), line }) : user;
    yield { line, row };
  }
}

function withBothIds(user: ImportedUser, lowerCaseIds: boolean) {
  const id = lowerCaseIds ? lowerCaseGuid(user.id) : user.id;
  return { ...user, id, exportedId: user.id };
}

/** @returns the lines that can be imported. The report has the others */
async function checkRows(run: Import): Promise<Set<number>> {
  const lines = new Set<number>();
  const names = new Map<string, number>();
  const ids = new Map<string, number>();
  const costs = new ShapeCosts();
  let capitalGuids = 0;

  function check({ id, normalizedUserName, role }: Row): Result<undefined, string> {
    if (!run.roleIds.has(role)) return fail(NO_ROLE);
    const twin = names.get(normalizedUserName) ?? ids.get(id);
    return twin === undefined ? succeed() : fail(`has the UserName or the Id of line ${twin}`);
  }

  for await (const { line, row } of readRows(run)) {
    const checked = row.ok ? check(row.value) : row;
    if (!checked.ok) run.report.reject(line, checked.reason);
    else if (row.ok) {
      lines.add(line);
      names.set(row.value.normalizedUserName, line);
      ids.set(row.value.id, line);
      costs.add(row.value.hash);
      if (isCapitalGuid(row.value.exportedId)) capitalGuids++;
    }
  }
  costs.warn();
  if (capitalGuids > 0) warnOfCapitalGuids(capitalGuids, run.options.lowerCaseIds);
  return lines;
}

function warnOfCapitalGuids(count: number, lowerCaseIds: boolean): void {
  printErrorLine(
    lowerCaseIds
      ? `${count} ids are GUIDs in capital letters. They become small letters, as .NET writes them.`
      : `${count} ids are GUIDs in capital letters, and they stay so. .NET writes a GUID in small letters, and services ` +
          'compare ids as text. --lower-case-ids makes them small letters.',
  );
}

const NO_ROLE = "there is no such role, or it is an administrator's and --admin is missing";

/** Yields the rows on these lines. A row that has become faulty since the first reading is left out. */
async function* batches(run: Import, lines: Set<number>): AsyncGenerator<Row[]> {
  const size = batchRows(run.options.harden);
  let batch: Row[] = [];
  for await (const { line, row } of readRows(run)) {
    if (!row.ok || !lines.has(line)) continue;
    if (batch.push(row.value) === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function readRoles(database: DatabaseAddress, admin: boolean): Promise<Map<string, number>> {
  const known = await connect(database).select().from(roles);
  return new Map(
    known.filter(({ isAdmin }) => admin || !isAdmin).map(({ name, id }) => [name, id]),
  );
}

async function importBatch(run: Import, batch: Row[]): Promise<void> {
  const { options, report } = run;
  const missing = await withoutPresent(run, batch);
  const addedIds = options.dryRun
    ? new Set(missing.map(({ id }) => id))
    : await addUsers(run, missing);
  const added = missing.filter(({ id }) => addedIds.has(id));
  report.added += added.length;
  report.withoutPassword += added.filter(({ hash }) => hash === null).length;
  // Another command has added them, or other users of their names, since this one looked for them.
  const others = missing.filter(({ id }) => !addedIds.has(id));
  if (others.length > 0) await withoutPresent(run, others);
}

/** @returns the ids of the users who were not there already */
async function addUsers({ database, roleIds, options }: Import, missing: Row[]) {
  if (missing.length === 0) return new Set<string>();
  const hashed = await Promise.all(
    missing.map(async (row) => ({ row, hash: await toHashRow(row.hash, options.harden) })),
  );
  const rows = hashed.map(
    ({ row: { id, userName, normalizedUserName, email, active, role }, hash }) => ({
      id,
      userName,
      normalizedUserName,
      email,
      active,
      roleId: roleIds.get(role) as number,
      passwordHash: hash.passwordHash,
      foreignLayerId: layerIdOf(hash),
    }),
  );
  const db = connect(database, BATCH_DEADLINE_MS);
  const insert = db.insert(users).values(rows).onConflictDoNothing().returning({ id: users.id });
  const hashes = hashed.map(({ hash }) => hash);
  const [added = []] = await storeHashes(db, hashes, [insert]);
  return new Set(added.map(({ id }) => id));
}

/**
 * Leaves out the users who are there already. Rejects rows whose name another user has, and rows whose id is there in
 * another case.
 */
async function withoutPresent({ database, report }: Import, batch: Row[]): Promise<Row[]> {
  const names = batch.map(({ normalizedUserName }) => normalizedUserName);
  const ids = batch.flatMap(({ id, exportedId }) => [id, exportedId]);
  const present = await connect(database)
    .select({ id: users.id, name: users.normalizedUserName })
    .from(users)
    .where(or(inArray(users.id, ids), inArray(users.normalizedUserName, names)));
  const nameOf = new Map(present.map(({ id, name }) => [id, name]));
  const idOf = new Map(present.map(({ id, name }) => [name, id]));
  return batch.filter(({ line, id, exportedId, normalizedUserName }) => {
    const namesake = idOf.get(normalizedUserName);
    if (nameOf.has(id)) {
      const isMerger = id !== exportedId && nameOf.get(id) !== normalizedUserName;
      if (isMerger) report.reject(line, ID_OF_ANOTHER);
      else report.present++;
    } else if (nameOf.has(exportedId) || namesake?.toLowerCase() === id.toLowerCase()) {
      report.reject(line, ID_IN_ANOTHER_CASE);
    } else if (namesake !== undefined) {
      report.reject(line, 'the UserName is that of another user in the database');
    } else return true;
    return false;
  });
}

const ID_OF_ANOTHER = 'the Id in small letters is that of another UserName in the database';
const ID_IN_ANOTHER_CASE = 'the Id is in the database in another case';
