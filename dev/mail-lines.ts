/**
 * Shows the mails that the Worker sends. `wrangler dev` does not send them: it writes each part of a mail to a file, and
 * prints where.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const BEGIN = 'send_email binding called with MessageBuilder:';

/** Reads the lines of `wrangler dev` one by one. */
export class MailLines {
  #isInMail = false;

  /**
   * Takes a line. Of a mail it returns what to show: the headers, and the text in place of its path.
   *
   * @returns `undefined` for a line that belongs to no mail
   */
  show(line: string): string[] | undefined {
    const text = stripVTControlCharacters(line);
    if (text.includes(BEGIN)) {
      this.#isInMail = true;
      return ['', '┌ A mail, which is not sent:'];
    }
    if (!this.#isInMail) return undefined;
    const [, part, path = ''] = /^(Text|HTML): (.*)$/.exec(text) ?? [];
    if (part === 'HTML') {
      this.#isInMail = false;
      return [`└ The same in HTML: ${path}`, ''];
    }
    const lines = part === 'Text' ? readFileSync(path, 'utf8').trimEnd().split('\n') : [text];
    return lines.map((shown) => `│ ${shown}`.trimEnd());
  }
}
