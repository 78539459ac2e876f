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
 * Says how to start the browser. On Linux (x64) the browser is Chromium, from an npm package that also holds the fonts
 * and libraries that it needs. Elsewhere the browser is an installed Chrome.
 *
 * @param folder Chromium is unpacked there. It has 210 MB, and takes 2 s
 * @returns `null` if there is no browser
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

/** Unpacks into the given folder. The package's own choice is a folder that other users of the machine can write to. */
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
    // The sandbox does not work for root and in many containers. The browser opens only pages of this machine.
    args: ['--no-sandbox'],
    env: {
      ...process.env,
      FONTCONFIG_FILE: fontsFile,
      LD_LIBRARY_PATH: join(libraries, 'lib'),
    },
  };
}
