/**
 * The backslashes of PostgreSQL's text format (the page of `COPY`, "Text Format") and of MySQL (`SELECT … INTO`,
 * "FIELDS ESCAPED BY").
 *
 * @module
 */

/** How PostgreSQL and MySQL write control characters. A backslash before another character means that character. */
const ESCAPES: Record<string, string> = {
  '0': '\0',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  Z: '\x1a',
};

/** The characters that a tool writes behind a backslash, beside the delimiter. `N` stands alone, for NULL. */
export const ESCAPABLE = `${Object.keys(ESCAPES).join('')}N"\\\\`;

/** Takes the backslashes out. */
export function resolveEscapes(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\s\S])/g, (_, character: string) => ESCAPES[character] ?? character);
}
