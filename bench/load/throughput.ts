/**
 * How many requests a second a route answers, and what each of them costs.
 *
 * @module
 */
import type { Workerd } from '../bed/workerd.ts';
import { sendLoad, toBytes } from './closed-loop.ts';

const CONNECTIONS = 8;

export interface Throughput {
  /** Requests a second. */
  rate: number;
  /** The CPU time of workerd for each request, in microseconds. */
  cpu: number;
}

export interface Route {
  path: string;
  /** They are sent in turn, each as the bearer of a request. */
  tokens: string[];
}

/** @param ms how long */
export async function measureThroughput(
  workerd: Workerd,
  { path, tokens }: Route,
  ms: number,
): Promise<Throughput> {
  const requests = tokens.map((token) =>
    toBytes({ path, headers: { Authorization: `Bearer ${token}` } }),
  );
  let sent = 0;
  const next = () => requests[sent++ % requests.length] ?? Buffer.alloc(0);
  const before = workerd.cpuMs();
  const load = await sendLoad(workerd.port, { connections: CONNECTIONS, ms, next });
  const cpuMs = workerd.cpuMs() - before;
  return { rate: (load.answers / load.ms) * 1000, cpu: (cpuMs / load.answers) * 1000 };
}
