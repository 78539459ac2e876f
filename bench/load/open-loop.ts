/**
 * Load from callers who do not wait for each other. A request is sent at every tick, whether the ones before it are
 * answered or not. So a moment in which nothing is answered is counted with everybody who meets it.
 *
 * @module
 */

export interface Probe {
  /** When it was sent, in milliseconds since the start. */
  at: number;
  /** The time until its answer, in milliseconds. */
  ms: number;
}

/**
 * Sends requests until some other work is done.
 *
 * @param send sends one request. @returns the time until its answer
 */
export async function probeBeside(
  work: Promise<unknown>,
  send: () => Promise<number>,
  intervalMs: number,
): Promise<Probe[]> {
  const start = performance.now();
  const probes: Promise<Probe>[] = [];
  const timer = setInterval(() => {
    const at = performance.now() - start;
    const probe = send().then((ms) => ({ at, ms }));
    probe.catch(() => {}); // it is looked at below
    probes.push(probe);
  }, intervalMs);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
  return Promise.all(probes);
}
