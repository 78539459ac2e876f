/** A token that services refuse, and the requests that go on after the next login. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describePage } from '../support/browser.ts';
import {
  addUser,
  alerted,
  dialogOf,
  logIn,
  openAccount,
  openPage,
  REFUSED,
  watchRequests,
} from '../support/page.ts';

const SPOIL = { name: 'Spoil the token and send' };

describePage('a token that no service accepts', () => {
  test('asks for one login for three requests, until it succeeds, and sends them once more', async () => {
    const page = await openAccount();
    const requests = watchRequests(page);
    await page.getByRole('button', SPOIL).click();
    await dialogOf(page).getByText('Your session is not accepted any more.').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe(page.userName);
    await expect.poll(() => requests.matching(/ 401$/)).toHaveLength(3);

    await logIn(page, page.userName, 'wrong');
    await alerted(page, REFUSED);
    await logIn(page, page.userName);
    await page.getByText('All three requests were answered.').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    const [record = ''] = requests.matching(/id-of/);
    const paths = ['/api/Users', record.split(' ')[1] ?? '', '/api/Users/me'];
    expect(requests.all().toSorted()).toEqual(
      [
        'POST /api/Auth 401',
        'POST /api/Auth 200',
        ...paths.flatMap((path) => [`GET ${path} 401`, `GET ${path} 200`]),
      ].toSorted(),
    );
    // The page shows them too.
    const lines = await page.getByRole('log').getByRole('listitem').allTextContents();
    expect(lines.filter((line) => /^GET.*401$/.test(line))).toHaveLength(3);
    expect(lines).toContain('POST /api/Auth200');
  });

  test('leaves what is forbidden alone', async () => {
    const page = await openAccount({ userName: await addUser({ role: 'Visitors' }) });
    const requests = watchRequests(page);
    await page.getByRole('button', SPOIL).click();
    await dialogOf(page).waitFor();
    await logIn(page, page.userName);
    await page.getByText('All three requests were answered.').waitFor();
    expect(requests.matching(/ 403$/)).toHaveLength(2);
    expect(requests.matching(/Auth/)).toHaveLength(1);
  });

  test.each([
    ['the Escape key', (page: Page) => page.keyboard.press('Escape')],
    ['the button', (page: Page) => page.getByRole('button', { name: 'Cancel' }).click()],
  ])('is left as it is by %s', async (_, cancel) => {
    const page = await openAccount();
    const requests = watchRequests(page);
    await page.getByRole('button', SPOIL).click();
    await dialogOf(page).getByText('Success!').waitFor();
    await expect.poll(() => requests.all()).toHaveLength(3);
    await cancel(page);
    await page.getByText('The login was cancelled: nothing was sent again.').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(requests.all()).toHaveLength(3);
    const button = page.getByRole('button', SPOIL);
    expect(await button.evaluate((element) => element.matches(':focus'))).toBe(true);

    await button.click();
    await logIn(page, page.userName);
    await page.getByText('All three requests were answered.').waitFor();
  });

  test('can be left as it is while the login is under way', async () => {
    const page = await openAccount();
    await page.getByRole('button', SPOIL).click();
    await page.route('**/api/Auth', () => {});
    const login = page.waitForRequest('**/api/Auth');
    await logIn(page, page.userName);
    await login;
    await page.keyboard.press('Escape');
    await page.getByText('The login was cancelled: nothing was sent again.').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('sends nothing again for somebody else, whom the page then shows', async () => {
    const page = await openAccount();
    const requests = watchRequests(page);
    const other = await addUser({ role: 'Administrator' });
    await page.getByRole('button', SPOIL).click();
    await dialogOf(page).waitFor();
    await logIn(page, other);
    await page.getByText('Somebody else has logged in: nothing was sent again.').waitFor();
    await page.getByRole('heading', { name: other }).waitFor();
    await page.getByText('As an administrator you may do everything').waitFor();
    expect(requests.matching(/me 200$/)).toEqual([]);
  });
});

describePage('the users', () => {
  test('come a page at a time', async () => {
    for (let count = 0; count < 21; count++) await addUser();
    const page = await openAccount();
    const items = page.getByRole('list', { name: 'Users' }).getByRole('listitem');
    for (const count of [10, 20, 30]) {
      await expect.poll(() => items.count()).toBe(count);
      if (count < 30) await page.getByRole('button', { name: 'More users' }).click();
    }
    const names = await items.locator('strong').allTextContents();
    expect(names).toEqual(names.toSorted((a, b) => (a.toUpperCase() < b.toUpperCase() ? -1 : 1)));
    expect(new Set(names).size).toBe(30);
  });

  test('that come late are not shown to somebody else, nor after a logout', async () => {
    const userName = await addUser();
    let release = () => {};
    const page = await openPage();
    const held = page.waitForRequest('**/api/Users?*');
    await page.route(
      '**/api/Users?*',
      async (route) => {
        const response = await route.fetch();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        await route.fulfill({ response }).catch(() => {});
      },
      { times: 1 },
    );
    await logIn(page, userName);
    await held;
    await page.getByRole('button', SPOIL).click();
    await dialogOf(page).waitFor();
    const other = await addUser({ role: 'Administrator' });
    await logIn(page, other);
    const items = page.getByRole('list', { name: 'Users' }).getByRole('listitem');
    await expect.poll(() => items.count()).toBe(10);
    release();
    await page.getByRole('button', { name: 'More users' }).click();
    await expect.poll(() => items.count()).toBe(20);
    const names = await items.locator('strong').allTextContents();
    expect(new Set(names).size).toBe(20);
  });

  test('that cannot be read are told of, and can be read again', async () => {
    const page = await openAccount({
      prepare: (page) =>
        page.route('**/api/Users?*', (route) => route.fulfill({ status: 503 }), { times: 1 }),
      expectedErrors: /status of 503/,
    });
    await alerted(page, 'The users cannot be read at the moment.');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('list', { name: 'Users' }).getByText('admin', { exact: true }).waitFor();
  });
});
