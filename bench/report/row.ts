/**
 * A row of the bench's table: what was measured, beside its floor.
 *
 * @module
 */
import { type Spread, spreadOf } from './statistics.ts';

/** `''` is the unit of counts and of slopes. */
export type Unit = 'ms' | 'µs' | 'KiB' | '/s' | '';

/** A limit for the measured value, or for its ratio to the floor. */
export interface Goal {
  of: 'measured' | 'ratio';
  atLeast?: number;
  atMost?: number;
}

/** The least that the same work can take, measured in the same run. */
export interface Floor {
  /** What does the same work with nothing around it. */
  name: string;
  measured: Spread;
}

export interface Row {
  what: string;
  unit: Unit;
  measured: Spread;
  /** The part of the measured value that the database takes. */
  sql?: Spread;
  floor?: Floor;
  /** The measured value divided by the floor of the same round. */
  ratio?: Spread;
  goal?: Goal;
}

/** What a measurement yields. */
export interface Measurement {
  rows: Row[];
  /** Sentences about it, such as why it was left out. */
  notes?: string[];
  /** An SVG. */
  picture?: string;
}

/** A row without a floor. @param values of the rounds */
export function alone(what: string, unit: Unit, values: number[], goal?: Goal): Row {
  return { what, unit, measured: spreadOf(values), ...(goal && { goal }) };
}

/**
 * A row beside its floor.
 *
 * @param values of the rounds
 * @param floor with the values of the same rounds, in the same order
 */
export function beside(
  what: string,
  unit: Unit,
  values: number[],
  floor: { name: string; values: number[] },
  goal?: Goal,
): Row {
  const ratios = values.map((value, round) => value / (floor.values[round] ?? Number.NaN));
  return {
    ...alone(what, unit, values, goal),
    floor: { name: floor.name, measured: spreadOf(floor.values) },
    ratio: spreadOf(ratios),
  };
}

export interface Verdict {
  isMet: boolean;
  /** The goal lies within the spread, so another run may say otherwise. */
  isClose: boolean;
}

/** @returns nothing for a row without a goal */
export function judge({ goal, measured, ratio }: Row): Verdict | undefined {
  const judged = goal?.of === 'ratio' ? ratio : measured;
  if (goal === undefined || judged === undefined) return undefined;
  const { atLeast = -Infinity, atMost = Infinity } = goal;
  const fits = (value: number) => value >= atLeast && value <= atMost;
  const isMet = fits(judged.median);
  return { isMet, isClose: fits(judged.low) !== isMet || fits(judged.high) !== isMet };
}
