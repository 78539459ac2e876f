/**
 * How many rows one transaction stores.
 *
 * @module
 */
import { availableParallelism } from 'node:os';

/** Hashing a row takes about a tenth of a second of one core. */
const HARDENED_ROWS_PER_CORE = 10;

/** Without hashing, a transaction of these takes about a tenth of a second. */
const BARE_ROWS = 1000;

/**
 * The number of rows that one transaction stores. A crash loses at most this many rows. If the rows are hardened, they
 * are about a second's work.
 */
export const batchRows = (harden: boolean) =>
  harden ? HARDENED_ROWS_PER_CORE * availableParallelism() : BARE_ROWS;
