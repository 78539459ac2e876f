import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchOptions } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { findBrowser } from '../../dev/browser.ts';
import { openLocalDatabase } from '../../dev/local-database.ts';
import { MailLines } from '../../dev/mail-lines.ts';
import { startWrangler } from '../../dev/wrangler.ts';
import { TEST_SECRETS } from '../../src/turnstile/test-keys.ts';
import { expectValue } from './expect-value.ts';
import { freePort } from './free-port.ts';
import { fillLocalFolder } from './local-folder.ts';
import { makeTemporaryFolder } from './make-temporary-folder.ts';
import { TEST_ENV } from './test-env.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `null` where there is no browser. */
    browser: LaunchOptions | null;
    pageUrl: string;
    pageDatabaseUrl: string;
    /** The file with the mails that the page's service has sent, as `npm run dev` shows them. */
    pageMails: string;
  }
}

const ROOT = join(import.meta.dirname, '../..');

/** Starts the login page in `wrangler dev`, beside the local services, for all files of the project. */
export default async function setUp(project: TestProject) {
  const folder = makeTemporaryFolder();
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
  const tearDown = async () => {
    for (const step of undo.reverse()) await step();
  };
  const browser = await findBrowser(folder);
  project.provide('browser', browser);
  project.provide('pageUrl', '');
  project.provide('pageDatabaseUrl', '');
  project.provide('pageMails', '');
  if (browser === null) {
    console.warn('The tests of the login page are skipped: install Chrome, in which they run.');
    return tearDown;
  }
  const localFolder = join(folder, 'local');
  await fillLocalFolder(localFolder);
  const local = expectValue(await openLocalDatabase(localFolder));
  undo.push(local.close);

  const port = await freePort();
  const pageUrl = `http://127.0.0.1:${port}`;
  const mails = join(folder, 'mails.txt');
  writeFileSync(mails, '');
  const mailLines = new MailLines();
  const settings = {
    ...TEST_ENV, // so that tokens can be forged for it
    DATABASE_URL: local.databaseUrl,
    TURNSTILE_SECRET_KEY: TEST_SECRETS.passes,
    PUBLIC_URL: pageUrl,
    MAIL_FROM: 'login@example.org',
  };
  const wrangler = startWrangler({
    root: ROOT,
    port,
    stateFolder: join(folder, 'wrangler'),
    settings,
    print(line) {
      const shown = mailLines.show(line);
      if (shown !== undefined) appendFileSync(mails, `${shown.join('\n')}\n`);
    },
  });
  undo.push(wrangler.stop);
  await wrangler.ready;
  project.provide('pageUrl', pageUrl);
  project.provide('pageMails', mails);
  project.provide('pageDatabaseUrl', local.databaseUrl);
  return tearDown;
}
