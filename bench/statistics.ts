/**
 * The few figures that the benches print.
 *
 * @module
 */

export function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
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
