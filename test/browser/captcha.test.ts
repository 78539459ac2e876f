/** The Turnstile widget of the login form, and everything that can be wrong with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describePage } from '../support/browser.ts';
import { addUser, alerted, logIn, openPage } from '../support/page.ts';

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
    const script = Promise.withResolvers<void>();
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await page.route(SCRIPT, () => script.resolve());
      },
    });
    await script.promise;
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
      'The check that you are human is not set up for the address 127.0.0.1.': [110200],
      'The check that you are human is not set up for this page.': [110100, 110110, 110420, 400020],
      'The check that you are human does not support this browser.': [110500],
      'Something changes what this browser says about itself': [110510],
      'The check that you are human has taken too long. Try again.': [110600, 110620],
      'The check that you are human could not begin. Load this page again.': [
        100030, 105020, 200010,
      ],
      'The clock of this device seems to be wrong.': [200100],
      [UNREACHABLE]: [200500],
      [`${FAILED} Try again.`]: [102020, 300030, 600010, 999999],
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

/** A widget that does nothing. The page's parameters are in `widgets`, the last ones in `widget`. */
const MUTE = `
  window.widgets = [];
  window.turnstile = {
    render(_, parameters) { window.widget = parameters; return 'w' + widgets.push(parameters); },
    reset() {},
    remove() {},
  };`;
const DUMMY_TOKEN = 'XXXX.DUMMY.TOKEN.XXXX';

const SILENT = 'The check that you are human does not answer.';
const UNANSWERED = 'You have not confirmed in time that you are human.';
const FORBIDDEN = 'A security policy keeps the check that you are human from loading.';

/** Opens the page with a widget that does nothing, and sends a login, which waits for it. */
async function openWaiting() {
  const page = await openPage({
    prepare: async (page) => {
      await page.clock.install();
      await withScript(MUTE)(page);
    },
  });
  const userName = await addUser();
  await expect.poll(() => page.evaluate('typeof widget')).toBe('object');
  await logIn(page, userName);
  await page.getByRole('button', { name: 'Logging in…' }).waitFor();
  return Object.assign(page, { userName });
}

/** The login has ended without an answer, and goes on after another try. */
async function expectAnotherTry(page: Page, userName: string): Promise<void> {
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.evaluate(`widget.callback('${DUMMY_TOKEN}')`);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: userName }).waitFor();
}

describePage('a login that waits for the widget ends', () => {
  test('when the widget never answers', async () => {
    const page = await openWaiting();
    await page.clock.runFor(30_000);
    await alerted(page, SILENT);
    await expectAnotherTry(page, page.userName);
    expect(await page.evaluate('widgets.length')).toBe(2); // a new widget, not the mute one
  });

  test.each([
    ['times out', "widget['timeout-callback']()", UNANSWERED],
    ['supports no such browser', "widget['unsupported-callback']()", 'does not support this'],
    ['fails', "widget['error-callback']('300030')", FAILED],
  ])('when the widget %s', async (_, script, sentence) => {
    const page = await openWaiting();
    await page.evaluate(script);
    await alerted(page, sentence);
    await expectAnotherTry(page, page.userName);
  });

  test.each([
    ['the token has expired', "widget.callback('old'); widget['expired-callback']()"],
    [
      'the click has come',
      "widget['before-interactive-callback'](); widget['after-interactive-callback']()",
    ],
    [
      'the page has come out of the page cache',
      "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))",
    ],
  ])('when the widget never answers after %s', async (_, script) => {
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await withScript(MUTE)(page);
      },
    });
    await expect.poll(() => page.evaluate('typeof widget')).toBe('object');
    await page.evaluate(script);
    const userName = await addUser();
    await logIn(page, userName);
    await page.clock.runFor(30_000);
    await alerted(page, SILENT);
    await expectAnotherTry(page, userName);
  });

  test('when nobody clicks, after two minutes, and goes on after the click', async () => {
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await withSiteKey('3x00000000000000000000FF')(page);
      },
    });
    const userName = await addUser();
    await page.clock.runFor(1_000);
    await alerted(page, 'Please confirm in the box above that you are human.');
    await logIn(page, userName);
    await page.clock.runFor(90_000);
    await page.getByRole('button', { name: 'Logging in…' }).waitFor();
    await page.clock.runFor(30_000);
    await alerted(page, UNANSWERED);
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await page.getByLabel('Verify you are human').click();
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('when another try fails at once', async () => {
    const page = await openWaiting();
    await page.evaluate("widget['error-callback']('600010')");
    await alerted(page, FAILED);
    await page.evaluate("turnstile.render = () => { throw new Error('no such parameter'); }");
    await page.getByRole('button', { name: 'Log in' }).click();
    await alerted(page, 'The check that you are human is not set up for this page.');
    await page.getByRole('button', { name: 'Log in' }).waitFor();
  });

  test('when its signal does, and not the challenge', async () => {
    const page = await openPage({ prepare: withScript(MUTE) });
    const script = `(async () => {
      const { Captcha } = await import('/page/captcha.js');
      const place = document.body.appendChild(document.createElement('div'));
      const captcha = new Captcha(place, () => {});
      const dialog = new AbortController();
      const ends = Promise.allSettled([
        captcha.token({ signal: AbortSignal.abort('closed before') }),
        captcha.token({ signal: dialog.signal }),
        captcha.token(),
      ]);
      dialog.abort('closed');
      while (!(window.widgets?.length > 1)) await new Promise((resolve) => setTimeout(resolve));
      for (const { callback } of widgets) callback('token');
      return (await ends).map(({ value, reason }) => value ?? reason);
    })()`;
    expect(await page.evaluate(script)).toEqual(['closed before', 'closed', 'token']);
  });
});

describePage('a token of the widget', () => {
  test.each([
    [3 * MINUTE_MS, 0],
    [4 * MINUTE_MS, 1],
  ])('that is %i ms old is renewed before it is sent %i times', async (age, count) => {
    const page = await openPage({ prepare: (page) => page.clock.install() });
    await page.clock.runFor(1_000);
    await page.getByText('Success!').waitFor();
    await page.evaluate(`{
      const { reset } = turnstile;
      window.resets = 0;
      turnstile.reset = (...which) => { window.resets++; reset(...which); };
    }`);
    await page.clock.runFor(age);
    const userName = await addUser();
    const login = page.waitForRequest('**/api/Auth');
    await logIn(page, userName);
    await page.clock.runFor(1_000);
    await login;
    expect(await page.evaluate('window.resets')).toBe(count);
    await page.clock.resume();
    await page.getByRole('heading', { name: userName }).waitFor();
  });
});

/** The page with another Content-Security-Policy, for which its operator or a proxy is to blame. */
const withPolicy = (change: (policy: string) => string) => (page: Page) =>
  page.route('/', async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    const policy = headers['content-security-policy'] ?? '';
    await route.fulfill({
      response,
      headers: { ...headers, 'content-security-policy': change(policy) },
    });
  });

describePage('a policy that keeps the widget', () => {
  test.each([
    [
      'from loading its script',
      (policy: string) => policy.replace("'self' https://challenges.cloudflare.com", "'self'"),
    ],
    [
      'from loading its frame',
      (policy: string) => policy.replace(/frame-src [^;]*/, "frame-src 'none'"),
    ],
  ])('%s is told as such', async (_, change) => {
    const body = `window.turnstile = {
      render(place) {
        const frame = document.createElement('iframe');
        frame.src = 'https://challenges.cloudflare.com/frame';
        place.append(frame);
        return 'w';
      },
      remove() {},
    };`;
    const page = await openPage({
      prepare: async (page) => {
        await withSiteKey('0x4AAAAAAA-a-real-one')(page);
        await page.route(CLOUDFLARES_SCRIPT, (route) =>
          route.fulfill({ contentType: 'text/javascript', body }),
        );
        await withPolicy(change)(page);
      },
      expectedErrors: /Content.Security.Policy/,
    });
    await alerted(page, FORBIDDEN);
    await page.getByRole('button', { name: 'Try again' }).waitFor();
  });
});
