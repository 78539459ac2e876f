/**
 * The file that a command reads.
 *
 * @module
 */
import {
  createReadStream,
  createWriteStream,
  existsSync,
  fstatSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { unreadable } from './unreadable.ts';

/** Whether two names lead to one file, also through links. @param file a path, or `-` for standard input */
export function isSameFile(file: string, other: string): boolean {
  if (!existsSync(other) || (file !== '-' && !existsSync(file))) return false;
  const [one, two] = [file === '-' ? fstatSync(STANDARD_INPUT) : statSync(file), statSync(other)];
  return one.dev === two.dev && one.ino === two.ino;
}

const STANDARD_INPUT = 0;

/** A file that can be read more than once. */
export interface RereadableFile {
  path: string;
  /** What people call it. */
  name: string;
  /** Deletes what was made for it. Can be called more than once. */
  remove(): void;
}

/**
 * Makes sure that a file can be read more than once. A pipe can be read only once, so it is copied. Only this user can read
 * the copy. It is gone after `remove`, or when the command ends.
 *
 * @param file a path, or `-` for standard input
 * @throws OperatorError where it cannot be copied
 */
export async function makeRereadable(file: string): Promise<RereadableFile> {
  const isPipe = existsSync(file) && statSync(file).isFIFO();
  if (file !== '-' && !isPipe) return { path: file, name: file, remove: () => {} };
  const name = isPipe ? file : 'standard input';
  const folder = mkdtempSync(join(tmpdir(), 'portero-import-'));
  const remove = () => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  const path = join(folder, 'copy');
  try {
    const input = isPipe ? createReadStream(file) : process.stdin;
    await pipeline(input, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    remove();
    throw unreadable(name, error);
  }
  return { path, name, remove };
}
