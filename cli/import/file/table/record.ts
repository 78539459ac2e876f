/**
 * One record of a table: the values of a row, before they have names.
 *
 * @module
 */
import type { Cell } from './dialect.ts';

/** What stands on the lines from one on. */
export type RecordRead =
  | {
      /** How many lines it takes. */
      lines: number;
      cells: Cell[];
    }
  | {
      lines: number;
      /** What is wrong, with the line of each fault. The first line of the record is 0. */
      faults: { line: number; reason: string }[];
      /** Whether the record is right, and its faults are those of another way to read its lines. */
      isDoubtful?: boolean;
      /** Whether a value of it does not end within the characters that fit into memory. */
      isTooLong?: boolean;
    };

/**
 * Reads the record that begins at a line.
 *
 * @param lines all lines that are there so far
 * @param isEnd whether no more lines follow
 * @returns `undefined` where more lines are needed
 */
export type ReadRecord = (
  lines: readonly string[],
  start: number,
  isEnd: boolean,
) => RecordRead | undefined;
