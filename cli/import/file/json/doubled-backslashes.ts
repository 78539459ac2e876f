/**
 * JSON that a tool has written as a text of a table. PostgreSQL's `COPY` and `mysql --batch` write each backslash of the JSON
 * as two.
 *
 * JSON is read as it is wherever it can be. `DOMAIN\\ana` is one backslash in JSON, and `\\\\` is two. Doubled backslashes are
 * undone only where the file is no JSON as it is. All backslashes together tell it. In a row of backslashes:
 *
 * 1. An odd number before `"`, `/` or `u` is one of JSON as it is: those tools put nothing but `\n`, `\t` and the like among
 *    their doubled backslashes.
 * 2. So is an even number whose half is odd, before a character that JSON does not escape: `DOMAIN\\ana`. What is left of it
 *    would be no JSON.
 * 3. An even number whose half is odd, before a quotation mark that cannot end a text (`\\"name`), was doubled: the file is no
 *    JSON as it is. Where both kinds are there, a row is damaged, and the file is read as it is.
 * 4. Where nothing of this is there, four in a row may have been two, and `\n` between two members may be a line break. Then
 *    the whole file is parsed: as it is, and if it is no JSON, with half of the backslashes.
 *
 * @module
 */
import { isJson, type JsonText } from './json-text.ts';

/** So many characters around a row of backslashes tell what they are. */
const NEIGHBOURS = 16;

/**
 * - `plain`: the file is read as it is
 * - `doubled`: each backslash is written as two
 * - `doubtful`: it is read as it is, and every backslash could be a doubled one as well
 */
export type Backslashes = 'plain' | 'doubled' | 'doubtful';

/** Tells whether the backslashes of JSON text are doubled. */
export async function judgeBackslashes(text: Omit<JsonText, 'isDoubled'>): Promise<Backslashes> {
  const verdict = await judgePieces(text.file.pieces());
  if (verdict !== 'likely') return verdict ?? 'plain';
  if (await isJson({ ...text, isDoubled: false })) return 'doubtful';
  return (await isJson({ ...text, isDoubled: true })) ? 'doubled' : 'doubtful';
}

/** From the weakest to the strongest. */
const VERDICTS = [undefined, 'likely', 'doubled', 'plain'] as const;
type Verdict = (typeof VERDICTS)[number];

function stronger(one: Verdict, other: Verdict): Verdict {
  return VERDICTS.indexOf(one) > VERDICTS.indexOf(other) ? one : other;
}

async function judgePieces(pieces: AsyncIterable<string>): Promise<Verdict> {
  let text = '';
  let start = 0;
  let all: Verdict;
  for await (const piece of pieces) {
    text += piece;
    // A row of backslashes is judged only when all of it is there, with the characters behind it.
    let end = Math.max(start, text.length - NEIGHBOURS);
    while (end > start && text[end - 1] === '\\') end--;
    all = stronger(all, judgeAll(text, start, end));
    if (all === 'plain') return all;
    const kept = Math.max(0, end - NEIGHBOURS);
    text = text.slice(kept);
    start = end - kept;
  }
  return stronger(all, judgeAll(text, start, text.length));
}

/** Judges the rows of backslashes that begin in a part of the text. */
function judgeAll(text: string, start: number, end: number): Verdict {
  let all: Verdict;
  let first = text.indexOf('\\', start);
  while (first >= 0 && first < end) {
    let behind = first;
    while (text[behind] === '\\') behind++;
    const before = text.slice(Math.max(0, first - NEIGHBOURS), first);
    all = stronger(all, judge(behind - first, before, text.slice(behind, behind + NEIGHBOURS)));
    if (all === 'plain') return all;
    first = text.indexOf('\\', behind);
  }
  return all;
}

/** @param count how many backslashes stand between the two texts */
function judge(count: number, before: string, after: string): Verdict {
  if (count % 2 === 1) {
    if (/^["/u]/.test(after)) return 'plain';
    return /[,{}[\]] *$/.test(before) && /^[nrt] *["{}[\]]/.test(after) ? 'likely' : undefined;
  }
  if (count % 4 === 0) return 'likely';
  if (!/^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(after)) return 'plain';
  return /^"\s*[^\s,:}\]]/.test(after) ? 'doubled' : undefined;
}
