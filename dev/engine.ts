/**
 * The embedded PostgreSQL, in a thread of its own. It is one session, so it runs one request after the other. A request
 * that hangs is given up, and the engine is started again.
 *
 * @module
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { answerError, type Execute, type NeonAnswer, type NeonRequest } from './neon-queries.ts';

/** What the thread is told. */
export type Command = NeonRequest | 'close';

/** What the thread reports. */
export type Report = 'ready' | { answer: NeonAnswer } | { unusable: string };

export interface Engine {
  execute: Execute;
  close(): Promise<void>;
}

export interface EngineLimits {
  /** How long a request may go on when nobody waits for it any more. */
  graceMs?: number;
  /** How long a request may take at all. A migration may take two minutes. */
  longestMs?: number;
}

/** How long the engine has to write its last data when it is closed. */
const CLOSE_MS = 10_000;

/**
 * Starts the engine.
 *
 * @param folder of the data. Without it, the data are in memory, and are lost where the engine is started again
 * @throws Error where the data cannot be opened
 */
export async function startEngine(
  folder?: string,
  { graceMs = 2_000, longestMs = 180_000 }: EngineLimits = {},
): Promise<Engine> {
  let thread: Worker | undefined = await startThread(folder);
  /** The last request. It never rejects. */
  let last: Promise<unknown> = Promise.resolve();

  async function runNow(request: NeonRequest, signal: AbortSignal): Promise<NeonAnswer> {
    if (signal.aborted) return GIVEN_UP;
    thread ??= await startThread(folder);
    const own = thread;
    const over = new AbortController();
    const answer = await Promise.race([
      ask(own, request),
      once(own, 'exit', { signal: over.signal }).then(() => undefined, ignore),
      untilOverdue(signal, over.signal).catch(ignore),
    ]);
    over.abort();
    if (answer !== undefined) return answer;
    thread = undefined;
    await own.terminate();
    return GIVEN_UP;
  }

  /** Resolves when a request has taken too long. */
  async function untilOverdue(signal: AbortSignal, over: AbortSignal): Promise<undefined> {
    const isAlone = new Promise((resolve) =>
      signal.addEventListener('abort', resolve, { once: true, signal: over }),
    );
    await Promise.race([
      isAlone.then(() => wait(graceMs, undefined, { signal: over })),
      wait(longestMs, undefined, { signal: over }),
    ]);
  }

  return {
    execute(request, signal) {
      const isImpossible = queriesOf(request).some(({ query }) => COPY.test(query));
      if (isImpossible) return Promise.resolve(NO_COPY);
      const answer = last.then(() => runNow(request, signal));
      last = answer.catch(ignore);
      return answer;
    },
    async close() {
      const patience = new AbortController();
      const end = last.then(async () => {
        const ended = thread && once(thread, 'exit');
        thread?.postMessage('close' satisfies Command);
        await ended;
      });
      await Promise.race([end, wait(CLOSE_MS, undefined, patience).catch(ignore)]);
      patience.abort();
      await thread?.terminate();
    },
  };
}

const ignore = () => undefined;

async function startThread(folder: string | undefined): Promise<Worker> {
  // The options of the process are not for a thread: it would refuse those that say how to read standard input.
  const options = { workerData: folder, execArgv: [] };
  const thread = new Worker(join(import.meta.dirname, 'engine-worker.ts'), options);
  // An engine that fails ends its thread. The request that it was running is answered then.
  thread.on('error', ignore);
  const report: Report | undefined = await Promise.race([
    once(thread, 'message').then(([message]) => message),
    once(thread, 'exit').then(() => undefined),
  ]);
  if (report === 'ready') return thread;
  const isExplained = typeof report === 'object' && 'unusable' in report;
  throw new Error(isExplained ? report.unusable : 'the embedded PostgreSQL has ended');
}

async function ask(thread: Worker, request: NeonRequest): Promise<NeonAnswer | undefined> {
  const answered = once(thread, 'message');
  thread.postMessage(request);
  const [report] = (await answered.catch(() => [])) as [Report?];
  return typeof report === 'object' && 'answer' in report ? report.answer : undefined;
}

function queriesOf(request: NeonRequest) {
  return 'query' in request ? [request] : request.queries;
}

/** A `COPY`, behind white space, comments and empty statements. */
const COPY = /^(\s|;|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*copy\b/i;

/** The engine hangs or ends at some of its forms. PostgreSQL's `feature_not_supported`. */
const NO_COPY: NeonAnswer = {
  status: 400,
  body: answerError('the local database cannot do COPY', { severity: 'ERROR', code: '0A000' }),
};

/** PostgreSQL's `crash_shutdown`. */
const GIVEN_UP: NeonAnswer = {
  status: 400,
  body: answerError('the statement was given up, and the local database is started again', {
    severity: 'FATAL',
    code: '57P02',
  }),
};
