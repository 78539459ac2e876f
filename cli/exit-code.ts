/**
 * The exit codes of a command. `docs/permissions.md` tells them to operators.
 *
 * @module
 */

export const EXIT = {
  done: 0,
  /** The command was refused, its database failed, or some rows of an import were rejected. */
  refused: 1,
  /** The command line itself was wrong. */
  usage: 2,
  /** Ctrl-C or the end of the terminal has ended the command: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Runs the work of a command. A command that returns no exit code has done everything. */
export type Run = (work: (() => Promise<ExitCode>) | (() => Promise<void>)) => Promise<void>;
