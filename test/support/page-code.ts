/** The examples of docs/verify-elsewhere.md, as programs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './process.ts';

const PAGE = readFileSync(join(ROOT, 'docs/verify-elsewhere.md'), 'utf8');

interface Section {
  heading: string;
  text: string;
}

/** The sections with code for one library each. */
export const SECTIONS: Section[] = PAGE.split(/^## .*$/m)
  .flatMap((chapter) => chapter.split(/^### /m).slice(1))
  .map((section) => {
    const [heading = '', ...lines] = section.split('\n');
    return { heading, text: lines.join('\n') };
  });

/**
 * The code of a section, with another address, which a test can serve, and another algorithm.
 *
 * @param replacements each has to be in the code
 */
export function programOf(heading: string, replacements: Record<string, string> = {}): string {
  const { text = '' } = SECTIONS.find((section) => section.heading === heading) ?? {};
  const [, code] = /^```\w+\n(.*?)^```$/ms.exec(text) ?? [];
  if (code === undefined) throw new Error(`There is no code under ${heading}`);
  return Object.entries(replacements).reduce((program, [old, replacement]) => {
    if (!program.includes(old)) throw new Error(`${heading} has no ${old}`);
    return program.replaceAll(old, replacement);
  }, code);
}

/** The address of the keys in every example. */
export const KEY_SET_ADDRESS = 'https://login.example.org/.well-known/jwks.json';
