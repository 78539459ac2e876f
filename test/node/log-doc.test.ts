/** `docs/log.md` names every event and every reason that the code can log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/process.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const doc = read('docs/log.md');

/** The first column of every table that is headed `event`. */
const documentedEvents = [...doc.matchAll(/^\| `(\w+)` \| .* \| .* \|$/gm)].map(([, name]) => name);

test('every event is documented, and no other', () => {
  const sources = read('src/log.ts') + read('cli/audit.ts');
  const events = new Set([...sources.matchAll(/event: '(\w+)'/g)].map(([, name]) => name));
  expect(events.size).toBeGreaterThan(8);
  expect(documentedEvents.sort()).toEqual([...events].sort());
});

test('every field is documented', () => {
  const withoutComments = (text: string) => text.replace(/\/\*\*.*?\*\//gs, '');
  const types = read('src/log.ts').split(/export (?:type LogEvent|function log)/)[1] ?? '';
  const fields = [...withoutComments(types + read('cli/audit.ts')).matchAll(/\b(\w+)\??: /g)].map(
    ([, name]) => name,
  );
  expect(fields.length).toBeGreaterThan(20);
  for (const field of new Set(fields))
    expect([field, doc.includes(`\`${field}\``)]).toEqual([field, true]);
});

/** The answers that do not name their status. */
const STATUSES: Record<string, string> = { 'unauthorized(': '401', 'tooManyAttempts(': '429' };

test('every reason is documented under the status that it is answered with, and no other', () => {
  const [, answers = ''] = read('src/answers.ts').split(/export function answer\w+/);
  const reasons: string[] = [];
  const pending: string[] = [];
  for (const [, reason, answer = ''] of answers.matchAll(/case '(\w+)'|return (\w+\(\d*)/g)) {
    const status = STATUSES[answer] ?? answer.replace('problem(', '');
    if (reason !== undefined) pending.push(reason);
    else reasons.push(...pending.splice(0).map((name) => `${status} ${name}`));
  }
  const rows = [...doc.matchAll(/^\| ([45]\d\d[^|]*) \| (.*) \|$/gm)].flatMap(
    ([, status = '', names = '']) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name], index) => {
        const statuses = status.match(/\d{3}/g) ?? [];
        return `${statuses[index] ?? statuses[0]} ${name}`;
      }),
  );
  expect(reasons.length).toBeGreaterThan(25);
  expect(rows.sort()).toEqual(reasons.sort());
});
