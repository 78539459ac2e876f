/**
 * A file that an import writes beside the database: JSON Lines.
 *
 * @module
 */
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  openSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { toSafeJson } from '../../escape.ts';
import { OperatorError } from '../../operator-error.ts';
import { isSameFile } from '../file/input-file.ts';

/** The files name users, so only this user of the machine may read them. */
const MODE = 0o600;

/** A file for `--rejects` or `--report`. Each line is written at once, so a crash loses none. */
export class LineFile {
  readonly #path: string | undefined;
  readonly #force: boolean;

  /**
   * Looks whether the file can be made, before anything long is begun. It is made later.
   *
   * @param path `undefined` makes none, and every line is dropped
   * @param inputs the files that the import reads, which must not be overwritten
   * @throws OperatorError where the file is there already, unless `force` allows to overwrite it
   */
  constructor(path: string | undefined, { inputs, force }: { inputs: string[]; force: boolean }) {
    this.#path = path;
    this.#force = force;
    if (path === undefined) return;
    if (inputs.some((input) => isSameFile(input, path))) {
      throw new OperatorError(`${path} is a file that is imported. It would be overwritten.`);
    }
    if (existsSync(path) && !force) throw isThere(path);
    this.#write(() => accessSync(dirname(path), constants.W_OK));
  }

  /** Makes the file, or empties it. An import that is stopped before does not leave an empty file. */
  open(): void {
    const path = this.#path;
    if (path === undefined) return;
    this.#write(() => {
      const file = openSync(path, this.#force ? 'w' : 'wx', MODE);
      fchmodSync(file, MODE); // a file that is there keeps its mode otherwise
      closeSync(file);
    });
  }

  append(lines: object[]): void {
    const path = this.#path;
    if (path === undefined || lines.length === 0) return;
    const text = lines.map((line) => `${toSafeJson(line)}\n`).join('');
    this.#write(() => appendFileSync(path, text));
  }

  #write(write: () => void): void {
    try {
      write();
    } catch (error) {
      const path = this.#path ?? '';
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      throw isTaken ? isThere(path) : new OperatorError(`${path} cannot be written.`);
    }
  }
}

function isThere(path: string): OperatorError {
  return new OperatorError(`${path} is there already. --force overwrites it.`);
}
