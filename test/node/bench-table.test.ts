/** The table that `npm run bench` prints. */
import { expect, test } from 'vitest';
import { alone, beside, type Goal, judge } from '../../bench/report/row.ts';
import { drawTable } from '../../bench/report/table.ts';

const floor = { name: 'the floor', values: [100, 200, 400] };
const atMost = (limit: number): Goal => ({ of: 'ratio', atMost: limit });

test('a value is divided by the floor of its own round', () => {
  const { ratio } = beside('login', 'ms', [200, 400, 800], floor);
  expect(ratio).toMatchObject({ min: 2, median: 2, max: 2 });
});

test('a goal is met by the median', () => {
  const row = (goal: Goal) => beside('login', 'ms', [110, 220, 440], floor, goal);
  expect(judge(row(atMost(1.2)))).toEqual({ isMet: true, isClose: false });
  expect(judge(row(atMost(1.05)))).toEqual({ isMet: false, isClose: false });
  expect(judge(row({ of: 'ratio', atLeast: 1.05 }))?.isMet).toBe(true);
  expect(judge(row({ of: 'measured', atMost: 200 }))?.isMet).toBe(false);
});

test('a goal that another run may miss is close, and so is one that another run may meet', () => {
  const row = (goal: Goal) => beside('login', 'ms', [100, 220, 480], floor, goal);
  expect(judge(row(atMost(1.12)))).toEqual({ isMet: true, isClose: true });
  expect(judge(row(atMost(1.08)))).toEqual({ isMet: false, isClose: true });
});

test('a goal with two ends is missed on both sides', () => {
  const row = (calls: number) =>
    alone('calls', '', [calls], { of: 'measured', atLeast: 1, atMost: 1 });
  expect([0, 1, 2].map((calls) => judge(row(calls))?.isMet)).toEqual([false, true, false]);
});

test('the table is Markdown with columns of the same width', () => {
  const rows = [
    beside('login: CPU', 'ms', [130, 220, 480], floor, atMost(1.05)),
    { ...alone('list', 'ms', [12.345]), sql: alone('', 'ms', [8]).measured },
    alone('requests', '/s', [4321], { of: 'measured', atLeast: 4000 }),
    alone('calls', '', [1], { of: 'measured', atLeast: 1, atMost: 1 }),
    alone('slope', '', [1.004], { of: 'measured', atLeast: 0.9, atMost: 1.1 }),
  ];
  expect(`\n${drawTable(rows)}\n`).toBe(`
| what       | measured          | floor             | ratio                | goal       | met |
|------------|-------------------|-------------------|----------------------|------------|-----|
| login: CPU | 220 ms            | 200 ms, the floor | 1.200 [1.150, 1.250] | ≤ 1.05     | no  |
| list       | 12.3 ms, SQL 8 ms |                   |                      |            |     |
| requests   | 4,320 /s          |                   |                      | ≥ 4,000 /s | yes |
| calls      | 1                 |                   |                      | 1          | yes |
| slope      | 1                 |                   |                      | 0.9 to 1.1 | yes |
`);
});

test('in colours, a goal that is met is green and one that is not met is red', () => {
  const row = (limit: number) => alone('login', 'ms', [100], { of: 'measured', atMost: limit });
  const [, , plain, met, unmet] = drawTable(
    [alone('login', 'ms', [100]), row(100), row(99)],
    true,
  ).split('\n');
  expect(plain).not.toContain('\x1b');
  expect(met).toContain('\x1b[32m');
  expect(unmet).toContain('\x1b[31m');
});
