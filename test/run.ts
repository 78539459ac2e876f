/**
 * `npm test`: all tests, in three processes that run at the same time. Each has files that wait, for a database that they
 * share or for a browser, and would leave a core idle. Each gets the arguments of the command.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { migratedDatabase } from './support/migrated-database.ts';

/** `npm test -- NAME` finds a file of that name also among those that need a real server. */
const isNamed = process.argv[2] !== undefined && !process.argv[2].startsWith('-');

/** The projects of `vitest.config.ts`. The first name of each process stands before its lines. */
const PROCESSES = [['worker', 'full-cost'], ['node', ...(isNamed ? ['servers'] : [])], ['browser']];

const VITEST = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
/** Tests start programs some seventy times, wrangler among them. */
const COMPILE_CACHE = join(import.meta.dirname, '../node_modules/.cache/compiled');
/** The first process has one thread, so it would be the last to end. The others leave it the processor where it needs it. */
const BEHIND = 5;
const TOTALS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

const totals = [0, 0, 0];

/** @returns whether every test passed */
async function run(projects: string[]): Promise<boolean> {
  const which = projects.flatMap((project) => ['--project', project]);
  const args = ['run', ...which, '--passWithNoTests', ...process.argv.slice(2)];
  const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const env = { NODE_COMPILE_CACHE: COMPILE_CACHE, ...colour, ...process.env };
  const vitest = spawn(process.execPath, [VITEST, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (projects !== PROCESSES[0] && vitest.pid !== undefined) setPriority(vitest.pid, BEHIND);
  const show = (line: string) => {
    const counts = TOTALS.exec(line)?.slice(1) ?? [];
    counts.forEach((count = '0', index) => {
      totals[index] = (totals[index] ?? 0) + Number(count);
    });
    if (counts.length === 0) console.log(`${(projects[0] ?? '').padEnd(7)} | ${line}`);
  };
  createInterface(vitest.stdout).on('line', show);
  createInterface(vitest.stderr).on('line', show);
  const [exitCode] = await once(vitest, 'close');
  return exitCode === 0;
}

await migratedDatabase(); // else each of them would make it
const areGreen = await Promise.all(PROCESSES.map(run));
const [passed = 0, failed, skipped = 0] = totals;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = passed > 0 && areGreen.every(Boolean) ? 0 : 1;
