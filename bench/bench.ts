/**
 * `npm run bench` measures what Portero costs, beside the least that the same work can cost on the same machine.
 *
 * It builds the Worker as a deploy builds it, and runs it in workerd. The services that a login calls are a process of
 * their own. In the end it prints one table, and writes all figures into a JSON file. `npm run bench -- --quick` takes fewer
 * samples and less than a minute. `docs/performance.md` explains the rows.
 *
 * @module
 */
import { platform } from 'node:os';
import { join } from 'node:path';
import { type Bed, setUp } from './bed/bed.ts';
import { ROOT } from './bed/bundle.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { printReport, type Report, writeDocs, writeFiles } from './report/report.ts';
import type { Measurement } from './report/row.ts';
import { measureAlgorithms } from './rows/algorithms.ts';
import { measureDependencies } from './rows/dependencies.ts';
import { measureLogin } from './rows/login.ts';
import { measureManyUsers } from './rows/many-users.ts';
import { measureProtectedRoute } from './rows/protected-route.ts';
import { measureRpc } from './rows/rpc.ts';
import { measureRush } from './rows/rush.ts';
import { measureStart } from './rows/start.ts';
import { measureTokenSizes } from './rows/token-sizes.ts';

/** In the order of the table. */
const MEASUREMENTS: Record<string, (bed: Bed) => Promise<Measurement>> = {
  login: measureLogin,
  dependencies: measureDependencies,
  rush: measureRush,
  'protected-route': measureProtectedRoute,
  rpc: measureRpc,
  'token-sizes': measureTokenSizes,
  algorithms: measureAlgorithms,
  start: measureStart,
  'many-users': measureManyUsers,
};

const options = readOptionsOrEnd();
if (platform() !== 'linux')
  throw new Error('The bench reads CPU times from /proc: it needs Linux.');
const machine = describeMachine();
const start = performance.now();
const bed = await setUp(options.quick);
const report: Report = { machine, rows: [], notes: [] };
for (const name of options.only) {
  console.error(`${seconds()} s: ${name}`);
  const { rows, notes = [], picture } = await measure(name);
  report.rows.push(...rows);
  report.notes.push(...notes);
  report.picture ??= picture;
}
report.notes.push(`The bench took ${seconds()} s.`);
printReport(report);
writeFiles(options.out, report);
if (options.docs) writeDocs(report);
process.exit();

function readOptionsOrEnd(): BenchOptions {
  try {
    const known = Object.keys(MEASUREMENTS);
    return readOptions(process.argv.slice(2), { known, defaultOut: join(ROOT, '.portero/bench') });
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

/** One measurement that fails does not take the others with it. */
async function measure(name: string): Promise<Measurement> {
  try {
    bed.services.forgetCalls();
    return await (MEASUREMENTS[name] as (bed: Bed) => Promise<Measurement>)(bed);
  } catch (error) {
    process.exitCode = 1;
    return { rows: [], notes: [`${name} was not measured: ${(error as Error).message}`] };
  }
}

function seconds(): string {
  return ((performance.now() - start) / 1000).toFixed(0);
}
