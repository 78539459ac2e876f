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

/** Whether two names lead to one file, also through links. @param file a path, or `-` for standard input */
export function isSameFile(file: string, other: string): boolean {
  if (!existsSync(other) || (file !== '-' && !existsSync(file))) return false;
  const [one, two] = [file === '-' ? fstatSync(STANDARD_INPUT) : statSync(file), statSync(other)];
  return one.dev === two.dev && one.ino === two.ino;
}

const STANDARD_INPUT = 0;

/**
 * Hands over a file that can be read more than once. A pipe can be read only once, so it is copied first. Only this user
 * can read the copy.
 *
 * @param file a path, or `-` for standard input
 */
export async function withFile<T>(file: string, use: (path: string) => Promise<T>): Promise<T> {
  const isPipe = existsSync(file) && statSync(file).isFIFO();
  if (file !== '-' && !isPipe) return use(file);
  const folder = mkdtempSync(join(tmpdir(), 'portero-import-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const copy = join(folder, 'standard input');
  const input = isPipe ? createReadStream(file) : process.stdin;
  await pipeline(input, createWriteStream(copy, { mode: 0o600 }));
  return use(copy);
}
