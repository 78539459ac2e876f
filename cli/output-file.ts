/**
 * A file of secrets that a command writes. It appears under its name only when it is complete.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  createWriteStream,
  fchmodSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { OperatorError } from './operator-error.ts';
import { printErrorLine } from './print.ts';

/** Standard output in place of a file. */
export const STANDARD_OUTPUT = '-';

/** Only the user who runs the command may read and write it. */
const PRIVATE_MODE = 0o600;

export interface OutputOptions {
  /** Replaces a file that is there, once the new one is complete. */
  force: boolean;
}

/**
 * Writes a file of mode 0600, or standard output. Whatever ends the process leaves no half file of this name.
 *
 * ```ts
 * await writeOutput('users.jsonl', chunks(), { force: false });
 * ```
 *
 * @param chunks what to write. The next one is made when the one before is written
 * @throws OperatorError where the file is there already, or cannot be written. What `chunks` throws stays as it is
 */
export async function writeOutput(
  path: string,
  chunks: AsyncIterable<string>,
  options: OutputOptions,
): Promise<void> {
  try {
    if (path === STANDARD_OUTPUT) await pipeline(chunks, process.stdout, { end: false });
    else await writeFile(path, chunks, options);
  } catch (error) {
    throw explain(path === STANDARD_OUTPUT ? 'Standard output' : path, error);
  }
}

async function writeFile(path: string, chunks: AsyncIterable<string>, { force }: OutputOptions) {
  if (force) refuseOtherThanFile(path);
  // An empty file holds the place, so that no other program's file is overwritten in the end.
  else closeSync(openSync(path, 'wx', PRIVATE_MODE));
  const unfinished = join(dirname(path), `.portero-${randomUUID()}`);
  const discard = () => {
    rmSync(unfinished, { force: true });
    if (!force) rmSync(path, { force: true });
  };
  const discardAtExit = () => {
    discard();
    printErrorLine(`Interrupted. ${path} was not written.`);
  };
  process.once('exit', discardAtExit);
  try {
    const descriptor = openSync(unfinished, 'wx', PRIVATE_MODE);
    fchmodSync(descriptor, PRIVATE_MODE); // a umask may have taken more away
    await pipeline(chunks, createWriteStream(unfinished, { fd: descriptor, flush: true }));
    renameSync(unfinished, path);
  } catch (error) {
    discard();
    throw error;
  } finally {
    process.off('exit', discardAtExit);
  }
}

/** The new file would take the place of a link, a pipe or a device, and would not be written into it. */
function refuseOtherThanFile(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isFile() === false) throw new OperatorError(`${path} is no regular file.`);
}

/** The names are those of errno(3). */
const REASONS: Record<string, string> = {
  EEXIST: 'is there already. Use --force to replace it',
  ENOENT: 'cannot be written. Its folder is missing',
  EACCES: 'cannot be written. This user may not write there',
  EPERM: 'cannot be written. This user may not write there',
  EROFS: 'cannot be written. The disk is read-only',
  EISDIR: 'is a folder',
  ENOSPC: 'cannot be written. The disk is full',
  EDQUOT: 'cannot be written. The disk is full',
  EPIPE: 'was closed before everything was written',
};

function explain(name: string, error: unknown): unknown {
  const isOfSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  if (!isOfSystem) return error;
  return new OperatorError(
    `${name} ${REASONS[`${error.code}`] ?? `cannot be written (${error.code})`}.`,
  );
}
