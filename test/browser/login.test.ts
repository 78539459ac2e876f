/** Logging in, and being refused. */
import { expect, test } from 'vitest';
import { describePage } from '../support/browser.ts';
import {
  addUser,
  alerted,
  letAttemptsAge,
  logIn,
  openAccount,
  openPage,
  PAGE_URL,
  PASSWORD,
  REFUSED,
  watchRequests,
} from '../support/page.ts';

describePage('a login', () => {
  test('shows who it is, the role, the permissions, the time that is left, the token and the users', async () => {
    const page = await openAccount();
    const { userName } = page;
    await page.getByText('Sales', { exact: true }).waitFor();
    expect(await page.getByText(/ s left$/).textContent()).toMatch(
      /^(30 min 0|29 min \d+) s left$/,
    );

    const table = page.getByRole('table', { name: 'What you may do' });
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      ...['Module', 'create', 'update', 'delete', 'list', 'read'],
    ]);
    expect(await table.getByRole('row').last().getByRole('cell').allTextContents()).toEqual([
      ...['–no', '–no', '–no', '✓yes', '✓yes'],
    ]);
    expect(await table.getByRole('rowheader').allTextContents()).toEqual(['users']);

    const [header = '', claims = ''] = await page.locator('pre').allTextContents();
    expect(JSON.parse(header)).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.any(String) });
    expect(JSON.parse(claims)).toMatchObject({ sub: `id-of-${userName}`, name: userName });

    const users = page.getByRole('list', { name: 'Users' }).getByRole('listitem');
    await users.filter({ hasText: 'mgarcia' }).getByText('inactive').waitFor();
    await users.filter({ hasText: 'admin@example.com' }).getByText('active').waitFor();
  });

  test('of an administrator says that everything is permitted', async () => {
    const page = await openAccount({ userName: await addUser({ role: 'Administrator' }) });
    await page.getByText('As an administrator you may do everything, in every module.').waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    await page.getByRole('list', { name: 'Users' }).getByText('jdoe', { exact: true }).waitFor();
  });

  test('of a role without permissions shows neither a table nor the users', async () => {
    const page = await openAccount({ userName: await addUser({ role: 'Visitors' }) });
    await page.getByText('Your role has no permissions.').waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    expect(await page.getByRole('heading', { name: 'Users', exact: true }).count()).toBe(0);
  });

  test('leaves nothing that outlives the page', async () => {
    const page = await openAccount();
    const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length]);
    expect(kept).toEqual([0, 0]);
    expect(await page.context().cookies()).toEqual([]);
    expect(page.url()).toBe(`${PAGE_URL}/`);
    await page.reload();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  test('is sent once, however often the button is pressed', async () => {
    const page = await openPage();
    const requests = watchRequests(page);
    const userName = await addUser();
    await page.getByLabel('User name').fill(userName);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    const button = page.getByRole('button', { name: 'Log in' });
    await button.evaluate((element) => {
      for (let time = 0; time < 5; time++) (element as unknown as { click(): void }).click();
    });
    await page.getByRole('heading', { name: userName }).waitFor();
    expect(requests.matching(/Auth/)).toEqual(['POST /api/Auth 200']);
  });

  test('needs both fields', async () => {
    const page = await openPage();
    const requests = watchRequests(page);
    await page.getByLabel('User name').fill('jdoe');
    await page.getByRole('button', { name: 'Log in' }).click();
    const isMissing = (element: unknown) =>
      (element as { validity: { valueMissing: boolean } }).validity.valueMissing;
    expect(await page.getByLabel('Password', { exact: true }).evaluate(isMissing)).toBe(true);
    expect(requests.matching(/Auth/)).toEqual([]);
  });

  test('ends with a logout, which forgets everything', async () => {
    const page = await openAccount();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await page.content()).not.toContain(page.userName);
    await logIn(page, page.userName);
    await page.getByRole('heading', { name: page.userName }).waitFor();
  });
});

describePage('a refusal', () => {
  test('is told, and the widget is reset, so that the next login can succeed', async () => {
    const page = await openPage();
    const userName = await addUser();
    await page.getByText('Success!').waitFor();
    await page.evaluate(`{
      const { reset } = turnstile;
      window.resets = 0;
      turnstile.reset = (...which) => { window.resets++; reset(...which); };
    }`);
    const resets = () => page.evaluate('window.resets');

    await logIn(page, userName, 'wrong');
    await alerted(page, REFUSED);
    expect(await resets()).toBe(1);
    const password = page.getByLabel('Password', { exact: true });
    expect(await password.evaluate((element) => element.matches(':focus'))).toBe(true);

    await logIn(page, userName);
    await page.getByRole('heading', { name: userName }).waitFor();
    expect(await resets()).toBe(1);
  });

  test('is the same sentence for a wrong password, an unknown and an inactive user, and a lock', async () => {
    const page = await openPage();
    const requests = watchRequests(page);
    const locked = await addUser();
    const attempts: [string, string][] = [
      ['nobody', 'guess'],
      [await addUser({ like: 'mgarcia' }), PASSWORD],
      ...Array.from({ length: 5 }, (): [string, string] => [locked, 'guess']),
      [locked, PASSWORD],
    ];
    const messages = [];
    for (const [userName, password] of attempts) {
      await letAttemptsAge();
      const before = requests.all().length;
      await logIn(page, userName, password);
      await expect.poll(() => requests.all().length).toBe(before + 1);
      await alerted(page, REFUSED);
      messages.push(await page.getByRole('alert').allTextContents());
    }
    expect(new Set(messages.map(String)).size).toBe(1);
    expect(requests.matching(/Auth 401$/)).toHaveLength(attempts.length);
  });

  test('of too many attempts says when to come again', async () => {
    const page = await openPage();
    const headers = { 'Content-Type': 'application/json', 'CF-Connecting-IP': page.address };
    const flood = { method: 'POST', headers, body: '{' };
    const statusAfterFlood = async () => {
      const answers = Array.from({ length: 100 }, () => fetch(`${PAGE_URL}/api/Auth`, flood));
      await Promise.all(answers.map(async (answer) => (await answer).arrayBuffer()));
      const response = page.waitForResponse('**/api/Auth');
      await logIn(page, 'nobody');
      return (await response).status();
    };
    // A new minute of the limit may begin in between.
    await expect.poll(statusAfterFlood).toBe(429);
    await alerted(page, 'You cannot log in at the moment. Try again in 60 s.');
  });

  test('by a service that gives no answer in half a minute says so', async () => {
    const page = await openPage({
      prepare: async (page) => {
        await page.clock.install();
        await page.route('**/api/Auth', () => {});
      },
    });
    const login = page.waitForRequest('**/api/Auth');
    await logIn(page, 'jdoe');
    await login;
    await page.clock.runFor(30_000);
    await alerted(page, 'The login service does not answer.');
  });

  test('of what is no login says that it has failed', async () => {
    const page = await openPage();
    await logIn(page, 'x'.repeat(20_000));
    await alerted(page, 'The login has failed');
  });

  test('by a service that is down says so, and can be tried again', async () => {
    const page = await openPage({ expectedErrors: /ERR_CONNECTION_REFUSED/ });
    const userName = await addUser();
    await page.getByText('Success!').waitFor();
    await page.route('**/api/Auth', (route) => route.abort('connectionrefused'));
    await logIn(page, userName);
    await alerted(page, 'The login service does not answer. Check your connection, and try again.');
    await page.unroute('**/api/Auth');
    await logIn(page, userName);
    await page.getByRole('heading', { name: userName }).waitFor();
  });
});

describePage('the password', () => {
  test('can be looked at, and hidden again', async () => {
    const page = await openPage();
    const password = page.getByLabel('Password', { exact: true });
    expect(await password.getAttribute('type')).toBe('password');
    await page.getByRole('button', { name: 'Show password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Hide password' }).click();
    expect(await password.getAttribute('type')).toBe('password');
  });

  test('and the name can be filled in by a password manager, and pasted at any length', async () => {
    const page = await openPage({ permissions: ['clipboard-read', 'clipboard-write'] });
    const name = page.getByLabel('User name');
    const password = page.getByLabel('Password', { exact: true });
    expect(await name.getAttribute('autocomplete')).toBe('username');
    expect(await password.getAttribute('autocomplete')).toBe('current-password');
    const long = 'correct horse battery staple '.repeat(20);
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(long)})`);
    await password.focus();
    await page.keyboard.press('Control+V');
    expect(await password.inputValue()).toBe(long);
  });
});
