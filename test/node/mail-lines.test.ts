/** The mails of `npm run dev`, in the terminal. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MailLines } from '../../dev/mail-lines.ts';
import { bindMail } from '../../dev/wrangler.ts';
import { ROOT } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a mail is shown with its headers and its text, and other lines are left alone', () => {
  const path = join(temporaryFolder(), 'mail.txt');
  writeFileSync(path, 'One line.\n\nAnother.\n');
  const lines = new MailLines();
  const shown = [
    'GET / 200 OK',
    '\u001b[34msend_email binding called with MessageBuilder:\u001b[39m',
    'To: jdoe@example.org',
    'Subject: A subject',
    '',
    `Text: ${path}`,
    'HTML: /tmp/mail.html',
    'GET / 200 OK',
  ].map((line) => lines.show(line));
  expect(shown).toEqual([
    undefined,
    ['', '┌ A mail, which is not sent:'],
    ['│ To: jdoe@example.org'],
    ['│ Subject: A subject'],
    ['│'],
    ['│ One line.', '│', '│ Another.'],
    ['└ The same in HTML: /tmp/mail.html', ''],
    undefined,
  ]);
});

const BINDING = '[[send_email]]\nname = "EMAIL"\n';

test.each([
  ['as it is', (config: string) => config],
  [
    'as an operator fills it in',
    (config: string) => config.replace(/^# (\[\[send_email]]\n)# (name)/m, '$1$2'),
  ],
  ['with a real service', (config: string) => `${config}\n${BINDING}remote = true\n`],
])(
  'wrangler.toml %s: the simulated service is bound beside a local database, and none elsewhere',
  (_, change) => {
    const config = change(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'));
    const bindings = (text: string) => text.match(/^\[\[send_email\]\]\n(.*\n)*?(?=\n|$)/gm) ?? [];
    expect(bindings(bindMail(config, true))).toEqual([BINDING]);
    expect(bindings(bindMail(config, false))).toEqual([]);
    expect(bindMail(config, false)).toContain('[observability]\nenabled = true');
  },
);
