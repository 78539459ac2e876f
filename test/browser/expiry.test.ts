/** A token that expires, and the login that is asked for then or shortly before. */
import type { Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { describePage } from '../support/browser.ts';
import {
  addUser,
  dialogOf,
  issueExpired,
  logIn,
  openAccount,
  openPage,
  PASSWORD,
  watchRequests,
} from '../support/page.ts';

const MINUTE_MS = 60_000;

/** Opens an account whose clock is ahead of the service's, which still accepts the token. */
async function openExpired() {
  const page = await openAccount({ prepare: (page) => page.clock.install() });
  await page.clock.fastForward(31 * MINUTE_MS);
  await page.keyboard.press('Escape');
  await page.getByText('The session has ended').waitFor();
  await page.clock.resume();
  return page;
}

describePage('a token that has expired', () => {
  test('asks for a login, after which the page goes on', async () => {
    const userName = await addUser();
    const page = await openPage();
    const requests = watchRequests(page);
    await issueExpired(page, userName);
    await logIn(page, userName);
    await dialogOf(page).waitFor();
    await logIn(page, userName);
    await page.getByRole('list', { name: 'Users' }).getByText('admin', { exact: true }).waitFor();
    expect(requests.matching(/Users/)).toEqual(['GET /api/Users 401', 'GET /api/Users 200']);
  });

  test('asks once for three requests at once, each of which is sent again', async () => {
    const userName = await addUser();
    const page = await openPage();
    await page.getByText('Success!').waitFor();
    const requests = watchRequests(page);
    await issueExpired(page, userName);
    const script = `(async () => {
      const { createClient } = await import('/client.js');
      let asked = 0;
      const credentials = {
        userName: '${userName}', password: '${PASSWORD}', captchaToken: 'XXXX.DUMMY.TOKEN.XXXX',
      };
      const client = createClient({
        baseUrl: '/',
        onLoginRequired: () => { asked++; return client.login(credentials); },
      });
      await client.login(credentials);
      const frame = document.body.appendChild(document.createElement('iframe')).contentWindow;
      const requests = [
        '/api/Users/me',
        new Request('/api/Users'),
        new frame.Request('/api/Users/id-of-${userName}'),
      ];
      const responses = await Promise.all(requests.map((request) => client.fetch(request)));
      return { asked, statuses: responses.map(({ status }) => status) };
    })()`;
    expect(await page.evaluate(script)).toEqual({ asked: 1, statuses: [200, 200, 200] });
    expect(requests.matching(/Auth/)).toHaveLength(2);
    expect(requests.matching(/Users.* 401$/)).toHaveLength(3);
  });

  test('is renewed a minute before, where somebody is there', async () => {
    const page = await openAccount({ prepare: (page) => page.clock.install() });
    await page.clock.fastForward(28 * MINUTE_MS);
    await page.getByText(/^1 min \d+ s left$/).waitFor();
    expect(await dialogOf(page).count()).toBe(0);
    await page.clock.fastForward(MINUTE_MS);
    await dialogOf(page).getByText('Your session ends in a moment.').waitFor();
    await page.clock.resume();
    await logIn(page, page.userName);
    await page.getByText(/^(30|29) min \d+ s left$/).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('is said to have ended, and can be renewed', async () => {
    const page = await openExpired();
    await page.getByRole('button', { name: 'Spoil the token and send' }).click();
    await dialogOf(page).getByText('Your session has ended.').waitFor();
    await logIn(page, page.userName);
    await page.getByText(/^(30|29) min \d+ s left$/).waitFor();
    expect(await page.getByRole('button', { name: 'Log in again' }).count()).toBe(0);
  });

  describe('can be renewed by a button', () => {
    test('at once', async () => {
      const page = await openExpired();
      const requests = watchRequests(page);
      await page.getByRole('button', { name: 'Log in again' }).click();
      await dialogOf(page).getByText('Your session has ended.').waitFor();
      await logIn(page, page.userName);
      await page.getByText(/^(30|29) min \d+ s left$/).waitFor();
      expect(requests.all()).toEqual(['POST /api/Auth 200']);
      const heading = page.getByRole('heading', { name: page.userName });
      expect(await heading.evaluate((element) => element.matches(':focus'))).toBe(true);
    });

    test('in the one dialog that requests then wait for too', async () => {
      const page = await openExpired();
      const refusal = Promise.withResolvers<void>();
      const refuse = async (route: Route) => {
        await refusal.promise;
        await route.fulfill({ status: 401 });
      };
      await page.route('**/api/Users**', refuse, { times: 3 });
      await page.getByRole('button', { name: 'Spoil the token and send' }).click();
      await page.getByRole('button', { name: 'Log in again' }).click();
      const password = dialogOf(page).getByLabel('Password', { exact: true });
      await password.fill('typed');
      refusal.resolve();
      const refused = page.locator('[data-part=traffic] li').filter({ hasText: '401' });
      await expect.poll(() => refused.count()).toBe(3);
      expect(await password.inputValue()).toBe('typed');
      await logIn(page, page.userName);
      await page.getByText('All three requests were answered.').waitFor();
      expect(await page.getByRole('dialog').count()).toBe(0);
    });
  });
});
