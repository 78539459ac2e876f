/**
 * Why a file as a whole cannot be read.
 *
 * @module
 */
import { OperatorError } from '../../operator-error.ts';

/**
 * The fault of a whole file.
 *
 * ```ts
 * unreadable('users.csv', 'it is not UTF-8.').message; // users.csv cannot be read: it is not UTF-8.
 * ```
 *
 * @param name what people call the file
 * @param reason a sentence that begins with `it`, or an error of `node:fs`. Never the message of a parser, because it quotes
 *   the row with its hash
 */
export function unreadable(name: string, reason: unknown): OperatorError {
  if (reason instanceof OperatorError) return reason;
  const sentence = typeof reason === 'string' ? reason : sentenceOf(reason);
  return new OperatorError(`${name} cannot be read: ${sentence}`);
}

const SENTENCES: Record<string, string> = {
  ENOENT: 'there is no such file.',
  EISDIR: 'it is a folder.',
  EACCES: 'this user may not read it.',
  ENOSPC: 'there is no room for a temporary copy of it.',
  ABORT_ERR: 'it was closed before its end.',
};

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  return SENTENCES[String(error.code)] ?? `${error.code}.`;
}
