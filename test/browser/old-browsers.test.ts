/** Browsers that are too old or have no JavaScript, and supported browsers that are set up in an odd way. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describePage } from '../support/browser.ts';
import {
  addUser,
  alerted,
  logIn,
  openAccount,
  openPage,
  PASSWORD,
  REFUSED,
  watchRequests,
} from '../support/page.ts';

const UNSUPPORTED = 'This page needs JavaScript and a browser that is up to date.';
const UNSUPPORTED_IN_SPANISH = 'Esta página necesita JavaScript y un navegador actualizado.';
const UNLOADED = 'This page has not loaded completely.';

/** A browser without something. @param path such as `AbortSignal.any` */
const without = (path: string) => (page: Page) => page.addInitScript(`delete ${path};`);

const withScript = (path: string, body: string) => (page: Page) =>
  page.route(`**${path}`, (route) => route.fulfill({ contentType: 'text/javascript', body }));

async function expectUnsupported(page: Page): Promise<void> {
  await page.getByText(UNSUPPORTED).waitFor();
  await page.getByText(UNSUPPORTED_IN_SPANISH).waitFor();
  expect(await page.getByText(UNLOADED).isVisible()).toBe(false);
  expect(await page.getByRole('textbox').count()).toBe(0);
}

describePage('a browser', () => {
  test.each([
    'AbortSignal.any',
    'AbortSignal.timeout',
    'AbortSignal.prototype.throwIfAborted',
    'window.AbortSignal',
    'HTMLDialogElement.prototype.showModal',
  ])('without %s is told that it is too old', async (path) => {
    await expectUnsupported(await openPage({ prepare: without(path) }));
  });

  test('that cannot read the modules of the page is told that it is too old', async () => {
    const page = await openPage({
      prepare: withScript('/page/users.js', 'export const showUsers = match (1) { };'),
      expectedErrors: /SyntaxError|Unexpected/,
    });
    await expectUnsupported(page);
  });

  test('that lacks something unforeseen is told that it is too old', async () => {
    const page = await openPage({
      prepare: without('Intl.DateTimeFormat'),
      expectedErrors: /DateTimeFormat/,
    });
    await expectUnsupported(page);
  });

  test('without JavaScript is told that it needs it', async () => {
    await expectUnsupported(await openPage({ javaScriptEnabled: false }));
  });

  test('that does not run the first script is told so too', async () => {
    const page = await openPage({
      prepare: (page) => page.route('**/page/start.js', (route) => route.abort('blockedbyclient')),
      expectedErrors: /ERR_BLOCKED_BY_CLIENT/,
    });
    await expectUnsupported(page);
  });

  test.each(['Promise.withResolvers', 'URL.parse', 'Array.prototype.toSorted', 'Object.groupBy'])(
    'without %s can log in',
    async (path) => {
      const page = await openAccount({ prepare: without(path) });
      await page.getByText('Sales', { exact: true }).waitFor();
    },
  );

  test.each([
    ['is missing', (page: Page) => page.route('**/page/users.js', (route) => route.abort())],
    [
      'is a page of a proxy',
      (page: Page) =>
        page.route('**/page/users.js', (route) =>
          route.fulfill({ contentType: 'text/html', body: '<h1>Sign in to the Wi-Fi</h1>' }),
        ),
    ],
  ])('for which a part of the page %s gets a link to load it again', async (_, prepare) => {
    const page = await openPage({ prepare, expectedErrors: /ERR_FAILED|MIME type/ });
    await page.getByText(UNLOADED).waitFor();
    expect(await page.getByText(UNSUPPORTED).isVisible()).toBe(false);
    await page.unroute('**/page/users.js');
    await page.getByRole('link', { name: 'Load it again' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  test('for which a part of the page never comes gets that link too, and the page if it comes', async () => {
    const arrival = Promise.withResolvers<void>();
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await page.clock.pauseAt(Date.now() + 1_000);
        await page.route('**/page/users.js', async (route) => {
          await arrival.promise;
          await route.continue();
        });
      },
      waitUntil: 'commit',
    });
    await page.locator('#unloaded').waitFor({ state: 'attached' });
    expect(await page.getByText(UNLOADED).isVisible()).toBe(false);
    expect(await page.getByText(UNSUPPORTED).isVisible()).toBe(false);
    await page.clock.runFor(15_000);
    await page.getByText(UNLOADED).waitFor();
    arrival.resolve();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.getByText(UNLOADED).count()).toBe(0);
  });

  test('in which the page fails later is told so', async () => {
    const page = await openPage({ expectedErrors: /template account/ });
    await page.evaluate("document.querySelector('#account').content.replaceChildren()");
    await logIn(page, await addUser());
    await alerted(page, 'Something on this page has failed.');
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });
});

/** How many pixels the page is wider than its window. */
const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth');

describePage('the page works', () => {
  // A window of 1280 by 800 that is zoomed to 200 % has this many CSS pixels.
  const ZOOMED = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };

  test.each([
    ['at 200 % zoom', ZOOMED, '100%'],
    ['with text of twice the size', { viewport: { width: 640, height: 800 } }, '200%'],
    ['with larger text on a small phone', { viewport: { width: 320, height: 400 } }, '130%'],
  ])('%s, in the dialog too', async (_, options, fontSize) => {
    const page = await openPage(options);
    await page.evaluate(`document.documentElement.style.fontSize = '${fontSize}'`);
    expect(await overflow(page)).toBe(0);
    const userName = await addUser();
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: userName }).waitFor();
    expect(await overflow(page)).toBe(0);
    await page.getByRole('button', { name: 'Spoil the token and send' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    expect(await dialog.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('All three requests were answered.').waitFor();
  });

  test('in forced colours, where a border shows each control and each message', async () => {
    const page = await openPage({ forcedColors: 'active' });
    await logIn(page, 'nobody');
    await alerted(page, REFUSED);
    const isSeen = (element: unknown) => {
      const styles = (
        globalThis as unknown as {
          getComputedStyle(element: unknown): Record<string, string>;
        }
      ).getComputedStyle(element);
      return styles.borderTopStyle === 'solid' && styles.borderTopColor !== styles.backgroundColor;
    };
    for (const part of [
      page.getByLabel('User name'),
      page.getByLabel('Password', { exact: true }),
      page.getByRole('button', { name: 'Show password' }),
      page.getByRole('button', { name: 'Log in' }),
      page.getByRole('alert').filter({ hasText: REFUSED }),
    ]) {
      expect(await part.evaluate(isSeen)).toBe(true);
    }
    const userName = await addUser();
    await logIn(page, userName);
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('with a password manager that fills the fields and fires no event', async () => {
    const page = await openPage();
    const userName = await addUser();
    await page.evaluate(`
      document.querySelector('#user-name').value = '${userName}';
      document.querySelector('#password').value = '${PASSWORD}';
      document.querySelector('form').requestSubmit();`);
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('after the back button', async () => {
    const page = await openPage();
    await logIn(page, 'nobody');
    await alerted(page, REFUSED);
    await page.goto('/page/icon.svg');
    await page.goBack();
    const userName = await addUser();
    await logIn(page, userName);
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('after the page cache, where a widget that has slept is replaced', async () => {
    const page = await openPage();
    await page.getByText('Success!').waitFor();
    const before = await page.locator('.captcha > div').getAttribute('id');
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    const widget = page.locator('.captcha > div');
    await expect.poll(() => widget.getAttribute('id')).not.toBe(before);
    const userName = await addUser();
    await logIn(page, userName);
    await page.getByRole('heading', { name: userName }).waitFor();
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('with storage switched off', async () => {
    const off = ['localStorage', 'sessionStorage', 'indexedDB', 'caches', 'cookieStore'];
    await openAccount({
      prepare: (page) =>
        page.addInitScript(`
          const refuse = { get() { throw new DOMException('Access is denied.', 'SecurityError'); } };
          for (const name of ${JSON.stringify(off)}) Object.defineProperty(window, name, refuse);
          Object.defineProperty(Document.prototype, 'cookie', refuse);`),
    });
  });
});

describePage('the fields', () => {
  test.each(['User name', 'Password'])('%s is never changed by a keyboard', async (label) => {
    const page = await openPage();
    const field = page.getByLabel(label, { exact: true });
    const attributes = ['autocapitalize', 'autocorrect', 'spellcheck'];
    const values = await Promise.all(attributes.map((name) => field.getAttribute(name)));
    expect(values).toEqual(['none', 'off', 'false']);
  });

  test.each([
    ['a line break of Unix', `${PASSWORD}\n`, PASSWORD],
    ['a line break of Windows', `${PASSWORD}\r\n`, PASSWORD],
    ['several line breaks', `${PASSWORD}\r\n\n`, PASSWORD],
    ['a line separator', `${PASSWORD}\u2028`, PASSWORD],
    ['blanks, which may be part of it', ` ${PASSWORD} \t`, ` ${PASSWORD} \t`],
  ])('a password that is pasted with %s', async (_, pasted, expected) => {
    const page = await openPage({ permissions: ['clipboard-read', 'clipboard-write'] });
    const password = page.getByLabel('Password', { exact: true });
    await password.fill('ab');
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(pasted)})`);
    await password.press('ArrowLeft');
    await page.keyboard.press('Control+V');
    expect(await password.inputValue()).toBe(`a${expected}b`);
    await page.keyboard.type('c'); // the cursor is behind what was pasted
    expect(await password.inputValue()).toBe(`a${expected}cb`);
  });
});

describePage('a login that takes long', () => {
  const CHECKING = 'Still waiting for the check that you are human';
  const WORKING = 'Still logging in.';

  test('is said to be still under way after two seconds, until it ends', async () => {
    const answer = Promise.withResolvers<void>();
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await page.route('**/api/Auth', async (route) => {
          await answer.promise;
          await route.fulfill({ status: 401 });
        });
      },
    });
    await page.clock.runFor(1_000);
    await page.getByText('Success!').waitFor();
    await page.clock.pauseAt(Date.now() + 10_000);
    const login = page.waitForRequest('**/api/Auth');
    await logIn(page, 'nobody');
    await login;
    await page.clock.runFor(1_900);
    expect(await page.getByRole('status').textContent()).toBe('');
    await page.clock.runFor(200);
    await page.getByRole('status').getByText(WORKING).waitFor();
    answer.resolve();
    await alerted(page, REFUSED);
    expect(await page.getByRole('status').textContent()).toBe('');
  });

  test('says that it waits for the captcha', async () => {
    const script = Promise.withResolvers<void>();
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await page.route('**/turnstile/v0/api.js?*', () => script.resolve());
      },
    });
    // The clock is not to run out while the page still waits for its configuration, nor while the test types.
    await script.promise;
    await page.clock.pauseAt(Date.now() + 1_000);
    await logIn(page, 'nobody');
    await page.clock.runFor(2_000);
    await page.getByRole('status').getByText(CHECKING).waitFor();
    await page.clock.runFor(13_000);
    await alerted(page, 'The check that you are human does not load.');
    expect(await page.getByRole('status').textContent()).toBe('');
  });
});

describePage('a list of users that never comes', () => {
  test('is given up, and can be read again', async () => {
    const page = await openPage({ prepare: (page) => page.clock.install() });
    const requests = watchRequests(page);
    await page.route('**/api/Users?*', () => {});
    const list = page.waitForRequest('**/api/Users?*');
    await logIn(page, await addUser());
    await list;
    await page.clock.runFor(30_000);
    await alerted(page, 'The users cannot be read at the moment.');
    await page.unroute('**/api/Users?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => requests.matching(/Users 200$/)).toHaveLength(1);
  });
});
