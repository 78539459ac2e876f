/**
 * `users import`: the users of an ASP.NET Core Identity system, with their passwords, roles and permissions.
 *
 * 1. The source is read into a temporary database, once.
 * 2. A plan is made: what becomes of each row, and what has to be decided first. Nothing is written yet.
 * 3. The plan is carried out: roles, names, users, and at last the users who are missing.
 *
 * @module
 */
import { resolve } from 'node:path';
import { audit } from '../audit.ts';
import { type Target, withDatabase } from '../database.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { Interruption } from '../interruption.ts';
import { OperatorError } from '../operator-error.ts';
import { printErrorLine, printLine } from '../print.ts';
import { type ImportPlan, planImport } from './import-plan.ts';
import { filesOf, openSource } from './open-source.ts';
import { checkOptions, type ImportOptions } from './options.ts';
import { explainLeftBehind } from './report/left-behind.ts';
import { LineFile } from './report/line-file.ts';
import {
  printFaultsOfOtherTables,
  printRejected,
  type Report,
  reportMissing,
  writeRejected,
  writeRows,
} from './report/report.ts';
import {
  countOutcomes,
  explainDifferences,
  explainMissing,
  explainRest,
  explainRoles,
  isDiffering,
  summarize,
} from './report/summary.ts';
import { applyRoles } from './roles/apply-roles.ts';
import { readPermissionMap } from './roles/permission-map.ts';
import { PorteroRoles } from './roles/portero-roles.ts';
import { knowledgeOf, type Reading, readSource } from './staging/read-source.ts';
import { Staging } from './staging/staging.ts';
import { explainStops } from './stop.ts';
import { applyUsers } from './users/apply-users.ts';
import {
  confirmDeactivation,
  type Deactivation,
  deactivateMissing,
} from './users/missing-users.ts';
import { explainWhoMayLogIn } from './users/who-may-log-in.ts';

/** @param sourceText a file, a folder, `-` for standard input, or a connection string */
export async function importUsers(sourceText: string, given: ImportOptions): Promise<ExitCode> {
  const options = checkOptions(given);
  const map = readPermissionMap(options.permissionMap);
  const files = findFiles(sourceText, options);
  const interruption = new Interruption();
  return withDatabase(async (target) => {
    const staging = new Staging();
    try {
      const portero = await PorteroRoles.read(target.database);
      const reading = await read(sourceText, staging, options);
      const now = Date.now();
      const plan = await planImport({ staging, reading, options, portero, map, target, now });
      printFaultsOfOtherTables(staging);
      printRejected(staging, reading.unit);
      for (const notice of plan.notices) printErrorLine(notice);
      if (plan.stops.length > 0) throw stopped(plan);
      await confirmDeactivation(plan.missing, options);
      const report = openReport(files, staging, reading);
      const done = { roles: options.dryRun, deactivation: { deactivated: 0, left: [] } };
      const work = { plan, portero, interruption, done };
      const run: Run = { staging, target, options, reading, report, ...work };
      try {
        await (options.dryRun ? pretend(run) : carryOut(run));
      } finally {
        summarizeRun(run, now);
      }
      return exitCodeOf(run);
    } finally {
      staging.close();
      interruption.end();
    }
  });
}

interface Run {
  staging: Staging;
  target: Target;
  options: ImportOptions;
  reading: Reading;
  report: Report;
  plan: ImportPlan;
  portero: PorteroRoles;
  interruption: Interruption;
  /** What has been done beside the rows. */
  done: { roles: boolean; deactivation: Deactivation };
}

/** The source is closed before anything is written, so that the old system does not wait for the hashes. */
async function read(text: string, staging: Staging, options: ImportOptions): Promise<Reading> {
  const source = await openSource(text, options);
  try {
    for (const notice of source.notices) printErrorLine(notice);
    return await readSource(source, staging, options);
  } finally {
    await source.close();
  }
}

/** Looks at the files before anything is read, because reading can take minutes. */
function findFiles(source: string, options: ImportOptions) {
  const { rejects, report, permissionMap, force } = options;
  if (rejects !== undefined && report !== undefined && resolve(rejects) === resolve(report)) {
    throw new OperatorError('--report and --rejects are two files.');
  }
  const inputs = [...filesOf(source), ...(permissionMap === undefined ? [] : [permissionMap])];
  const open = (file: string | undefined) => new LineFile(file, { inputs, force });
  return { rejects: open(rejects), report: open(report) };
}

function openReport(files: Omit<Report, 'unit'>, staging: Staging, { unit }: Reading): Report {
  for (const file of Object.values(files)) file.open();
  const report = { ...files, unit };
  writeRejected(staging, report);
  return report;
}

function stopped({ stops }: ImportPlan): OperatorError {
  return new OperatorError(
    stops.length === 1
      ? 'Nothing was imported, because one thing has to be decided first:'
      : `Nothing was imported, because ${stops.length} things have to be decided first:`,
    explainStops(stops),
  );
}

/** A dry run has looked at everything, and writes nothing but its report. */
async function pretend({ staging, report, plan }: Run): Promise<void> {
  staging.run('update users set is_done = 1');
  writeRows(staging, report, 'true');
  reportMissing(report, plan.missing, 'would be deactivated');
}

async function carryOut(run: Run): Promise<void> {
  const { staging, target, options, reading, report, plan, portero, interruption } = run;
  const { database } = target;
  interruption.wait();
  try {
    await applyRoles(database, plan.roles, plan.grants, portero);
    run.done.roles = true;
    const knowledge = knowledgeOf(reading, options);
    await applyUsers({ staging, database, options, knowledge, report, interruption });
    if (!interruption.isRequested) {
      run.done.deactivation = await deactivateMissing(database, options.source, plan.missing);
      reportMissing(report, plan.missing, 'deactivated', run.done.deactivation.left);
    }
  } finally {
    const { created, updated } = countOutcomes(staging);
    const { deactivated } = run.done.deactivation;
    audit({ event: 'users_imported', source: options.source, created, updated, deactivated });
  }
}

/** After a failure, too: what was done until then is done. */
function summarizeRun(run: Run, now: number): void {
  const { staging, target, options, reading, plan, done, interruption } = run;
  const counts = countOutcomes(staging);
  const lines = [
    summarize(counts, target.name, options.dryRun),
    ...explainRest(counts, options, interruption.isRequested),
    ...(done.roles ? explainRoles(plan, options) : []),
    ...explainWhoMayLogIn(staging, reading, now),
    ...explainDifferences(staging, options),
    ...explainMissing(plan.missing, done.deactivation, options, interruption.isRequested),
    ...explainLeftBehind(staging, reading, options),
  ];
  for (const line of lines) printLine(line);
}

function exitCodeOf({ staging, options, interruption }: Run): ExitCode {
  const exitCode = interruption.conclude();
  if (exitCode !== EXIT.done) return exitCode;
  const isWhole = countOutcomes(staging).rejected === 0 && staging.count('from faults') === 0;
  return isWhole && !isDiffering(staging, options) ? EXIT.done : EXIT.refused;
}
