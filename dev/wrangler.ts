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

/** Wrangler has this long to end its own children. Then they are ended for it. */
const GRACE_MS = 5_000;
const POLL_MS = 50;

export interface Wrangler {
  /** Resolves when the Worker answers. Rejects with wrangler's output where it never does. */
  ready: Promise<void>;
  /** Resolves when wrangler has ended, by itself or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

export interface WranglerOptions {
  /** The checkout. */
  root: string;
  port: number;
  /** Wrangler keeps here what Cloudflare would keep: the counters of the rate limits. */
  stateFolder: string;
  /** The secrets of the Worker. They win over `.dev.vars`. */
  secrets: Record<string, string>;
  /** Variables. Other users of the machine can read them in the list of processes. */
  vars?: Record<string, string>;
  /** Takes each line of output once the Worker is ready. */
  print: (line: string) => void;
  /** The Worker's module, relative to `root`. */
  entry?: string;
}

/**
 * Starts the Worker on loopback.
 *
 * It leads a process group of its own. So a Ctrl-C at the terminal reaches this process alone, which then stops the Worker
 * first and the database after it.
 */
export function startWrangler({
  root,
  port,
  stateFolder,
  secrets,
  vars = {},
  print,
  entry = 'src/index.ts',
}: WranglerOptions): Wrangler {
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
  // The group does not outlive this process, however it ends. Only SIGKILL is an exception.
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
