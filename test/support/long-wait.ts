/**
 * How long something that a test waits for may take. It is for what hangs and would never come, and not for what is slow: a
 * machine that is busy with other work needs ten times as long as one that is not.
 */
const LONG_WAIT_MS = 120_000;

/** For `vi.waitUntil` and its like. */
export const LONG_WAIT = { timeout: LONG_WAIT_MS };

/** For a project of Vitest. A test may wait more than once. */
export const TIMEOUTS = {
  testTimeout: 3 * LONG_WAIT_MS,
  hookTimeout: 3 * LONG_WAIT_MS,
  expect: { poll: LONG_WAIT },
};
