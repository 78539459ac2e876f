/** The code blocks of a page of the documentation, as programs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './process.ts';

/**
 * @param page its path in the repository
 * @param heading the whole heading that the code stands under
 * @returns the first block of the language between that heading and the next one
 */
export function codeOf(page: string, heading: string, language: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const [, section] = text.split(`\n${heading}\n`);
  const [own = ''] = (section ?? '').split(/^#{2,4} /m);
  const [, code] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(own) ?? [];
  if (code === undefined) throw new Error(`${page} has no ${language} under "${heading}"`);
  return code;
}
