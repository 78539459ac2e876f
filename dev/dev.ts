/**
 * `npm run dev`: the Worker in `wrangler dev`, with a local database and a local siteverify. No
 * internet, no account, no Docker.
 *
 * @module
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { banner, servicesBanner } from './banner.ts';
import { isInUse, LOCAL_FOLDER, openLocalDatabase, servedDatabaseUrl } from './local-database.ts';
import { readableLine } from './log-line.ts';
import { OperatorError } from './operator-error.ts';
import { makePlan, type Plan } from './plan.ts';
import { startWrangler } from './wrangler.ts';

const ROOT = join(import.meta.dirname, '..');
const DEFAULT_PORT = 8787;

/** How long a command may have the database before this gives up. */
const COMMAND_WAIT_MS = 10_000;
const COMMAND_POLL_MS = 100;

interface Options {
  port: number;
  reset: boolean;
  servicesOnly: boolean;
}

/** Steps that undo what has been started, the last one first. */
const undo: (() => unknown)[] = [];
let isStopping = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
  process.on(signal, () => stop(0));
process.on('uncaughtException', fail);
process.stdout.on('error', () => stop(1)); // the reader of a pipe has gone

new Command('npm run dev --')
  .description('Runs Portero on this machine, with a local database and a local siteverify.')
  .addOption(
    new Option('-p, --port <number>', 'where the Worker listens')
      .env('PORT')
      .default(DEFAULT_PORT)
      .argParser(parsePort),
  )
  .option('--reset', 'start with fresh data', false)
  .option('--services-only', 'without the Worker, for `npx wrangler dev` beside it', false)
  .allowExcessArguments(false)
  .action((options: Options) => start(options).catch(fail))
  .parse();

async function start({ port, reset, servicesOnly }: Options): Promise<void> {
  const plan = makePlan(ROOT, LOCAL_FOLDER, process.env);
  if ('port' in plan.database && isInUse()) refuseIfServed();
  if (!servicesOnly) await refuseTakenPort(port);
  const databaseUrl = await openDatabase(plan, reset);
  if (isStopping) return;
  const secrets = {
    DATABASE_URL: databaseUrl,
    TURNSTILE_SECRET_KEY: plan.turnstileSecretKey,
    JWT_SECRET: plan.jwtSecret,
  };
  if (servicesOnly) return console.log(servicesBanner(secrets));

  const stateFolder = join(LOCAL_FOLDER, 'wrangler');
  const wrangler = startWrangler(ROOT, port, stateFolder, secrets, plan.variables, (line) => {
    const readable = readableLine(line);
    if (readable !== null) console.log(readable);
  });
  undo.push(wrangler.stop);
  await wrangler.ready;
  console.log(banner(`http://localhost:${port}`, 'port' in plan.database, plan.isTurnstileReal));
  await wrangler.ended;
  if (!isStopping) throw new Error('wrangler dev has ended.');
}

/** Once it is known that another process has the database: is it another of these? */
function refuseIfServed(): void {
  if (servedDatabaseUrl() !== null) {
    throw new OperatorError(
      'Portero is already running in this folder. Stop it before you start another.',
    );
  }
}

async function openDatabase({ database }: Plan, reset: boolean): Promise<string> {
  if ('url' in database) {
    if (reset) throw new OperatorError('DATABASE_URL is not on this machine: --reset is refused.');
    console.log('DATABASE_URL is not on this machine: it is neither migrated nor seeded.');
    return database.url;
  }
  const options = { port: database.port, reset, isShared: true };
  let local = await openLocalDatabase(LOCAL_FOLDER, options);
  // A command that has it will be done in a moment.
  for (let waited = 0; local === null && waited < COMMAND_WAIT_MS; waited += COMMAND_POLL_MS) {
    refuseIfServed();
    await wait(COMMAND_POLL_MS);
    local = await openLocalDatabase(LOCAL_FOLDER, options);
  }
  if (local === null) throw new OperatorError('The local database is in use by a command.');
  undo.push(local.close);
  return local.databaseUrl;
}

/** Wrangler would take the next free port, and the printed commands would lead elsewhere. */
async function refuseTakenPort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    const problem = `Port ${port} is taken. Choose another: npm run dev -- --port N`;
    server.once('error', () => reject(new OperatorError(problem)));
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  }
  return port;
}

async function stop(exitCode: number): Promise<void> {
  if (isStopping) process.exit(1); // a second Ctrl-C does not wait
  isStopping = true;
  for (const step of undo.reverse()) await Promise.resolve(step()).catch(() => {});
  process.exit(exitCode);
}

async function fail(error: NodeJS.ErrnoException & { port?: number }): Promise<void> {
  // What fails after Ctrl-C fails because of it.
  if (isStopping) return;
  console.error(explain(error));
  await stop(1);
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string | undefined {
  if (error instanceof OperatorError) return error.message;
  if (error.code === 'EADDRINUSE') {
    return `Port ${error.port}, where DATABASE_URL leads, is taken by something else.`;
  }
  return error.stack;
}
