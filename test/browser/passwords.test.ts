/** The links that set a password, and the mails that bring them to those who have forgotten theirs. */
import type { Page, Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { overflow } from '../support/access.ts';
import { describePage } from '../support/browser.ts';
import { addUser, dialogOf, logIn, openAccount, openPage, watchRequests } from '../support/page.ts';
import {
  addLink,
  askForLink,
  IS_SET,
  LINK_SENT,
  mailedLink,
  NEW_PASSWORD,
  NOT_GOOD,
  newAddress,
  newPasswordOf,
  setPassword,
  shows,
  withoutMail,
} from '../support/page-passwords.ts';

const FORGOTTEN = '/forgotten-password';

const link = (page: Page, name: string) => page.getByRole('link', { name });

describePage('a link', () => {
  test('lets an invited user in, and by mail one who has forgotten the password, on a phone', async () => {
    const email = newAddress();
    const userName = await addUser({ like: null, email });
    const viewport = { width: 360, height: 640 };
    const page = await openPage({ path: await addLink(userName), viewport });
    await setPassword(page);
    await shows(page, IS_SET);
    expect(await overflow(page)).toBe(0);
    await link(page, 'To the login').click();
    await logIn(page, userName, NEW_PASSWORD);
    await shows(page, userName);

    await page.getByRole('button', { name: 'Log out' }).click();
    await link(page, 'Forgotten your password?').click();
    await askForLink(page, email.toUpperCase());
    await shows(page, LINK_SENT);
    expect(await overflow(page)).toBe(0);

    await page.goto(await mailedLink(email));
    await setPassword(page, 'another four words in a row');
    await shows(page, IS_SET);
    await link(page, 'To the login').click();
    await logIn(page, userName, 'another four words in a row');
    await shows(page, userName);
  });

  test('is in no address, history or title, and its token is sent once', async () => {
    const path = await addLink(await addUser());
    const token = path.split('#')[1] ?? path;
    const requests: Request[] = [];
    const prepare = async (page: Page) => page.on('request', (request) => requests.push(request));
    const page = await openPage({ path, prepare });
    /** Where the token is. */
    const traces = async () => {
      const places = (await page.evaluate(`({
        address: location.href, title: document.title, referrer: document.referrer,
        page: document.documentElement.outerHTML, state: JSON.stringify(history.state) ?? '',
        history: String(navigation.entries().map(({ url }) => url)),
        storage: JSON.stringify([localStorage, sessionStorage]) + document.cookie,
      })`)) as Record<string, string>;
      return Object.keys(places).filter((place) => places[place]?.includes(token));
    };
    await newPasswordOf(page).waitFor();
    expect(await page.evaluate('location.hash')).toBe('');
    expect(await traces()).toEqual([]);
    await setPassword(page);
    await shows(page, IS_SET);
    expect(await traces()).toEqual([]);

    await link(page, 'To the login').click();
    await shows(page, 'Log in');
    for (const go of [() => page.goBack(), () => page.goForward()]) {
      await go();
      await page.getByRole('heading').first().waitFor();
      expect(await page.evaluate('location.hash')).toBe('');
      expect(await traces()).toEqual([]);
    }

    const bearers = requests.filter((request) => request.postData()?.includes(token));
    expect(bearers.map((request) => `${request.method()} ${request.url()}`)).toEqual([
      `POST ${new URL('/api/Password', page.url()).href}`,
    ]);
    for (const request of requests) {
      const [sent] = request.url().split('#'); // no browser sends the rest (RFC 3986, section 3.5)
      expect(JSON.stringify([sent, await request.allHeaders()])).not.toContain(token);
    }
  });

  test.each([
    [
      'that was used',
      async () => {
        const path = await addLink(await addUser());
        const page = await openPage({ path });
        await setPassword(page);
        await shows(page, IS_SET);
        return path;
      },
    ],
    ['without a token', async () => '/set-password'],
    ['with nonsense for a token', async () => '/set-password#%E0%A4%A<b>nonsense</b>'],
  ])('%s is not good, and leads to a new one where there is mail', async (_, makePath) => {
    const path = await makePath();
    const page = await openPage({ path });
    if (path.includes('#')) await setPassword(page, 'another four words in a row');
    await shows(page, NOT_GOOD);
    await page.getByText(/^It was used, has expired, or is incomplete\./).waitFor();
    expect(await page.getByText('Ask your administrator').count()).toBe(0);
    expect(await page.evaluate('location.hash')).toBe('');
    await link(page, 'Get a new link').click();
    await page.getByLabel('User name or e-mail address').waitFor();

    const poor = await openPage({ path, prepare: withoutMail });
    if (path.includes('#')) await setPassword(poor, 'another four words in a row');
    await shows(poor, NOT_GOOD);
    await poor.getByText('Ask your administrator for a new link.').waitFor();
    expect(await link(poor, 'Get a new link').count()).toBe(0);
    await link(poor, 'To the login').waitFor();
  });

  test('without a token, at a service that does not answer, leads to the administrator', async () => {
    const page = await openPage({
      path: '/set-password',
      prepare: (page) => page.route('**/api/Config', (route) => route.abort('connectionrefused')),
      expectedErrors: /ERR_CONNECTION_REFUSED/,
    });
    await shows(page, NOT_GOOD);
    await page.getByText('Ask your administrator for a new link.').waitFor();
  });

  test('that is opened in the tab of another one is used in its place', async () => {
    const [first, second] = [await addUser(), await addUser()];
    const page = await openPage({ path: await addLink(first) });
    await newPasswordOf(page).fill('typed for the first link');
    await page.goto(await addLink(second));
    await expect.poll(() => newPasswordOf(page).inputValue()).toBe('');
    expect(await page.evaluate('location.hash')).toBe('');
    await setPassword(page);
    await shows(page, IS_SET);

    // The outcome gives way to a link too.
    await page.goto(await addLink(first));
    await setPassword(page, 'another four words in a row');
    await shows(page, IS_SET);
    await link(page, 'To the login').click();
    await logIn(page, second, NEW_PASSWORD);
    await shows(page, second);
    await page.getByRole('button', { name: 'Log out' }).click();
    await logIn(page, first, 'another four words in a row');
    await shows(page, first);
  });

  test('that is opened while the first one is on its way is not lost with its answer', async () => {
    const [first, second] = [await addUser(), await addUser()];
    const page = await openPage({ path: await addLink(first) });
    const requests = watchRequests(page);
    const answer = Promise.withResolvers<void>();
    await page.route(
      '**/api/Password',
      async (route) => {
        await answer.promise;
        await route.continue();
      },
      { times: 1 },
    );
    const sent = page.waitForRequest('**/api/Password');
    await setPassword(page);
    await sent;
    await page.goto(await addLink(second));
    await expect.poll(() => newPasswordOf(page).inputValue()).toBe('');
    const answered = page.waitForResponse('**/api/Password');
    answer.resolve();
    await (await answered).finished();
    await setPassword(page, 'another four words in a row');
    await shows(page, IS_SET);
    expect(requests.all()).toEqual(['POST /api/Password 204', 'POST /api/Password 204']);
    await link(page, 'To the login').click();
    await logIn(page, second, 'another four words in a row');
    await shows(page, second);
  });
});

describePage('a forgotten password', () => {
  test('is answered alike for a known and an unknown name', async () => {
    const email = newAddress();
    const known = await addUser({ email });
    const answers = [];
    for (const name of [known, `no-${known}`, email, `no-${email}`]) {
      const page = await openPage({ path: FORGOTTEN });
      const requests = watchRequests(page);
      await askForLink(page, name);
      await shows(page, LINK_SENT);
      answers.push([await page.locator('main').innerText(), page.url(), requests.all()]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await mailedLink(email);
  });

  test('has a link on the login, and none on the login over a page', async () => {
    const page = await openAccount();
    await page.getByRole('button', { name: 'Spoil the token and send' }).click();
    await dialogOf(page).getByText('Success!').waitFor();
    expect(await link(page, 'Forgotten your password?').count()).toBe(0);
    await logIn(page, page.userName);
    await page.getByText('All three requests were answered.').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await link(page, 'Forgotten your password?').click();
    await page.getByLabel('User name or e-mail address').waitFor();
    await link(page, 'To the login').click();
    await shows(page, 'Log in');
  });

  test('is a matter of the administrator where no mails are sent', async () => {
    const page = await openPage({ prepare: withoutMail });
    await page.getByText('Success!').waitFor();
    expect(await link(page, 'Forgotten your password?').count()).toBe(0);
    await page.goto(FORGOTTEN);
    await page
      .getByText('This service sends no mails. Ask your administrator for a link.')
      .waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
    await link(page, 'To the login').click();
    await shows(page, 'Log in');
  });
});
