/**
 * Ctrl-C, or the end of the terminal, during a long command.
 *
 * @module
 */

/** What a shell expects of a program that Ctrl-C has ended. */
const EXIT_INTERRUPTED = 130;

/** Ends the process at once, until there is something that has to be completed first. */
export class Interruption {
  isRequested = false;
  #isAwaited = false;

  constructor() {
    // Every time: npm passes a Ctrl-C on to a program that the terminal has already told.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (!this.#isAwaited) process.exit(EXIT_INTERRUPTED);
        this.isRequested = true;
      });
    }
  }

  /** From now on the command itself looks whether it is to end, between two batches. */
  wait(): void {
    this.#isAwaited = true;
  }

  /** Says how to go on. @returns the exit code of an interrupted command */
  conclude(): number | undefined {
    if (!this.isRequested) return undefined;
    console.error('Interrupted. Run the same command again to go on.');
    return EXIT_INTERRUPTED;
  }
}
