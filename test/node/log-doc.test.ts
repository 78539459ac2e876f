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
  // The Worker and the command line have an event in common.
  expect([...new Set(documentedEvents)].sort()).toEqual([...events].sort());
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
const STATUSES: Record<string, string> = {
  'unauthorized(': '401',
  'tooManyAttempts(': '429',
  'passwordNotChanged(': '400',
  'passwordNotSet(': '400',
};

/** Reads the `switch` of a function. @returns lines such as `401 wrong_password` */
function answeredReasons(code: string): string[] {
  const reasons: string[] = [];
  const pending: string[] = [];
  for (const [, reason, answer = ''] of code.matchAll(/case '(\w+)'|return (\w+\(\d*)/g)) {
    const status = STATUSES[answer] ?? answer.replace('problem(', '');
    if (reason !== undefined) pending.push(reason);
    else reasons.push(...pending.splice(0).map((name) => `${status} ${name}`));
  }
  return reasons;
}

test('every reason of a login is documented under the status that it is answered with, and no other', () => {
  const [, answers = ''] = read('src/answers.ts').split(/export function answer\w+/);
  const reasons = answeredReasons(answers);
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

test.each([
  ['password_change', 'answerPasswordChange'],
  ['password_link', 'answerPasswordLink'],
  ['password_forgotten', 'answerPasswordForgotten'],
])(
  'every reason of its own that %s has is documented with its status, and no other',
  (event, name) => {
    const [, code = ''] = read('src/account/answers.ts').split(`export function ${name}(`);
    const reasons = answeredReasons(code.split('\n}\n')[0] ?? '').filter(
      (reason) => !/member_of_wrong_type/.test(reason), // the table of a login has it
    );
    const [, section = ''] = doc.split(`\n## \`${event}\`\n`);
    const rows = [
      ...(section.split('\n## ')[0] ?? '').matchAll(/^\| (`.*`) \| (\d{3}): /gm),
    ].flatMap(([, names = '', status]) =>
      [...names.matchAll(/`(\w+)`/g)].map(([, name]) => `${status} ${name}`),
    );
    expect(reasons.length).toBeGreaterThan(1);
    expect(rows.sort()).toEqual(reasons.sort());
  },
);

test('every reason for which a forgotten password gets no link is documented', () => {
  const [, union = ''] = read('src/log.ts').split('export type NoLinkReason =');
  const reasons = [...(union.split(';')[0] ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name);
  expect(reasons.length).toBeGreaterThan(5);
  for (const reason of reasons) expect(doc).toContain(`\`${reason}\``);
});
