/** What a long command shows of how far it has come. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { showProgress, showShare } from '../../cli/progress.ts';

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
  recordShown(isTerminal);
  return showProgress(1000);
}

function recordShown(isTerminal: boolean): void {
  vi.stubGlobal('process', {
    stderr: {
      isTTY: isTerminal,
      write: (text: string) => {
        shown += text;
      },
    },
  });
}

test('into a file a line after a second and then every ten, with the rate and the time left', () => {
  const progress = showAt(false);
  for (let second = 0; second < 20; second++) {
    vi.advanceTimersByTime(1000);
    progress.advance(25);
  }
  progress.end();
  expect(shown).toBe(
    '25 of 1000 rows, 25 a second, 39 s left\n275 of 1000 rows, 25 a second, 29 s left\n',
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

describe('of a source whose rows nobody has counted', () => {
  test('the share that has been read, and the time left', () => {
    recordShown(false);
    let share = 0;
    const progress = showShare('Reading users.csv', () => share);
    vi.advanceTimersByTime(3000);
    share = 0.25;
    for (let row = 0; row < 256; row++) progress.advance();
    expect(shown).toBe('Reading users.csv: 256 rows, 25 %, 9 s left\n');
  });

  test('the rows alone where nobody knows the share', () => {
    recordShown(false);
    const progress = showShare('Reading users.csv', () => undefined);
    vi.advanceTimersByTime(3000);
    for (let row = 0; row < 256; row++) progress.advance();
    expect(shown).toBe('Reading users.csv: 256 rows\n');
  });
});
