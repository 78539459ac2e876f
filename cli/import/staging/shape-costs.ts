/**
 * What the old hashes of an import will cost every login.
 *
 * @module
 */
import { ITERATIONS_PER_LAYER, LAYERS } from '../../../src/password/cost.ts';
import { blockIterations, isListed, shapeOf } from '../../../src/password/foreign-layer.ts';
import type { StoredHash } from '../../../src/password/stored-hash.ts';

/** On a core of about 2.5 GHz. The three hash functions are about equally fast. */
const MICROSECONDS_PER_ITERATION = 1.1;

/** With more, a login takes more than twice as long as without any foreign layer. */
const BEARABLE_ITERATIONS = ITERATIONS_PER_LAYER * LAYERS;

/** The different shapes of the hashes that are added. */
export class ShapeCosts {
  #iterations = new Map<string, number>();

  add(hash: StoredHash | null): void {
    const layer = hash?.foreign;
    if (layer === undefined || !isListed(layer)) return;
    this.#iterations.set(JSON.stringify(shapeOf(layer)), blockIterations(layer));
  }

  /** A sentence about what the shapes cost, where they cost much. */
  explain(): string[] {
    const iterations = [...this.#iterations.values()].reduce((sum, count) => sum + count, 0);
    if (iterations <= BEARABLE_ITERATIONS) return [];
    const milliseconds = Math.round((iterations * MICROSECONDS_PER_ITERATION) / 1000);
    return [
      `The hashes have ${this.#iterations.size} different shapes. Until the last user of each has logged in, ` +
        `every login of anybody takes about ${milliseconds} ms longer.`,
    ];
  }
}
