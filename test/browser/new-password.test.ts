/** A new password, behind a link and for a user who is logged in. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { focused } from '../support/access.ts';
import { describePage } from '../support/browser.ts';
import {
  addUser,
  alerted,
  dialogOf,
  issueExpired,
  logIn,
  openAccount,
  openPage,
  PASSWORD,
  REFUSED,
  watchRequests,
} from '../support/page.ts';
import {
  addLink,
  IS_SET,
  NEW_PASSWORD,
  newPasswordOf,
  qualityOf,
  setPassword,
  shows,
} from '../support/page-passwords.ts';

const CHANGED = 'The password is changed. It counts from the next login on.';

const currentOf = (page: Page) => page.getByLabel('Current password');

async function changePassword(page: Page, current: string, password: string): Promise<void> {
  await currentOf(page).fill(current);
  await newPasswordOf(page).fill(password);
  await page.keyboard.press('Enter');
}

async function logOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Log out' }).click();
}

describePage('a new password', () => {
  test('is judged while it is typed', async () => {
    const page = await openPage({ path: await addLink(await addUser()) });
    const sentences = {
      '': 'At least 15 characters.',
      'four words': 'The password has fewer than 15 characters.',
      qwertyuiopasdfghjkl: 'The password is among the commonest, which are guessed first.',
      'q!q!q!q!q!q!q!q!q!': 'The password only repeats a few characters.',
      [' '.repeat(15)]: 'The password is nothing but white space.',
      ['four words'.repeat(103)]: 'The password has more than 1024 characters.',
      [NEW_PASSWORD]: 'The password is good.',
    };
    for (const [password, sentence] of Object.entries(sentences)) {
      await newPasswordOf(page).fill(password);
      await expect.poll(() => qualityOf(page)).toBe(sentence);
    }
    await newPasswordOf(page).fill('');
    await expect.poll(() => qualityOf(page)).toBe('At least 15 characters.');
    await newPasswordOf(page).pressSequentially('four words in a');
    await expect.poll(() => qualityOf(page)).toBe('The password is good.');
  });

  test('that only the service refuses stays refused, and leaves the link good', async () => {
    const userName = await addUser();
    const own = "The password is the user's own name or e-mail address.";
    const page = await openPage({ path: await addLink(userName) });
    await newPasswordOf(page).fill(userName);
    await expect.poll(() => qualityOf(page)).toBe('The password is good.');
    await page.keyboard.press('Enter');
    await expect.poll(() => qualityOf(page)).toBe(own);
    expect((await page.getByRole('alert').allTextContents()).join('')).toBe(''); // said once
    expect(await focused(page)).toBe('INPUT New password');
    await newPasswordOf(page).fill(NEW_PASSWORD);
    await expect.poll(() => qualityOf(page)).toBe('The password is good.');
    await newPasswordOf(page).fill(userName);
    await expect.poll(() => qualityOf(page)).toBe(own);
    await setPassword(page);
    await shows(page, IS_SET);
  });

  test('that is changed while another one is on its way is judged by itself', async () => {
    const userName = await addUser();
    const page = await openPage({ path: await addLink(userName) });
    const answer = Promise.withResolvers<void>();
    await page.route('**/api/Password', async (route) => {
      await answer.promise;
      await route.continue();
    });
    const sent = page.waitForRequest('**/api/Password');
    await setPassword(page, userName);
    await sent;
    await newPasswordOf(page).fill(NEW_PASSWORD);
    answer.resolve();
    await alerted(page, "The password is the user's own name");
    expect(await qualityOf(page)).toBe('The password is good.');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await shows(page, IS_SET);
  });

  test('is refused by the service alone where the policy does not load', async () => {
    const prepare = (page: Page) => page.route('**/password-policy.js', (route) => route.abort());
    const path = await addLink(await addUser());
    const page = await openPage({ path, prepare, expectedErrors: /ERR_FAILED/ });
    await setPassword(page, 'short');
    await alerted(page, 'The service does not accept this password. Try another one.');
    await setPassword(page);
    await shows(page, IS_SET);
  });

  test('is asked for once, and can be looked at and made by a password manager', async () => {
    const page = await openPage({ path: await addLink(await addUser()) });
    const password = newPasswordOf(page);
    await password.waitFor();
    expect(await page.locator('input[autocomplete$=password]').count()).toBe(1);
    expect(await password.getAttribute('autocomplete')).toBe('new-password');
    expect(await password.getAttribute('passwordrules')).toBe('minlength: 15; maxlength: 1024;');
    expect(await password.getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Hide password' }).click();
    expect(await password.getAttribute('type')).toBe('password');
  });
});

describePage('a change of the password', () => {
  test('is told, forgets what was typed, and can be made again', async () => {
    const page = await openAccount();
    await changePassword(page, PASSWORD, NEW_PASSWORD);
    await page.getByText(CHANGED).waitFor();
    expect(await currentOf(page).inputValue()).toBe('');
    expect(await newPasswordOf(page).inputValue()).toBe('');
    await expect.poll(() => qualityOf(page)).toBe('At least 15 characters.');

    await changePassword(page, NEW_PASSWORD, 'another four words in a row');
    await expect.poll(() => currentOf(page).inputValue()).toBe('');
    await page.getByText(CHANGED).waitFor();
    await logOut(page);
    await logIn(page, page.userName, NEW_PASSWORD);
    await alerted(page, REFUSED);
    await logIn(page, page.userName, 'another four words in a row');
    await page.getByRole('heading', { name: page.userName }).waitFor();
  });

  test('needs the current password', async () => {
    const page = await openAccount();
    await changePassword(page, 'wrong', NEW_PASSWORD);
    await alerted(page, 'The current password is not right.');
    expect(await focused(page)).toBe('INPUT Current password');
    expect(await newPasswordOf(page).inputValue()).toBe(NEW_PASSWORD);
    await currentOf(page).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText(CHANGED).waitFor();
    expect(await page.getByText('The current password is not right.').count()).toBe(0);
  });

  test.each([
    ['too short', 'four words', 'The password has fewer than 15 characters.'],
    ['the current one', PASSWORD, 'The password is the current password.'],
  ])('is refused where the new password is %s', async (_, password, sentence) => {
    const page = await openAccount();
    await changePassword(page, PASSWORD, password);
    await expect.poll(() => qualityOf(page)).toBe(sentence);
    await expect.poll(() => page.getByText('Changing…').count()).toBe(0);
    expect(await focused(page)).toBe('INPUT New password');
    expect(await currentOf(page).inputValue()).toBe(PASSWORD);
    await setPassword(page);
    await page.getByText(CHANGED).waitFor();
  });

  test('knows the name of the user, and gives it to the password manager', async () => {
    const page = await openAccount();
    await newPasswordOf(page).fill(page.userName.toUpperCase());
    await expect
      .poll(() => qualityOf(page))
      .toBe("The password is the user's own name or e-mail address.");
    const form = page.locator('form', { has: currentOf(page) });
    expect(await form.locator('[autocomplete=username]').inputValue()).toBe(page.userName);
    expect(await currentOf(page).getAttribute('autocomplete')).toBe('current-password');
    expect(await newPasswordOf(page).getAttribute('autocomplete')).toBe('new-password');
  });

  test('with a token that has expired goes on after the login, with what was typed', async () => {
    const userName = await addUser({ role: 'Visitors' });
    const page = await openPage();
    await issueExpired(page, userName, { role: 'Visitors', permissions: [] });
    await logIn(page, userName);
    await page.getByRole('heading', { name: userName }).waitFor();
    const requests = watchRequests(page);
    await changePassword(page, PASSWORD, NEW_PASSWORD);
    await dialogOf(page).waitFor();
    await logIn(page, userName);
    await page.getByText(CHANGED).waitFor();
    expect(requests.matching(/password/)).toEqual([
      'POST /api/Users/me/password 401',
      'POST /api/Users/me/password 204',
    ]);
    await logOut(page);
    await logIn(page, userName, NEW_PASSWORD);
    await page.getByRole('heading', { name: userName }).waitFor();
  });

  test('is gone where another user logs in meanwhile', async () => {
    const userName = await addUser({ role: 'Visitors' });
    const other = await addUser();
    const page = await openPage();
    await issueExpired(page, userName, { role: 'Visitors', permissions: [] });
    await logIn(page, userName);
    await changePassword(page, PASSWORD, NEW_PASSWORD);
    const dialog = dialogOf(page);
    await dialog.getByLabel('User name').fill(other);
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: other }).waitFor();
    await expect.poll(() => currentOf(page).inputValue()).toBe('');
    expect(await newPasswordOf(page).inputValue()).toBe('');
    expect((await page.getByRole('alert').allTextContents()).join('')).toBe('');
  });

  test('is left as it is when the login is cancelled', async () => {
    const userName = await addUser({ role: 'Visitors' });
    const page = await openPage();
    await issueExpired(page, userName, { role: 'Visitors', permissions: [] });
    await logIn(page, userName);
    await changePassword(page, PASSWORD, NEW_PASSWORD);
    await dialogOf(page).waitFor();
    await page.keyboard.press('Escape');
    await alerted(page, 'The login was cancelled: nothing was sent again.');
    expect(await newPasswordOf(page).inputValue()).toBe(NEW_PASSWORD);
  });

  test('can be sent again to a service that was busy, or down', async () => {
    const page = await openAccount({ expectedErrors: /status of 503|ERR_CONNECTION_REFUSED/ });
    const route = '**/api/Users/me/password';
    const headers = { 'Retry-After': '7' };
    await page.route(route, (route) => route.fulfill({ status: 503, headers }), { times: 1 });
    await changePassword(page, PASSWORD, NEW_PASSWORD);
    await alerted(page, 'This is not possible at the moment. Try again in 7 s.');
    await page.route(route, (route) => route.abort('connectionrefused'), { times: 1 });
    await page.keyboard.press('Enter');
    await alerted(page, 'The login service does not answer.');
    await page.keyboard.press('Enter');
    await page.getByText(CHANGED).waitFor();
  });
});
