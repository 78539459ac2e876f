/**
 * How a command fails.
 *
 * @module
 */

/** A command was refused, and nothing was changed. */
const EXIT_REFUSED = 1;

/** The command line itself was wrong. */
export const EXIT_USAGE = 2;

/** A refusal that a person can understand: a sentence without a secret in it. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = EXIT_REFUSED) {
    super(message);
    this.exitCode = exitCode;
  }
}
