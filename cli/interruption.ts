/**
 * Ctrl-C, or the end of the terminal, during a long command.
 *
 * @module
 */
import { EXIT, type ExitCode } from './exit-code.ts';
import { printErrorLine } from './print.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends the process at once. After {@link wait} it lets the command complete its batch first. */
export class Interruption {
  isRequested = false;
  #isAwaited = false;

  #listener = () => {
    if (!this.#isAwaited) {
      printErrorLine('Interrupted. Nothing was changed.');
      process.exit(EXIT.interrupted);
    }
    this.isRequested = true;
  };

  constructor() {
    // A signal can come twice: npm passes a Ctrl-C on to a program that already has it from the terminal.
    for (const signal of SIGNALS) process.on(signal, this.#listener);
  }

  /** From now on the command itself looks between two batches whether it should end. */
  wait(): void {
    this.#isAwaited = true;
  }

  /** From now on a signal ends the process as usual. Can be called more than once. */
  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener);
  }

  /** Says how to go on. @returns the exit code of the command, interrupted or not */
  conclude(): ExitCode {
    this.end();
    if (!this.isRequested) return EXIT.done;
    printErrorLine('Interrupted. Run the same command again to go on.');
    return EXIT.interrupted;
  }
}
