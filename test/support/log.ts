/** What the Worker under test has logged. */
import { vi } from 'vitest';

/** Records from now on, until the test ends. */
export function recordLog() {
  const lines: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => {
      lines.push(values.map(String).join(' '));
    });
  }
  return {
    lines,
    // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever was logged
    events: (name: string): any[] =>
      lines.map((line) => JSON.parse(line)).filter(({ event }) => event === name),
  };
}
