/**
 * A rush: many requests at once that hash, and beside them a route that somebody else uses.
 *
 * @module
 */
import { mean, quantile } from '../report/statistics.ts';
import { type Probe, probeBeside } from './open-loop.ts';

/** As many logins as an isolate takes. */
export const RUSH_SIZE = 16;

const PROBE_INTERVAL_MS = 10;

/** What happened. Times are in milliseconds. */
export interface Rush {
  /** Of each request that hashes, the time until its answer. */
  hashes: number[];
  probes: Probe[];
}

/**
 * @param hash sends a request that hashes. @returns the time until its answer
 * @param probe sends a request to the other route. @returns the time until its answer
 */
export async function rush(
  hash: () => Promise<number>,
  probe: () => Promise<number>,
): Promise<Rush> {
  const all = Promise.all(Array.from({ length: RUSH_SIZE }, hash));
  const probes = await probeBeside(all, probe, PROBE_INTERVAL_MS);
  return { hashes: await all, probes };
}

/** The figures that sum a rush up, in milliseconds. */
export const FIGURES = {
  mean: ({ hashes }: Rush) => mean(hashes),
  p95: ({ hashes }: Rush) => quantile(hashes, 0.95),
  last: ({ hashes }: Rush) => Math.max(...hashes),
  otherP50: ({ probes }: Rush) => quantile(timesOf(probes), 0.5),
  otherP95: ({ probes }: Rush) => quantile(timesOf(probes), 0.95),
  otherP99: ({ probes }: Rush) => quantile(timesOf(probes), 0.99),
};

function timesOf(probes: Probe[]): number[] {
  return probes.map(({ ms }) => ms);
}
