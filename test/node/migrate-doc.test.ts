/** `docs/migrate-from-aspnet.md` has every option of the import, and quotes what the import says. */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { activeColumns } from '../../cli/import/row/active-flag.ts';
import { ROOT } from '../support/process.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const doc = read('docs/migrate-from-aspnet.md');

/** The code spans of a piece of Markdown. */
const codeOf = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** The rows of the tables whose heading begins so, each as its cells. */
function rowsUnder(heading: string): string[][] {
  const [, ...tables] = doc.split(`\n| ${heading}`);
  const rows = tables.flatMap((table) => table.split('\n\n', 1).join().split('\n').slice(2));
  return rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

test('every option has a row, and no other', () => {
  const program = join(ROOT, 'cli/portero.ts');
  const help = execFileSync(process.execPath, [program, 'users', 'import', '--help']).toString();
  const options = [...help.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
  const documented = rowsUnder('option |').map(([cell = '']) => codeOf(cell)[0]?.split(' ')[0]);
  expect(options.length).toBeGreaterThan(25);
  expect(documented.sort()).toEqual(options.sort());
});

test('no command has an option that the import does not know', () => {
  const commands = doc.match(/^ *npm run (?:-s )?portero -- users import (?:.*\\\n)*.*$/gm) ?? [];
  const options = rowsUnder('option |').map(([cell = '']) => codeOf(cell)[0]?.split(' ')[0]);
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) {
    const [, text = ''] = command.split(' users import ');
    for (const [option] of text.matchAll(/(?<= )--[a-z-]+/g)) expect(options).toContain(option);
  }
});

test('the known flags are those of the code', () => {
  const known = (isActive: boolean) =>
    activeColumns({})
      .filter((column) => column.isActive === isActive)
      .map(({ name }) => name);
  const rows = rowsUnder('a user is active if it is').map(([, columns = '']) => codeOf(columns));
  expect(rows).toEqual([known(true), known(false)]);
});

test.each([
  ['the import says', 0],
  ['what is wrong', 1],
])('the sentences under "%s" are those of the code', (heading, column) => {
  const files = globSync('cli/import/**/*.ts', { cwd: ROOT });
  // Long sentences stand on several lines there.
  const code = files.map((file) => read(file).replace(/['"`] \+\s+['"`]/g, '')).join('\n');
  const sentences = rowsUnder(heading).flatMap((cells) => codeOf(cells[column] ?? ''));
  expect(sentences.length).toBeGreaterThan(10);
  const unknown = sentences.filter((sentence) => !code.includes(sentence));
  expect(unknown).toEqual([]);
});

test('every link leads to a heading', () => {
  const anchorsOf = (text: string) =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\d\s_-]/gu, '')
        .replaceAll(' ', '-'),
    );
  const links = [...doc.matchAll(/\]\(([a-z-]*\.md)?#([^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(20);
  for (const [link, file, anchor = ''] of links) {
    const text = file === undefined ? doc : read(`docs/${file}`);
    expect([link, anchorsOf(text).includes(anchor)]).toEqual([link, true]);
  }
});
