/**
 * What an import tells of its rows.
 *
 * @module
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { OperatorError } from '../dev/operator-error.ts';

/** What has become of the rows. */
export class ImportReport {
  added = 0;
  present = 0;
  rejected = 0;
  #file: string | undefined;

  /** @param file for the rows that are rejected, each written at once: a crash loses none */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined) return;
    try {
      writeFileSync(file, '');
    } catch {
      throw new OperatorError(`${file} cannot be written.`);
    }
  }

  reject(line: number, reason: string): void {
    this.rejected++;
    console.error(`line ${line}: ${reason}`);
    if (this.#file !== undefined) {
      appendFileSync(this.#file, `${JSON.stringify({ line, reason })}\n`);
    }
  }
}
