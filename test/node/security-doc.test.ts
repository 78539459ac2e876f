/** `SECURITY.md` points at tests that are there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/process.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const rows = read('SECURITY.md').match(/^\| \d+\.\d+\.\d+ .*$/gm) ?? [];

test.each(rows)('%s', (row) => {
  const references = [...row.matchAll(/\]\((test\/[^)]+)\) "([^"]+)"/g)];
  for (const [, path = '', title = ''] of references) expect(read(path)).toContain(title);
});

test('every requirement is ticked, refused or said to concern something else', () => {
  expect(rows).toHaveLength(36);
  for (const row of rows) expect(row).toMatch(/^\| [\d.]+ \| [✓✗–] \| [123] \| .{8,} \|$/);
});
