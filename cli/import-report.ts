/**
 * What an import says about its rows.
 *
 * @module
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { OperatorError } from './operator-error.ts';
import { printErrorLine } from './print.ts';

/** Counts what became of the rows. */
export class ImportReport {
  added = 0;
  present = 0;
  rejected = 0;
  /** How many of the added users have no password. */
  withoutPassword = 0;
  #file: string | undefined;

  /** @param file for the rejected rows. Each is written at once, so a crash loses none */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#write(writeFileSync, '');
  }

  reject(line: number, reason: string): void {
    this.rejected++;
    printErrorLine(`line ${line}: ${reason}`);
    this.#write(appendFileSync, `${JSON.stringify({ line, reason })}\n`);
  }

  #write(write: (file: string, text: string) => void, text: string): void {
    if (this.#file === undefined) return;
    try {
      write(this.#file, text);
    } catch {
      throw new OperatorError(`${this.#file} cannot be written.`);
    }
  }
}
