/** What the benches make of their samples. */
import { expect, test } from 'vitest';
import { auc, median, quantile, slope, spreadOf } from '../../bench/report/statistics.ts';

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

test('a quantile lies on the straight line between the two values around it', () => {
  expect(quantile([30, 10, 20], 0)).toBe(10);
  expect(quantile([30, 10, 20], 1)).toBe(30);
  expect(quantile([30, 10, 20], 0.75)).toBe(25);
  expect(quantile(upTo(101), 0.95)).toBe(95);
  expect(quantile([7], 0.99)).toBe(7);
});

test('a spread has the median, the quartiles and the extremes', () => {
  expect(spreadOf([5, 1, 2, 4, 3])).toEqual({
    median: 3,
    low: 2,
    high: 4,
    min: 1,
    max: 5,
    count: 5,
  });
});

test('the slope is that of the line, wherever the line lies', () => {
  const line = upTo(4).map((x) => ({ x, y: 130 + 2 * x }));
  expect(slope(line)).toBe(2);
});

test('the slope is the one with the least squares where the points lie on no line', () => {
  const points = [
    { x: 0, y: 1 },
    { x: 1, y: 0 },
    { x: 2, y: 5 },
  ];
  expect(slope(points)).toBe(2);
});
