/** The Turnstile widget of the login form, and everything that can be wrong with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addUser, alerted, describePage, logIn, openPage } from '../support/page.ts';

const STAND_IN = readFileSync(join(import.meta.dirname, '../../dev/widget/api.js'), 'utf8');
const SCRIPT = '**/turnstile/v0/api.js?render=explicit';
const CLOUDFLARES_SCRIPT = 'https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit';

const MINUTE_MS = 60_000;

const UNREACHABLE = 'The check that you are human does not load.';
const FAILED = 'The check that you are human has failed.';

/** The service's widget, by its site key. */
const withSiteKey = (siteKey: string, action?: string) => (page: Page) =>
  page.route('**/api/Config', (route) =>
    route.fulfill({ json: { turnstileSiteKey: siteKey, turnstileAction: action } }),
  );

/** A script in place of the stand-in's. */
const withScript = (body: string) => (page: Page) =>
  page.route(SCRIPT, (route) => route.fulfill({ contentType: 'text/javascript', body }));

async function expectLogin(page: Page): Promise<void> {
  const userName = await addUser();
  await logIn(page, userName);
  await page.getByRole('heading', { name: userName }).waitFor();
}

describePage('the widget', () => {
  test.each<[string, (page: Page) => Promise<unknown>, RegExp?]>([
    ['is blocked', (page) => page.route(SCRIPT, (route) => route.abort('blockedbyclient')), /ERR_/],
    ['is emptied by a blocker', withScript('')],
  ])('whose script %s is told of, and can be loaded again', async (_, prepare, expectedErrors) => {
    const page = await openPage({ prepare, expectedErrors });
    await alerted(page, UNREACHABLE);
    await page.unroute(SCRIPT);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Success!').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await expectLogin(page);
  });

  test('whose script never comes is told of', async () => {
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await page.route(SCRIPT, () => {});
      },
    });
    await page.waitForRequest(SCRIPT).catch(() => {});
    await page.clock.runFor(15_000);
    await alerted(page, UNREACHABLE);
  });

  test('is of the size that there is room for, also when that changes', async () => {
    const page = await openPage({ viewport: { width: 800, height: 600 } });
    await page.locator('[data-size=flexible]').getByText('Success!').waitFor();
    await page.setViewportSize({ width: 320, height: 600 });
    await page.locator('[data-size=compact]').getByText('Success!').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await expectLogin(page);
  });

  test('that cannot know its site key is told of, and can be tried again by logging in', async () => {
    const page = await openPage({
      prepare: (page) => page.route('**/api/Config', (route) => route.abort('connectionrefused')),
      expectedErrors: /ERR_CONNECTION_REFUSED/,
    });
    await alerted(page, 'The login service does not answer.');
    await page.unroute('**/api/Config');
    await expectLogin(page);
  });

  test('of a service without its settings is told of', async () => {
    const page = await openPage({
      prepare: (page) => page.route('**/api/Config', (route) => route.fulfill({ status: 503 })),
      expectedErrors: /status of 503/,
    });
    await alerted(page, 'The login service does not answer.');
  });

  test('that blocks is told of, and again when that is no use', async () => {
    const page = await openPage({ prepare: withSiteKey('2x00000000000000000000AB') });
    await alerted(page, FAILED);
    await logIn(page, 'jdoe');
    await alerted(page, FAILED);
    await page.getByRole('button', { name: 'Log in' }).waitFor();
  });

  test('that asks for a click holds the login up until it has been clicked', async () => {
    const page = await openPage({ prepare: withSiteKey('3x00000000000000000000FF') });
    const userName = await addUser();
    await logIn(page, userName);
    await alerted(page, 'Please confirm in the box above that you are human.');
    await page.getByRole('button', { name: 'Logging in…' }).waitFor();
    await page.getByLabel('Verify you are human').focus();
    await page.keyboard.press('Space');
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('has another challenge solved when its token has expired', async () => {
    const page = await openPage({ prepare: (page) => page.clock.install() });
    await page.clock.runFor(1_000);
    await page.getByText('Success!').waitFor();
    await page.clock.pauseAt(Date.now() + 10 * MINUTE_MS);
    await page.getByText('Verifying…').waitFor();
    const userName = await addUser();
    let logins = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/api/Auth')) logins++;
    });
    await logIn(page, userName);
    await page.getByRole('button', { name: 'Logging in…' }).waitFor();
    expect(logins).toBe(0); // the old token would be of no use
    await page.clock.resume();
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('of a real site key is Cloudflare’s, which the policy of the page permits', async () => {
    const page = await openPage({
      prepare: async (page) => {
        await withSiteKey('0x4AAAAAAA-a-real-one')(page);
        const body = STAND_IN;
        await page.route(CLOUDFLARES_SCRIPT, (route) =>
          route.fulfill({ contentType: 'text/javascript', body }),
        );
      },
    });
    // The stand-in does not know it.
    await alerted(page, 'The check that you are human is not set up for this page.');
  });

  test('is rendered with what the service says, in the language of the page', async () => {
    const page = await openPage({
      locale: 'es-MX',
      prepare: async (page) => {
        await withSiteKey('1x00000000000000000000AA', 'login')(page);
        await withScript(
          'window.turnstile = { render(_, parameters) { window.parameters = parameters } }',
        )(page);
      },
    });
    const parameters = () =>
      page.evaluate('window.parameters && JSON.parse(JSON.stringify(parameters))');
    await expect.poll(parameters).toMatchObject({
      sitekey: '1x00000000000000000000AA',
      action: 'login',
      language: 'es',
      size: 'flexible',
    });
  });
});

describePage('an error of the widget', () => {
  test('is told in plain words, by its family, and not written to the console', async () => {
    const page = await openPage({
      prepare: withScript(
        'window.turnstile = { render(_, parameters) { window.widget = parameters } }',
      ),
    });
    const sentences = {
      'The check that you are human is not set up for this page.': [110100, 110200, 110420, 400020],
      'The check that you are human does not support this browser.': [110500],
      'The check that you are human has taken too long.': [110600, 110620],
      'The clock of this device seems to be wrong.': [200100],
      [UNREACHABLE]: [200500],
      [FAILED]: [102020, 300030, 600010],
    };
    await expect.poll(() => page.evaluate('typeof widget')).toBe('object');
    for (const [sentence, codes] of Object.entries(sentences)) {
      for (const code of codes) {
        expect(await page.evaluate(`widget['error-callback']('${code}')`)).toBe(true);
        await alerted(page, sentence);
        await page.getByRole('button', { name: 'Try again' }).waitFor();
        await page.evaluate("widget.callback('token')");
        expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
      }
    }
    await page.evaluate("widget['unsupported-callback']()");
    await alerted(page, 'The check that you are human does not support this browser.');
  });
});
