/** What the benches make of their samples. */
import { expect, test } from 'vitest';
import { auc, median } from '../../bench/statistics.ts';

const upTo = (count: number, offset = 0) =>
  Array.from({ length: count }, (_, index) => index + offset);

test('the median is the middle one, or the mean of the two in the middle', () => {
  expect(median([5, 1, 9])).toBe(5);
  expect(median([9, 1, 5, 3])).toBe(4);
});

test('two samples of the same values cannot be told apart', () => {
  const { area, low, high } = auc(upTo(400), upTo(400));
  expect(area).toBe(0.5);
  expect(low).toBeCloseTo(0.46, 2);
  expect(high).toBeCloseTo(0.54, 2);
});

test('two that do not overlap are told apart for certain, whichever is the greater', () => {
  expect(auc(upTo(50), upTo(50, 50))).toEqual({ area: 1, low: 1, high: 1 });
  expect(auc(upTo(50, 50), upTo(50)).area).toBe(1);
});

test('a value that is the same counts half', () => {
  expect(auc([1, 2], [2, 3]).area).toBe(0.875);
});
