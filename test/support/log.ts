/** What the Worker under test has logged. */
import { vi } from 'vitest';

const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const;

/** Every line that has been logged, also those that {@link recordLog} records. */
export const everythingLogged: string[] = [];

// Once: all test files share this module and the console.
for (const method of METHODS) {
  const print = console[method].bind(console);
  console[method] = (...values) => {
    everythingLogged.push(values.map(String).join(' '));
    print(...values);
  };
}

/** Records from now on, until the test ends. */
export function recordLog() {
  const lines: string[] = [];
  for (const method of METHODS) {
    vi.spyOn(console, method).mockImplementation((...values) => {
      const line = values.map(String).join(' ');
      lines.push(line);
      everythingLogged.push(line);
    });
  }
  return {
    lines,
    // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever was logged
    events: (name: string): any[] =>
      lines.map((line) => JSON.parse(line)).filter(({ event }) => event === name),
  };
}
