/**
 * `wrangler dev` as a child process.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  /** Wrangler keeps here what Cloudflare would keep: the counters of the rate limits. Its own files go there too. */
  stateFolder: string;
  /** The settings of the Worker. They win over `wrangler.toml`. Nothing else is read from `.dev.vars`. */
  settings: Record<string, string>;
  /** Takes each line of output once the Worker is ready. */
  print: (line: string) => void;
  /** The Worker's module, relative to `root`. */
  entry?: string;
  /** Whether the Worker can send mails. Wrangler simulates the mail service: see mail-lines.ts. */
  hasMail?: boolean;
}

/**
 * Binds the simulated mail service, whatever `wrangler.toml` says of the real one.
 *
 * ```ts
 * bindMail('[observability]\nenabled = true\n', true); // …\n[[send_email]]\nname = "EMAIL"\n
 * ```
 *
 * @param config the text of `wrangler.toml`
 */
export function bindMail(config: string, hasMail: boolean): string {
  const without = config.replace(/^\[\[send_email\]\]\n(?:[^[\n].*\n?)*/gm, '');
  return hasMail ? `${without}\n[[send_email]]\nname = "EMAIL"\n` : without;
}

/**
 * Writes `wrangler.toml` into the state folder, with the names of all settings as required secrets: wrangler hands over
 * no other ones. It holds no value.
 *
 * @returns the path of the file
 */
function writeConfig({
  root,
  stateFolder,
  entry,
  names,
  hasMail,
}: {
  root: string;
  stateFolder: string;
  entry: string;
  names: string[];
  hasMail: boolean;
}): string {
  let config = readFileSync(join(root, 'wrangler.toml'), 'utf8');
  const set = (key: string, value: string | string[]) => {
    const line = new RegExp(`^${key} = .*$`, 'm');
    if (!line.test(config)) throw new Error(`wrangler.toml has no ${key}`);
    config = config.replace(line, () => `${key} = ${JSON.stringify(value)}`);
  };
  set('main', join(root, entry));
  set('directory', join(root, 'public'));
  set('required', names);
  config = bindMail(config, hasMail);
  // A required secret cannot be a variable too.
  config = config
    .split('\n')
    .filter((line) => !names.some((name) => line.startsWith(`${name} = `)))
    .join('\n');
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const path = join(stateFolder, 'wrangler.toml');
  writeFileSync(path, config, { mode: 0o600 });
  return path;
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
  settings,
  print,
  entry = 'src/index.ts',
  hasMail = true,
}: WranglerOptions): Wrangler {
  const noSettings = join(stateFolder, 'no-settings');
  const config = writeConfig({ root, stateFolder, entry, names: Object.keys(settings), hasMail });
  writeFileSync(noSettings, '');
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/wrangler/bin/wrangler.js'),
      ...['dev', '--config', config, '--ip', '127.0.0.1', '--port', String(port)],
      ...['--inspector-port', '0', '--persist-to', stateFolder],
      ...['--show-interactive-dev-session', 'false'],
      // An empty file. All settings are in the environment, which other users of the machine cannot read.
      ...['--env-file', noSettings],
    ],
    {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without it, wrangler would ask the internet for a sample of Cloudflare's request properties.
      env: { ...process.env, ...settings, CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
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
