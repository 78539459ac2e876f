/**
 * `users import`: the users of an ASP.NET Core Identity system, with the passwords they have.
 *
 * @module
 */
import { inArray, or } from 'drizzle-orm';
import { OperatorError } from '../dev/operator-error.ts';
import { connect } from '../src/db/connection.ts';
import { roles, users } from '../src/db/schema.ts';
import { normalizeUserName } from '../src/user-name.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { BATCH_DEADLINE_MS, batchRows, layerId, storeHashes, toHashRow } from './hash-row.ts';
import { ImportReport } from './import-report.ts';
import { type ImportedUser, toImportedUser } from './imported-user.ts';
import { isSameFile, withFile } from './input-file.ts';
import { Interruption } from './interruption.ts';
import { LayerList } from './layer-list.ts';
import { showProgress } from './progress.ts';
import { readUserRecords } from './user-records.ts';

export interface ImportOptions {
  role?: string;
  roleColumn?: string;
  /** Administrators' roles may be given. */
  admin: boolean;
  harden: boolean;
  dryRun: boolean;
  /** A file for the rows that were rejected. */
  rejects?: string;
}

type Row = ImportedUser & { line: number };

/** @param file a path, or `-` for standard input */
export async function importUsers(file: string, options: ImportOptions): Promise<void> {
  const { role, roleColumn } = options;
  if ((role === undefined) === (roleColumn === undefined)) {
    throw new OperatorError(
      'Name one role with --role, or the column that has it with --role-column.',
    );
  }
  const source = role === undefined ? { column: roleColumn as string } : { name: role };
  if (options.rejects !== undefined && isSameFile(file, options.rejects)) {
    throw new OperatorError('The rejected rows would overwrite the file that is imported.');
  }
  const interruption = new Interruption();
  await withFile(file, async (path) => {
    await withDatabase(async ({ databaseUrl, name }) => {
      const roleIds = await readRoles(databaseUrl, options.admin);
      if (role !== undefined && !roleIds.has(role)) {
        throw new OperatorError(
          `There is no role ${role} in ${name}, or it is an administrator's and --admin is missing.`,
        );
      }
      const report = new ImportReport(options.rejects);
      // Twice over the file, so that what is wrong with it is known before anything is written.
      const lines = await checkRows(path, source, roleIds, report);
      const progress = showProgress(lines.size);
      interruption.wait();
      try {
        for await (const batch of batches(path, source, lines, batchRows(options.harden))) {
          if (interruption.isRequested) break;
          const present = report.present;
          await importBatch(databaseUrl, batch, roleIds, options, report);
          progress.advance(batch.length, report.present - present);
          for (const { line } of batch) lines.delete(line);
        }
      } finally {
        progress.end();
        const { added, present, rejected, withoutPassword } = report;
        if (!options.dryRun) audit({ event: 'users_imported', added });
        const among = withoutPassword > 0 ? `, ${withoutPassword} of them without a password` : '';
        console.log(
          `${options.dryRun ? 'Would add' : 'Added'} ${added} users to ${name}${among}; ` +
            `${present} were there already, ${rejected} rejected.`,
        );
      }
      if (lines.size > 0 && !interruption.isRequested) {
        throw new OperatorError(
          `${file} has changed meanwhile: ${lines.size} rows are missing. Run the same command again.`,
        );
      }
      process.exitCode = interruption.conclude() ?? (report.rejected > 0 ? EXIT_REJECTED : 0);
    });
  });
}

/** Some rows were rejected, and the rest went in. */
const EXIT_REJECTED = 1;

type RoleSource = { name: string } | { column: string };

/** @returns the lines that can be imported; the others are in the report */
async function checkRows(
  path: string,
  source: RoleSource,
  roleIds: Map<string, number>,
  report: ImportReport,
): Promise<Set<number>> {
  const lines = new Set<number>();
  const names = new Map<string, number>();
  const ids = new Map<string, number>();
  const layers = new LayerList();
  for await (const record of readUserRecords(path, columnOf(source))) {
    const { line } = record;
    const user = 'fault' in record ? record.fault : toImportedUser(record.columns, source);
    if (typeof user === 'string') {
      report.reject(line, user);
      continue;
    }
    const name = normalizeUserName(user.userName);
    const twin = names.get(name) ?? ids.get(user.id);
    if (!roleIds.has(user.role)) report.reject(line, NO_ROLE);
    else if (twin !== undefined) report.reject(line, `has the UserName or the Id of line ${twin}`);
    else {
      lines.add(line);
      names.set(name, line);
      ids.set(user.id, line);
      layers.add(user.passwordHash);
    }
  }
  layers.warn();
  return lines;
}

const NO_ROLE = "there is no such role, or it is an administrator's and --admin is missing";

function columnOf(source: RoleSource): string | undefined {
  return 'column' in source ? source.column : undefined;
}

async function* batches(
  path: string,
  source: RoleSource,
  lines: Set<number>,
  size: number,
): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const record of readUserRecords(path, columnOf(source))) {
    if ('fault' in record || !lines.has(record.line)) continue;
    const user = toImportedUser(record.columns, source);
    if (typeof user === 'string') continue; // the file has changed meanwhile
    if (batch.push({ line: record.line, ...user }) === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The ids of the roles that may be given, by their names. */
async function readRoles(databaseUrl: string, admin: boolean): Promise<Map<string, number>> {
  const known = await connect(databaseUrl).select().from(roles);
  return new Map(
    known.filter(({ isAdmin }) => admin || !isAdmin).map(({ name, id }) => [name, id]),
  );
}

async function importBatch(
  databaseUrl: string,
  batch: Row[],
  roleIds: Map<string, number>,
  { harden, dryRun }: ImportOptions,
  report: ImportReport,
): Promise<void> {
  const missing = await withoutPresent(databaseUrl, batch, report);
  const addedIds = dryRun
    ? new Set(missing.map(({ id }) => id))
    : await addUsers(databaseUrl, missing, roleIds, harden);
  const added = missing.filter(({ id }) => addedIds.has(id));
  report.added += added.length;
  report.withoutPassword += added.filter(({ passwordHash }) => passwordHash === null).length;
  // Somebody else has added them, or others of their names, since they were looked for.
  const others = missing.filter(({ id }) => !addedIds.has(id));
  if (others.length > 0) await withoutPresent(databaseUrl, others, report);
}

/** @returns the ids of those who were not there already */
async function addUsers(
  databaseUrl: string,
  missing: Row[],
  roleIds: Map<string, number>,
  harden: boolean,
): Promise<Set<string>> {
  if (missing.length === 0) return new Set();
  const hashed = await Promise.all(
    missing.map(async (user) => ({ user, hash: await toHashRow(user.passwordHash, harden) })),
  );
  const rows = hashed.map(({ user: { id, userName, email, active, role }, hash }) => ({
    id,
    userName,
    normalizedUserName: normalizeUserName(userName),
    email,
    active,
    roleId: roleIds.get(role) as number,
    passwordHash: hash.passwordHash,
    foreignLayerId: layerId(hash),
  }));
  const db = connect(databaseUrl, BATCH_DEADLINE_MS);
  const insert = db.insert(users).values(rows).onConflictDoNothing().returning({ id: users.id });
  const hashes = hashed.map(({ hash }) => hash);
  const [added = []] = await storeHashes(db, hashes, [insert]);
  return new Set(added.map(({ id }) => id));
}

/** Leaves out the users who are there already, and rejects those whose name is another one's. */
async function withoutPresent(
  databaseUrl: string,
  batch: Row[],
  report: ImportReport,
): Promise<Row[]> {
  const names = batch.map(({ userName }) => normalizeUserName(userName));
  const ids = batch.map(({ id }) => id);
  const present = await connect(databaseUrl)
    .select({ id: users.id, name: users.normalizedUserName })
    .from(users)
    .where(or(inArray(users.id, ids), inArray(users.normalizedUserName, names)));
  const presentIds = new Set(present.map(({ id }) => id));
  const presentNames = new Set(present.map(({ name }) => name));
  return batch.filter(({ line, id, userName }) => {
    if (presentIds.has(id)) report.present++;
    else if (presentNames.has(normalizeUserName(userName))) {
      report.reject(line, 'the UserName is that of another user in the database');
    } else return true;
    return false;
  });
}
