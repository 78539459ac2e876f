/**
 * Ctrl-C, or the end of the terminal, during a long command.
 *
 * @module
 */

/** What a shell expects of a program that Ctrl-C has ended. */
const EXIT_INTERRUPTED = 130;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends the process at once, until there is something that has to be completed first. */
export class Interruption {
  isRequested = false;
  #isAwaited = false;

  #listener = () => {
    if (!this.#isAwaited) process.exit(EXIT_INTERRUPTED);
    this.isRequested = true;
  };

  constructor() {
    // Every time: npm passes a Ctrl-C on to a program that the terminal has already told.
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** From now on the command itself looks whether it is to end, between two batches. */
  wait(): void {
    this.#isAwaited = true;
  }

  /** Says how to go on. @returns the exit code of an interrupted command */
  conclude(): number | undefined {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
    if (!this.isRequested) return undefined;
    console.error('Interrupted. Run the same command again to go on.');
    return EXIT_INTERRUPTED;
  }
}
