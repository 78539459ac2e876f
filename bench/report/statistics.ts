/**
 * The few figures that the benches print.
 *
 * @module
 */

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value that a share of all values is below, with a straight line between two values: type 7 of Hyndman and Fan (The
 * American Statistician 50, 1996).
 *
 * @param share from 0 to 1: 0.95 is the 95th percentile
 */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const position = share * (sorted.length - 1);
  const [low = Number.NaN, high = low] = sorted.slice(Math.floor(position));
  return low + (high - low) * (position % 1);
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Samples in short. Half of them lie between `low` and `high`, the quartiles. */
export interface Spread {
  median: number;
  low: number;
  high: number;
  min: number;
  max: number;
  /** How many samples there are. */
  count: number;
}

export function spreadOf(values: number[]): Spread {
  const [min, low, middle, high, max] = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    quantile(values, share),
  ) as [number, number, number, number, number];
  return { median: middle, low, high, min, max, count: values.length };
}

/** The slope of the straight line with the least squares (ordinary least squares) through points. */
export function slope(points: { x: number; y: number }[]): number {
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const covariance = points.map(({ x, y }) => (x - meanX) * (y - meanY));
  const variance = points.map(({ x }) => (x - meanX) ** 2);
  return mean(covariance) / mean(variance);
}

/**
 * The area under the ROC curve (AUC). It says how well one value tells two samples apart. With 0.5 the value tells
 * nothing. With 1 it tells the sample every time. A result below 0.5 is turned round, because an attacker would turn
 * the guess round too.
 *
 * @returns the area, with the 95 % interval of Hanley and McNeil (Radiology 143, 1982)
 */
export function auc(one: number[], other: number[]): { area: number; low: number; high: number } {
  let wins = 0;
  for (const x of one) for (const y of other) wins += x > y ? 1 : x === y ? 0.5 : 0;
  const share = wins / (one.length * other.length);
  const area = Math.max(share, 1 - share);
  const q1 = area / (2 - area);
  const q2 = (2 * area * area) / (1 + area);
  const variance =
    (area * (1 - area) +
      (one.length - 1) * (q1 - area ** 2) +
      (other.length - 1) * (q2 - area ** 2)) /
    (one.length * other.length);
  const margin = 1.96 * Math.sqrt(Math.max(variance, 0));
  return { area, low: area - margin, high: Math.min(area + margin, 1) };
}
