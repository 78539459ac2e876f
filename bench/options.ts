/**
 * The options of `npm run bench`.
 *
 * @module
 */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface BenchOptions {
  quick: boolean;
  /** The names of the measurements to make. */
  only: string[];
  /** The folder of the JSON file and the picture. It is there, and can be written to. */
  out: string;
  docs: boolean;
}

/**
 * Reads and checks the options, before anything is built or measured.
 *
 * @param known the names of all measurements, in the order of the table
 * @param defaultOut the folder of the files, where no other is given
 * @throws Error with a sentence for people
 */
export function readOptions(
  args: string[],
  { known, defaultOut }: { known: string[]; defaultOut: string },
): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      out: { type: 'string', default: defaultOut },
      docs: { type: 'boolean', default: false },
    },
  });
  const { quick, out, docs } = values;
  const only =
    values.only === undefined ? known : values.only.split(',').map((name) => name.trim());
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no measurement "${unknown}". There are ${known.join(', ')}.`);
  }
  if (docs && (quick || values.only !== undefined)) {
    throw new Error('--docs writes the whole table: leave out --only and --quick.');
  }
  mkdirSync(out, { recursive: true });
  accessSync(out, constants.W_OK);
  return { quick, only, out, docs };
}

export const USAGE = `npm run bench -- [--quick] [--only NAME,NAME] [--out FOLDER] [--docs]
docs/performance.md explains them.`;
