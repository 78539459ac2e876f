/**
 * Miniflare, which runs a Worker in workerd beside Workers of its own.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { atExit } from './at-exit.ts';
import { readCpuMs } from './cpu.ts';
import { requireOfWrangler, type Workerd } from './workerd.ts';
import { COMPATIBILITY_DATE, type WorkerdWorker } from './workerd-config.ts';

/** The part of Miniflare that is used here. */
interface Miniflare {
  ready: Promise<URL>;
  dispose(): Promise<void>;
}

const { Miniflare, convertV4MiniflareOptions } = requireOfWrangler('miniflare') as {
  Miniflare: new (options: unknown) => Miniflare;
  convertV4MiniflareOptions(options: object): unknown;
};

export async function startMiniflare(worker: WorkerdWorker): Promise<Workerd> {
  const { bundle, settings = {}, rateLimits = [] } = worker;
  const known = childrenOfThisProcess();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false, // it would ask the internet
      modules: [
        { type: 'ESModule', path: 'worker.js', contents: readFileSync(bundle.script, 'utf8') },
      ],
      compatibilityDate: COMPATIBILITY_DATE,
      bindings: settings,
      ratelimits: Object.fromEntries(
        rateLimits.map((name) => [
          name,
          { namespace_id: name, simple: { limit: 100, period: 60 } },
        ]),
      ),
    }),
  );
  const { port } = await miniflare.ready;
  const pid = childrenOfThisProcess().find((child) => !known.includes(child)) ?? 0;
  const kill = atExit(() => process.kill(pid, 'SIGKILL'));
  return {
    port: Number(port),
    cpuMs: () => readCpuMs(pid),
    async stop() {
      kill();
      await miniflare.dispose();
    },
  };
}

function childrenOfThisProcess(): number[] {
  const { pid } = process;
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
}
