/**
 * Shows how far a long command has come. At a terminal it overwrites one line. Elsewhere it adds a line now and then.
 *
 * @module
 */

const TERMINAL_INTERVAL_MS = 200;
const LOG_INTERVAL_MS = 10_000;

/**
 * Shows the progress on standard error, because the result goes to standard output.
 *
 * @param total the number of all rows
 */
export function showProgress(total: number) {
  const start = performance.now();
  const isTerminal = process.stderr.isTTY;
  const interval = isTerminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
  let done = 0;
  let skipped = 0;
  let shownAt = start;

  function show(): void {
    const seconds = (performance.now() - start) / 1000;
    const rate = (done - skipped) / seconds;
    const left = Math.round((total - done) / rate);
    const pace = rate > 0 ? `, ${rate.toFixed(0)} a second, ${duration(left)} left` : '';
    const text = `${done} of ${total} rows${pace}`;
    process.stderr.write(isTerminal ? `\r${text}\u001b[K` : `${text}\n`);
  }
  return {
    /** @param withoutWork the number of these rows that took no time. They do not count for the pace */
    advance(rows: number, withoutWork = 0): void {
      done += rows;
      skipped += withoutWork;
      const now = performance.now();
      if (now - shownAt < interval) return;
      shownAt = now;
      show();
    },
    end(): void {
      if (isTerminal && shownAt > start) process.stderr.write('\r\u001b[K');
    },
  };
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
