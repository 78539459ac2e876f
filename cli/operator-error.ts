/**
 * A fault that a person at the terminal can mend.
 *
 * @module
 */

/** Ends a command. Only its message and its further lines are printed: sentences, without a secret in them. */
export class OperatorError extends Error {
  readonly furtherLines: readonly string[];

  constructor(sentence: string, furtherLines: readonly string[] = []) {
    super(sentence);
    this.furtherLines = furtherLines;
  }
}
