/** What a long command shows of how far it has come. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showProgress } from '../../cli/progress.ts';

let shown: string;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  shown = '';
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function showAt(isTerminal: boolean): ReturnType<typeof showProgress> {
  vi.stubGlobal('process', {
    stderr: {
      isTTY: isTerminal,
      write: (text: string) => {
        shown += text;
      },
    },
  });
  return showProgress(1000);
}

test('into a file a line every ten seconds, with the rate and the time left', () => {
  const progress = showAt(false);
  for (let second = 0; second < 20; second++) {
    vi.advanceTimersByTime(1000);
    progress.advance(25);
  }
  progress.end();
  expect(shown).toBe(
    '250 of 1000 rows, 25 a second, 30 s left\n500 of 1000 rows, 25 a second, 20 s left\n',
  );
});

test('at a terminal a line that is written over, and gone in the end', () => {
  const progress = showAt(true);
  vi.advanceTimersByTime(1000);
  progress.advance(2);
  expect(shown).toBe('\r2 of 1000 rows, 2 a second, 9 min left\u001b[K');
  progress.end();
  expect(shown.slice(-4)).toBe('\r\u001b[K');
});

test('rows without work say nothing of how long the others take', () => {
  const progress = showAt(false);
  progress.advance(500, 500);
  vi.advanceTimersByTime(10_000);
  progress.advance(100);
  expect(shown).toBe('600 of 1000 rows, 10 a second, 40 s left\n');
});

test('a short command shows none', () => {
  const progress = showAt(true);
  progress.advance(1000);
  progress.end();
  expect(shown).toBe('');
});
