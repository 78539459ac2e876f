/**
 * Workerd as a process of its own, without a proxy before it.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { startProcess } from './at-exit.ts';
import { onOwnCore } from './cores.ts';
import { readCpuMs } from './cpu.ts';
import { type WorkerdWorker, workerdConfig } from './workerd-config.ts';

export const requireOfWrangler = createRequire(import.meta.resolve('wrangler/package.json'));
/** The runtime that wrangler brings along. */
const { default: PROGRAM } = requireOfWrangler('workerd') as { default: string };
export const { version: WORKERD_VERSION } = requireOfWrangler('workerd/package.json') as {
  version: string;
};

export interface Workerd {
  /** Where the first Worker listens. */
  port: number;
  /** The CPU time of the process so far, in milliseconds. */
  cpuMs(): number;
  stop(): Promise<void>;
}

let configs = 0;

/**
 * @param workers by their names. The first one answers the requests
 * @param folder holds the bundles of the Workers. The configuration goes there too
 */
export async function startWorkerd(
  workers: Record<string, WorkerdWorker>,
  folder: string,
): Promise<Workerd> {
  const config = join(folder, `workerd-${++configs}.capnp`);
  writeFileSync(config, workerdConfig(workers, folder));
  const [command = '', ...args] = onOwnCore([PROGRAM, 'serve', config, '--control-fd=3']);
  // What the Workers log goes nowhere.
  const { child, stop } = startProcess(command, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-2000);
  });
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const { port } = JSON.parse(line) as { port: number };
    return {
      port,
      cpuMs: () => readCpuMs(child.pid ?? 0),
      stop,
    };
  }
  throw new Error(`workerd has not started:\n${errors}`);
}
