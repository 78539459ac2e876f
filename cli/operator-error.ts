/**
 * A fault that a person at the terminal can mend.
 *
 * @module
 */

/** Ends a command. Its message is all that is printed: a sentence, without a secret in it. */
export class OperatorError extends Error {}
