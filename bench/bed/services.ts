/**
 * The services that a login calls, in a process of their own: Neon's endpoint with a database behind it, and siteverify.
 *
 * @module
 */
import { once } from 'node:events';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import { migrate } from '../../src/db/migrate.ts';
import { startProcess } from './at-exit.ts';

export type Service = 'sql' | 'siteverify' | 'other';

/** How much longer each service takes to answer, in milliseconds. */
export type Latencies = Partial<Record<Service, number>>;

/** A request to a service. */
export interface Call {
  service: Service;
  /** How long the service took, without the added latency. In milliseconds. */
  ms: number;
}

/** First the port, and then every call. */
export type ServiceReport = number | Call;

export interface Services {
  databaseUrl: string;
  setLatencies(latencies: Latencies): void;
  /** Forgets the calls so far. */
  forgetCalls(): void;
  /** Waits until there are so many calls. @returns all calls since the last time, and forgets them */
  takeCalls(service: Service, count: number): Promise<Call[]>;
  stop(): Promise<void>;
}

/** How long to wait for calls that do not come. */
const PATIENCE_MS = 20_000;

/** Starts the services with an empty database. @param server a real PostgreSQL. Without it, an embedded one in memory */
export async function startServices(server?: PoolConfig): Promise<Services> {
  const args = server === undefined ? [] : [JSON.stringify(server)];
  const { child, ended, stop } = startProcess(
    process.execPath,
    [join(import.meta.dirname, 'services-process.ts'), ...args],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const [port] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the services have not started'))),
  ])) as [number];
  let calls: Call[] = [];
  child.on('message', (call: Call) => calls.push(call));

  const databaseUrl = `postgresql://portero:portero@127.0.0.1:${port}/portero`;
  await migrate(databaseUrl);
  return {
    databaseUrl,
    setLatencies: (latencies) => void child.send(latencies),
    forgetCalls() {
      calls = [];
    },
    async takeCalls(service, count) {
      const of = () => calls.filter((call) => call.service === service).length;
      const patience = AbortSignal.timeout(PATIENCE_MS);
      while (of() < count) await once(child, 'message', { signal: patience });
      const taken = calls;
      calls = [];
      return taken;
    },
    stop,
  };
}
