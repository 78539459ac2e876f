/**
 * How far a long command has come: a line that is written over at a terminal, one now and then elsewhere.
 *
 * @module
 */

const TERMINAL_INTERVAL_MS = 200;
const LOG_INTERVAL_MS = 10_000;

/** On standard error, beside the result on standard output. @param total how many rows there are */
export function showProgress(total: number) {
  const start = performance.now();
  const isTerminal = process.stderr.isTTY;
  const interval = isTerminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
  let done = 0;
  let shownAt = start;

  function show(): void {
    const seconds = (performance.now() - start) / 1000;
    const rate = done / seconds;
    const left = Math.round((total - done) / rate);
    const text = `${done} of ${total} rows, ${rate.toFixed(0)} a second, ${duration(left)} left`;
    process.stderr.write(isTerminal ? `\r${text}\u001b[K` : `${text}\n`);
  }
  return {
    advance(rows: number): void {
      done += rows;
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
