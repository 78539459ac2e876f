/** What must never be logged: everything secret that the tests have used so far, as it is and as JSON writes it. */
import { TEST_ENV } from './test-env.ts';

const { DATABASE_URL, JWT_SECRET, TURNSTILE_SECRET_KEY } = TEST_ENV;

const secrets = new Set<string>();

/** Anything shorter turns up by chance. */
const SHORTEST_SECRET_LENGTH = 8;

/** Notes a secret, so that it will be looked for. What is no string is none. */
export function noteSecret(value: unknown): void {
  if (typeof value === 'string' && value.trim().length >= SHORTEST_SECRET_LENGTH) {
    secrets.add(value);
    secrets.add(JSON.stringify(value).slice(1, -1));
  }
}

for (const secret of [
  DATABASE_URL,
  new URL(DATABASE_URL).password,
  JWT_SECRET,
  TURNSTILE_SECRET_KEY,
])
  noteSecret(secret);

/** Anything shorter is no token, and its parts turn up by chance. */
const SHORTEST_TOKEN_LENGTH = 30;

/** Notes a token, of which no part may be logged either. What is not of three parts is none. */
export function noteToken(token: string): void {
  const parts = token.split('.');
  if (parts.length === 3 && token.length >= SHORTEST_TOKEN_LENGTH)
    [token, ...parts].forEach(noteSecret);
}

/** The lines that hold a secret; each shortened to its beginning, which tells the event. */
export function linesWithSecrets(lines: string[]): string[] {
  const text = lines.join('\n');
  const leaked = [...secrets].filter((secret) => text.includes(secret));
  const leaks = (line: string) => leaked.some((secret) => line.includes(secret));
  return lines.filter(leaks).map((line) => line.slice(0, 24));
}
