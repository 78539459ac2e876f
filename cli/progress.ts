/**
 * Shows how far a long command has come. At a terminal it overwrites one line. Elsewhere it adds a line now and then.
 *
 * @module
 */

const TERMINAL_INTERVAL_MS = 200;
/** The first line says soon how long the command will take. */
const FIRST_LOG_INTERVAL_MS = 1000;
const LOG_INTERVAL_MS = 10_000;

/**
 * Shows the progress on standard error, because the result goes to standard output.
 *
 * @param total the number of all rows
 * @param what for people, where a command does several things one after the other: `Writing`
 */
export function showProgress(total: number, what?: string) {
  const line = progressLine();
  let done = 0;
  let skipped = 0;

  function text(seconds: number): string {
    const rate = (done - skipped) / seconds;
    const left = Math.round((total - done) / rate);
    const pace = rate > 0 ? `, ${rate.toFixed(0)} a second, ${duration(left)} left` : '';
    return `${what === undefined ? '' : `${what}: `}${done} of ${total} rows${pace}`;
  }
  return {
    /** @param withoutWork the number of these rows that took no time. They do not count for the pace */
    advance(rows: number, withoutWork = 0): void {
      done += rows;
      skipped += withoutWork;
      line.show(text);
    },
    end: line.end,
  };
}

/** The clock is asked once in so many rows. */
const ROWS_A_LOOK = 256;

/**
 * Shows how much has been read of something whose rows nobody has counted.
 *
 * @param what for people, such as `Reading users.csv`
 * @param share tells how much has been read, from 0 to 1. `undefined` where nobody can tell
 */
export function showShare(what: string, share: () => number | undefined) {
  const line = progressLine();
  let rows = 0;

  function text(seconds: number): string {
    const done = share() ?? 0;
    const left = Math.round((seconds / done) * (1 - done));
    const pace = done > 0 ? `, ${Math.floor(done * 100)} %, ${duration(left)} left` : '';
    return `${what}: ${rows} rows${pace}`;
  }
  return {
    /** One row more. */
    advance(): void {
      if (++rows % ROWS_A_LOOK === 0) line.show(text);
    },
    end: line.end,
  };
}

function progressLine() {
  const start = performance.now();
  const isTerminal = process.stderr.isTTY;
  let nextAt = start + (isTerminal ? TERMINAL_INTERVAL_MS : FIRST_LOG_INTERVAL_MS);
  let isShown = false;
  return {
    /** @param text says how far the command is after so many seconds */
    show(text: (seconds: number) => string): void {
      const now = performance.now();
      if (now < nextAt) return;
      nextAt = now + (isTerminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
      isShown = true;
      const line = text((now - start) / 1000);
      process.stderr.write(isTerminal ? `\r${line}\u001b[K` : `${line}\n`);
    },
    end(): void {
      if (isTerminal && isShown) process.stderr.write('\r\u001b[K');
    },
  };
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
