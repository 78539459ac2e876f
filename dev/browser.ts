/**
 * A real browser, for the tests and the screenshots of the login page.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inflate } from '@sparticuz/chromium';
import { chromium, type LaunchOptions } from 'playwright-core';

/**
 * How to start the browser: on Linux the Chromium that a package of npm holds, with what it needs; elsewhere an
 * installed Chrome.
 *
 * @param folder where Chromium is unpacked, 210 MB: 2 s
 * @returns `null` where there is none
 */
export async function findBrowser(folder: string): Promise<LaunchOptions | null> {
  if (process.platform === 'linux' && process.arch === 'x64') return unpackChromium(folder);
  const chrome = { channel: 'chrome' };
  try {
    await (await chromium.launch(chrome)).close();
    return chrome;
  } catch {
    return null;
  }
}

/** Not where the package itself would put it: a folder that other users of the machine can write to. */
async function unpackChromium(folder: string): Promise<LaunchOptions> {
  const { resolve } = createRequire(import.meta.url);
  const packed = join(dirname(resolve('@sparticuz/chromium')), '../bin');
  const temporaryFolder = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  const unpacking = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) =>
    inflate(join(packed, name)),
  );
  if (temporaryFolder === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporaryFolder;
  const [executablePath = '', fonts, libraries = ''] = await Promise.all(unpacking);

  const fontsFile = join(folder, 'fonts.conf');
  writeFileSync(
    fontsFile,
    `<?xml version="1.0"?><fontconfig>
      <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
      <dir>${fonts}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir>
    </fontconfig>`,
  );
  return {
    executablePath,
    args: ['--no-sandbox'], // which root and many containers cannot have; it opens pages of this machine alone
    env: {
      ...process.env,
      FONTCONFIG_FILE: fontsFile,
      LD_LIBRARY_PATH: join(libraries, 'lib'),
    },
  };
}
