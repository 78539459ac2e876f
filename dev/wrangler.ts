/**
 * `wrangler dev` as a child process.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** How long wrangler has to end its own children before they are ended for it. */
const GRACE_MS = 5_000;
const POLL_MS = 50;

export interface Wrangler {
  /** Resolves when the Worker answers, rejects with wrangler's output where it never does. */
  ready: Promise<void>;
  /** Resolves when wrangler has ended, by itself or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the Worker on loopback.
 *
 * It leads a process group of its own: a Ctrl-C at the terminal reaches this process alone, which
 * can then stop the Worker first and the database after it.
 *
 * @param stateFolder where wrangler keeps what Cloudflare would: the counters of the rate limits
 * @param secrets the Worker's; they win over `.dev.vars`
 * @param vars variables, which other users of the machine can read in the list of processes
 * @param print what to do with a line of output once the Worker is ready
 * @param entry the Worker's module, from the root
 */
export function startWrangler(
  root: string,
  port: number,
  stateFolder: string,
  secrets: Record<string, string>,
  vars: Record<string, string>,
  print: (line: string) => void,
  entry = 'src/index.ts',
): Wrangler {
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/wrangler/bin/wrangler.js'),
      ...['dev', entry, '--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'],
      ...['--persist-to', stateFolder, '--show-interactive-dev-session', 'false'],
      ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
      ...(existsSync(join(root, '.dev.vars')) ? ['--env-file', '.dev.vars'] : []),
    ],
    {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without it, wrangler would ask the internet for a sample of Cloudflare's request properties.
      env: { ...process.env, ...secrets, CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
    },
  );
  // However this process ends, short of SIGKILL, the group does not outlive it.
  process.once('exit', () => signalGroup('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const startOutput: string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    let isReady = false;
    const onLine = (line: string) => {
      if (isReady) return print(line);
      startOutput.push(line);
      isReady = line.includes('Ready on http');
      if (isReady) resolve();
    };
    createInterface(child.stdout).on('line', onLine);
    createInterface(child.stderr).on('line', onLine);
    ended.then(() => reject(new Error(`wrangler dev ended:\n${startOutput.join('\n')}`)));
  });

  async function stop(): Promise<void> {
    signalGroup('SIGINT');
    for (let waited = 0; waited < GRACE_MS && signalGroup(0); waited += POLL_MS)
      await wait(POLL_MS);
    signalGroup('SIGKILL');
  }

  /** @returns whether the group still has a process */
  function signalGroup(signal: NodeJS.Signals | 0): boolean {
    try {
      return child.pid !== undefined && process.kill(-child.pid, signal);
    } catch {
      return false;
    }
  }

  return { ready, ended, stop };
}
