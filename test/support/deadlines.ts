/** The deadlines of the service under test. */
import { vi } from 'vitest';

const setDeadline = AbortSignal.timeout.bind(AbortSignal);

/** A request that hangs is noticed all the same. */
const SOON_MS = 500;

/** Moves every deadline so far away that no test misses it, however slow the machine is. */
export function postponeDeadlines(): void {
  AbortSignal.timeout = (ms) => setDeadline(100 * ms);
}

/**
 * Lets a test miss the next deadlines of a length at once.
 *
 * @returns the lengths of all deadlines from now on, in milliseconds
 */
export function missDeadlines(ms: number, times: number): () => number[] {
  const lengths: number[] = [];
  const postponed = AbortSignal.timeout;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((length) => {
    lengths.push(length);
    const isMissed = lengths.filter((other) => other === ms).length <= times;
    return length === ms && isMissed ? setDeadline(SOON_MS) : postponed(length);
  });
  return () => lengths;
}
