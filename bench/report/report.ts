/**
 * Where the results of a bench go: to the terminal, into a folder, and into the docs.
 *
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, machineSentence } from './machine.ts';
import type { Measurement } from './row.ts';
import { drawTable } from './table.ts';

export interface Report extends Measurement {
  machine: Machine;
  notes: string[];
}

const DOCS = join(import.meta.dirname, '../../docs');

export function printReport({ machine, rows, notes }: Report): void {
  const table = drawTable(rows, process.stdout.isTTY);
  console.log([machineSentence(machine), '', table, '', ...notes].join('\n'));
}

/** Writes `bench.json` and, if there is a picture, `performance.svg`. @param folder is made where it is missing */
export function writeFiles(folder: string, { picture, ...figures }: Report): void {
  mkdirSync(folder, { recursive: true });
  const json = join(folder, 'bench.json');
  writeFileSync(json, `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`All figures: ${json}`);
  if (picture !== undefined) writeFileSync(join(folder, 'performance.svg'), picture);
}

/** What stands between the two comments is written by the bench. */
const WRITTEN = /(?<=<!-- written by the bench -->\n).*(?=<!-- end -->)/s;

/** Writes the table and the picture into `docs/performance.md`. */
export function writeDocs({ machine, rows, notes, picture }: Report): void {
  const file = join(DOCS, 'performance.md');
  const table = [machineSentence(machine), '', drawTable(rows), '', ...notes, ''].join('\n');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(WRITTEN, () => table),
  );
  if (picture !== undefined) writeFileSync(join(DOCS, 'performance.svg'), picture);
}
