/**
 * `npm run dev`: the Worker in `wrangler dev`, with a local database and a local siteverify. It needs no internet, no
 * account and no Docker.
 *
 * @module
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { banner, servicesBanner } from './banner.ts';
import { isInUse, LOCAL_FOLDER, openLocalDatabase, servedDatabaseUrl } from './local-database.ts';
import { readableLine } from './log-line.ts';
import { MailLines } from './mail-lines.ts';
import { makePlan, type Plan } from './plan.ts';
import { DEFAULT_PORT, writePublicUrl } from './public-url.ts';
import { startWrangler } from './wrangler.ts';

const ROOT = join(import.meta.dirname, '..');

/** Mail is set up, so that everything can be tried. Nothing is sent. */
const MAIL_FROM = 'Portero <portero@example.com>';

/** How long to wait for a command that has the database open. */
const COMMAND_WAIT_MS = 10_000;
const COMMAND_POLL_MS = 100;

const ALREADY_RUNNING =
  'Portero is already running in this folder. Stop it before you start another.';

interface Options {
  port: number;
  reset: boolean;
  servicesOnly: boolean;
}

/** Steps that undo what has been started. They run from the last to the first. */
const undo: (() => unknown)[] = [];
let isStopping = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
  process.on(signal, () => stop(0));
process.on('uncaughtException', crash);
// No other user of this machine may read what this process and its children write: hashes, secrets, the Worker's state.
process.umask(0o077);
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
  .action((options: Options) => start(options).then(conclude).catch(crash))
  .parse();

/** Why nothing was started. The sentence says it for people. */
type Start<T> = Result<T, 'not_started', { sentence: string }>;

function notStarted(sentence: string) {
  return fail('not_started', { sentence });
}

/** Starts everything, and waits until it has ended. */
async function start({ port, reset, servicesOnly }: Options): Promise<Start<undefined>> {
  const planned = makePlan(ROOT, LOCAL_FOLDER, process.env);
  if (!planned.ok) return notStarted(planned.details.sentence);
  const plan = planned.value;
  if ('port' in plan.database && isInUse() && isServed()) return notStarted(ALREADY_RUNNING);
  if (!servicesOnly && (await isTaken(port))) {
    return notStarted(`Port ${port} is taken. Choose another: npm run dev -- --port N`);
  }
  const opened = await openDatabase(plan, reset);
  if (!opened.ok) return opened;
  if (isStopping) return succeed();
  const databaseUrl = opened.value;
  const { TURNSTILE_SECRET_KEY, JWT_SECRET } = plan.settings;
  if (servicesOnly) {
    console.log(servicesBanner({ DATABASE_URL: databaseUrl, TURNSTILE_SECRET_KEY, JWT_SECRET }));
    return succeed();
  }

  const stateFolder = join(LOCAL_FOLDER, 'wrangler');
  const url = `http://localhost:${port}`;
  const isLocal = 'port' in plan.database;
  if (isLocal) undo.push(writePublicUrl(url));
  // On a database elsewhere, mails that are not sent would be taken for sent.
  const localMail = isLocal ? { PUBLIC_URL: url, MAIL_FROM } : undefined;
  const mails = new MailLines();
  const wrangler = startWrangler({
    root: ROOT,
    port,
    stateFolder,
    hasMail: isLocal,
    settings: { ...localMail, ...plan.settings, DATABASE_URL: databaseUrl },
    print(line) {
      const mail = mails.show(line);
      if (mail !== undefined) return console.log(mail.join('\n'));
      const readable = readableLine(line);
      if (readable !== null) console.log(readable);
    },
  });
  undo.push(wrangler.stop);
  await wrangler.ready;
  console.log(banner(url, isLocal, plan.isTurnstileReal));
  await wrangler.ended;
  if (!isStopping) throw new Error('wrangler dev has ended.');
  return succeed();
}

/** Whether the process that has the database open serves it to others, as `npm run dev` does. */
function isServed(): boolean {
  return servedDatabaseUrl() !== undefined;
}

/** @returns the `DATABASE_URL` of the Worker */
async function openDatabase({ database }: Plan, reset: boolean): Promise<Start<string>> {
  if ('url' in database) {
    if (reset) return notStarted('DATABASE_URL is not on this machine: --reset is refused.');
    console.log('DATABASE_URL is not on this machine: it is neither migrated nor seeded.');
    return succeed(database.url);
  }
  // A command that has the database open will be done in a moment.
  for (let waited = 0; waited <= COMMAND_WAIT_MS; waited += COMMAND_POLL_MS) {
    const options = { ...database, reset, isShared: true };
    const local = await openLocalDatabase(LOCAL_FOLDER, options);
    if (local.ok) {
      undo.push(local.value.close);
      return succeed(local.value.databaseUrl);
    }
    if (local.reason === 'unusable') return notStarted(local.details.sentence);
    if (isServed()) return notStarted(ALREADY_RUNNING);
    await wait(COMMAND_POLL_MS);
  }
  return notStarted('The local database is in use by a command.');
}

/** Wrangler would take the next free port, and then the printed commands would lead elsewhere. */
async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isFree) await new Promise((resolve) => server.close(resolve));
  return !isFree;
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

async function conclude(started: Start<undefined>): Promise<void> {
  if (started.ok || isStopping) return;
  console.error(started.details.sentence);
  await stop(1);
}

async function crash(error: NodeJS.ErrnoException & { port?: number }): Promise<void> {
  // After Ctrl-C, an error is only a consequence of it.
  if (isStopping) return;
  console.error(explain(error));
  await stop(1);
}

function explain(error: NodeJS.ErrnoException & { port?: number }): string | undefined {
  if (error.code === 'EADDRINUSE') {
    return `Port ${error.port}, where DATABASE_URL leads, is taken by something else.`;
  }
  return error.stack;
}
