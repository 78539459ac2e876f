/** For everybody: on a narrow screen, in the dark, by keyboard alone, in two languages, read out. */
import { expect, test } from 'vitest';
import { focused, NARROW, overflow, violations, WIDE } from '../support/access.ts';
import { describePage } from '../support/browser.ts';
import {
  addUser,
  alerted,
  logIn,
  openAccount,
  openPage,
  PASSWORD,
  REFUSED,
} from '../support/page.ts';

describePage('the page', () => {
  test.each([
    ['in the light', { colorScheme: 'light', viewport: WIDE }],
    ['in the dark, 320 px wide', { colorScheme: 'dark', viewport: NARROW }],
  ] as const)('gives axe-core nothing to find, and fits, %s', async (_, options) => {
    const page = await openPage(options);
    async function check(): Promise<void> {
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
    await page.getByText('Success!').waitFor();
    await check();
    const userName = await addUser();
    await logIn(page, userName, 'wrong');
    await alerted(page, REFUSED);
    await check();
    await logIn(page, userName);
    await page.getByRole('list', { name: 'Users' }).getByText('admin', { exact: true }).waitFor();
    await check();
    await page.getByRole('button', { name: 'Spoil the token and send' }).click();
    await page.getByRole('dialog').getByText('Success!').waitFor();
    await check();
    await logIn(page, userName);
    await page.getByText('All three requests were answered.').waitFor();
    await check();
  });

  test('is dark where that is preferred', async () => {
    const page = await openPage({ colorScheme: 'dark' });
    const [ground, text] = (await page.evaluate(
      '[getComputedStyle(document.documentElement)].flatMap((s) => [s.backgroundColor, s.color])',
    )) as string[];
    const brightness = (color = '') => Math.max(...(color.match(/\d+/g) ?? []).map(Number));
    expect(brightness(ground)).toBeLessThan(50);
    expect(brightness(text)).toBeGreaterThan(200);
  });

  test('moves nothing, for those whom motion bothers', async () => {
    const page = await openAccount({ reducedMotion: 'reduce' });
    await page.getByRole('button', { name: 'Spoil the token and send' }).hover();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });

  test('fits at 320 px with a compact widget, and with words that never end', async () => {
    const page = await openPage({ viewport: NARROW, locale: 'es' });
    await page.getByText('Operación exitosa').waitFor();
    expect(await page.locator('[data-size=compact]').count()).toBe(1);
    await page.evaluate(`
      for (const part of document.querySelectorAll('h1, p')) part.append('w'.repeat(100));`);
    expect(await overflow(page)).toBe(0);
  });

  test.each([
    [['es-MX'], 'es', 'Iniciar sesión'],
    [['fr-FR', 'es', 'en'], 'es', 'Iniciar sesión'],
    [['de-DE'], 'en', 'Log in'],
    [['en-US', 'es'], 'en', 'Log in'],
    [['en-US@posix'], 'en', 'Log in'],
    [['es_ES', 'en'], 'es', 'Iniciar sesión'],
  ])('for a browser that asks for %j is in %s', async (languages, lang, title) => {
    const page = await openPage({
      prepare: (page) =>
        page.addInitScript(`Object.defineProperty(navigator, 'languages',
          { get: () => ${JSON.stringify(languages)} })`),
    });
    await page.getByRole('heading', { name: title }).waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe(lang);
  });

  test('is Spanish throughout', async () => {
    const page = await openPage({ locale: 'es-ES' });
    const userName = await addUser();
    await page.getByLabel('Usuario').fill(userName);
    await page.getByLabel('Contraseña', { exact: true }).fill('mal');
    await page.keyboard.press('Enter');
    await alerted(page, 'No se ha podido iniciar sesión.');
    await page.getByLabel('Contraseña', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Iniciar sesión' }).click();
    await page.getByRole('heading', { name: `Has iniciado sesión como ${userName}` }).waitFor();
    await page.getByText(/^Quedan \d+ min \d+ s$/).waitFor();
    await page.getByRole('list', { name: 'Usuarios' }).getByText('inactivo').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describePage('the keyboard', () => {
  test('is enough for everything', async () => {
    const page = await openPage();
    const userName = await addUser();
    await page.getByText('Success!').waitFor();
    const { keyboard } = page;

    expect(await focused(page)).toBe('INPUT User name');
    await keyboard.type(userName);
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('INPUT Password');
    await keyboard.type('wrong');
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('BUTTON Show password');
    await keyboard.press('Space');
    expect(await focused(page)).toBe('BUTTON Hide password');
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('BUTTON Log in');
    await keyboard.press('Enter');
    await alerted(page, REFUSED);

    // What was typed is selected, so that typing replaces it.
    expect(await focused(page)).toBe('INPUT Password');
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: userName }).waitFor();
    expect(await focused(page)).toMatch(/^H1 /);

    await keyboard.press('Tab');
    expect(await focused(page)).toBe('BUTTON Log out');
    for (let step = 0; step < 12; step++) {
      if ((await focused(page)) === 'BUTTON Spoil the token and send') break;
      await keyboard.press('Tab');
    }
    await keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Success!').waitFor();
    expect(await focused(page)).toBe('INPUT Password');
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    await page.getByText('All three requests were answered.').waitFor();
    expect(await focused(page)).toBe('BUTTON Spoil the token and send');

    for (let step = 0; step < 12; step++) {
      if ((await focused(page)) === 'BUTTON Log out') break;
      await keyboard.press('Shift+Tab');
    }
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(await focused(page)).toBe('INPUT User name');
  });

  test('sees where it is', async () => {
    const page = await openPage();
    for (const control of [
      page.getByLabel('User name'),
      page.getByLabel('Password', { exact: true }),
      page.getByRole('button', { name: 'Log in' }),
    ]) {
      await page.keyboard.press('Tab');
      await control.focus();
      const width = await control.evaluate((element) => {
        const view = element.ownerDocument.defaultView as unknown as {
          getComputedStyle(element: unknown): { outlineWidth: string };
        };
        return view.getComputedStyle(element).outlineWidth;
      });
      expect(width).toBe('3px');
    }
  });
});
