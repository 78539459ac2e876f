/**
 * A secret on standard input.
 *
 * @module
 */
import { OperatorError } from './operator-error.ts';

/** No password and no key is longer, and it is little enough to read whole. */
const MAX_STDIN_BYTES = 16 * 1024;

/**
 * Reads all of it, without the line feed at its end, which comes from `echo`.
 *
 * @param what for people: `password`
 * @throws OperatorError where it is too long, or no UTF-8
 */
export async function readStdin(what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    length += chunks[chunks.push(chunk) - 1]?.length ?? 0;
    if (length > MAX_STDIN_BYTES) throw new OperatorError(`Standard input is no ${what}.`);
  }
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
    return decoder.decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  } catch {
    throw new OperatorError(`The ${what} on standard input is not UTF-8.`);
  }
}
