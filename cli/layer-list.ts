/**
 * What the old hashes of an import will cost every login.
 *
 * @module
 */
import { blockIterations, type ForeignLayer } from '../src/password/identity-hash.ts';
import { ITERATIONS_PER_LAYER, LAYERS } from '../src/password/layers.ts';
import { parseStoredHash } from '../src/password/stored-hash.ts';
import { isListed } from './hash-row.ts';

/** On a core of about 2.5 GHz; the three hash functions are of about the same speed. */
const MICROSECONDS_PER_ITERATION = 1.1;

/** With more, a login takes twice what it takes without any. */
const BEARABLE_ITERATIONS = ITERATIONS_PER_LAYER * LAYERS;

/** The different foreign layers of the hashes that are added. */
export class LayerList {
  #iterations = new Map<string, number>();

  add(passwordHash: string | null): void {
    const layer = passwordHash === null ? undefined : parseStoredHash(passwordHash)?.foreign;
    if (layer !== undefined && isListed(layer)) {
      this.#iterations.set(shapeOf(layer), blockIterations(layer));
    }
  }

  /** Says on standard error what they cost, where that is much. */
  warn(): void {
    const iterations = [...this.#iterations.values()].reduce((sum, count) => sum + count, 0);
    if (iterations <= BEARABLE_ITERATIONS) return;
    const milliseconds = Math.round((iterations * MICROSECONDS_PER_ITERATION) / 1000);
    console.error(
      `The hashes have ${this.#iterations.size} different shapes. Until the last user of each has logged in, ` +
        `every login of anybody takes about ${milliseconds} ms longer.`,
    );
  }
}

function shapeOf({ hash, iterations, salt, keyLength }: ForeignLayer): string {
  return [hash, iterations, salt.length, keyLength].join();
}
