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
  const report = new ImportReport(options.rejects);
  const interruption = new Interruption();
  await withFile(file, async (path) => {
    await withDatabase(async ({ databaseUrl, name }) => {
      const roleIds = await readRoles(databaseUrl, options.admin);
      if (role !== undefined && !roleIds.has(role)) {
        throw new OperatorError(
          `There is no role ${role}, or it is an administrator's and --admin is missing.`,
        );
      }
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
        }
      } finally {
        progress.end();
        const { added, present, rejected } = report;
        if (!options.dryRun) audit({ event: 'users_imported', added });
        console.log(
          `${options.dryRun ? 'Would add' : 'Added'} ${added} users to ${name}; ` +
            `${present} were there already, ${rejected} rejected.`,
        );
      }
    });
  });
  process.exitCode = interruption.conclude() ?? (report.rejected > 0 ? EXIT_REJECTED : 0);
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
  for await (const record of readUserRecords(path)) {
    const { line } = record;
    const user = 'fault' in record ? record.fault : toImportedUser(record.columns, source);
    if (typeof user === 'string') {
      report.reject(line, user);
      continue;
    }
    if (!roleIds.has(user.role)) {
      report.reject(line, "there is no such role, or it is an administrator's");
      continue;
    }
    const name = normalizeUserName(user.userName);
    const twin = names.get(name) ?? ids.get(user.id);
    if (twin === undefined) lines.add(line);
    else report.reject(line, `has the UserName or the Id of line ${twin}`);
    names.set(name, names.get(name) ?? line);
    ids.set(user.id, ids.get(user.id) ?? line);
  }
  return lines;
}

async function* batches(
  path: string,
  source: RoleSource,
  lines: Set<number>,
  size: number,
): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const record of readUserRecords(path)) {
    if ('fault' in record || !lines.has(record.line)) continue;
    const user = toImportedUser(record.columns, source);
    if (typeof user === 'string') continue;
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
  if (dryRun) {
    report.added += missing.length;
    return;
  }
  if (missing.length === 0) return;
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
  report.added += added.length;
  report.present += rows.length - added.length;
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
