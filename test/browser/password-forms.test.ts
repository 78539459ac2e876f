/** The forms for passwords: what can go wrong, and that they are for everybody. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { focused, NARROW, overflow, violations, WIDE } from '../support/access.ts';
import { describePage } from '../support/browser.ts';
import { addUser, alerted, openPage } from '../support/page.ts';
import {
  addLink,
  askForLink,
  IS_SET,
  LINK_SENT,
  NEW_PASSWORD,
  setPassword,
} from '../support/page-passwords.ts';

const CHANGED = 'The password is changed.';

/** The forms with a captcha: how each is opened and sent, and where it ends. */
const FORMS = [
  {
    form: 'a new password',
    route: '**/api/Password',
    open: async () => addLink(await addUser()),
    send: setPassword,
    busy: 'Setting…',
    end: IS_SET,
  },
  {
    form: 'a forgotten password',
    route: '**/api/Password/Forgotten',
    open: async () => '/forgotten-password',
    send: (page: Page) => askForLink(page, crypto.randomUUID()),
    busy: 'Sending…',
    end: LINK_SENT,
  },
];

describePage.each(FORMS)('the form for $form', ({ route, open, send, busy, end }) => {
  const ends = (page: Page) => page.getByRole('heading', { name: end }).waitFor();

  test('can be sent again after a captcha that the service refuses', async () => {
    const page = await openPage({ path: await open() });
    await page.route(
      route,
      (route) => {
        const body = { ...route.request().postDataJSON(), captchaToken: 'forged' };
        return route.continue({ postData: JSON.stringify(body) });
      },
      { times: 1 },
    );
    await send(page);
    await alerted(page, 'The check that you are human was not accepted. Try again.');
    await send(page);
    await ends(page);
  });

  test('waits for the captcha, and can be sent again after one that fails', async () => {
    const page = await openPage({
      path: await open(),
      prepare: (page) =>
        page.route(
          '**/turnstile/v0/api.js?render=explicit',
          (route) => route.abort('blockedbyclient'),
          { times: 1 },
        ),
      expectedErrors: /ERR_/,
    });
    await alerted(page, 'The check that you are human does not load.');
    await send(page);
    await ends(page);
  });

  test.each([
    [{ 'Retry-After': '7' }, 'This is not possible at the moment. Try again in 7 s.'],
    [{}, 'This is not possible at the moment. Try again soon.'],
  ])('can be sent again to a service that was busy, with %j', async (headers, sentence) => {
    const page = await openPage({ path: await open(), expectedErrors: /status of 503/ });
    await page.route(route, (route) => route.fulfill({ status: 503, headers }), { times: 1 });
    await send(page);
    await alerted(page, sentence);
    await send(page);
    await ends(page);
  });

  test('can be sent again to a service that was down', async () => {
    const page = await openPage({ path: await open(), expectedErrors: /ERR_CONNECTION_REFUSED/ });
    await page.route(route, (route) => route.abort('connectionrefused'), { times: 1 });
    await send(page);
    await alerted(page, 'The login service does not answer. Check your connection, and try again.');
    await send(page);
    await ends(page);
  });

  test('says that it is working, and can be sent again when no answer has come in 45 seconds', async () => {
    const page = await openPage({
      path: await open(),
      prepare: (page) => page.clock.install(),
    });
    await page.clock.runFor(1_000);
    await page.route(route, () => {}, { times: 1 });
    const sent = page.waitForRequest(route);
    await send(page);
    await sent;
    await page.getByRole('button', { name: busy }).waitFor();
    await page.clock.runFor(2_000);
    await page.getByRole('status').getByText('Still working.').waitFor();
    await page.clock.runFor(43_000);
    await alerted(page, 'The login service does not answer.');
    await page.clock.resume();
    await send(page);
    await ends(page);
  });
});

describePage('every form for a password', () => {
  test.each([
    ['in the light', { colorScheme: 'light', viewport: WIDE }],
    ['in the dark, 320 px wide', { colorScheme: 'dark', viewport: NARROW }],
  ] as const)('gives axe-core nothing to find, and fits, in Spanish, %s', async (_, options) => {
    const userName = await addUser();
    const page = await openPage({ locale: 'es-ES', ...options });
    async function check(sentence: string): Promise<void> {
      await page.getByText(sentence).first().waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    }
    await check('¿Has olvidado tu contraseña?');
    await page.getByRole('link', { name: '¿Has olvidado tu contraseña?' }).click();
    await check('Operación exitosa');
    await page.getByLabel('Usuario o dirección de correo').fill(userName);
    await page.keyboard.press('Enter');
    await check('Si existe ese usuario y su dirección está confirmada');

    await page.goto(await addLink(userName));
    await check('Operación exitosa');
    await check('Al menos 15 caracteres.');
    const password = page.getByLabel('Contraseña nueva');
    await password.fill(userName);
    await check('La contraseña es buena.');
    await page.keyboard.press('Enter');
    await check('La contraseña es tu propio nombre de usuario');
    await page.getByRole('button', { name: 'Mostrar la contraseña' }).click();
    await password.fill(NEW_PASSWORD);
    await check('La contraseña es buena.');
    await page.getByRole('button', { name: 'Guardar la contraseña' }).click();
    await check('Ya puedes iniciar sesión con ella.');
    await page.goto('/set-password');
    await check('Este enlace no es válido');

    await page.getByRole('link', { name: 'Ir al inicio de sesión' }).click();
    await page.getByLabel('Usuario').fill(userName);
    await page.getByLabel('Contraseña', { exact: true }).fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('Contraseña actual').fill('mal');
    await page.getByLabel('Contraseña nueva').fill('otras cuatro palabras');
    await check('La contraseña es buena.');
    await page.keyboard.press('Enter');
    await check('La contraseña actual no es correcta.');
    await page.getByLabel('Contraseña actual').fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await check('La contraseña ha cambiado.');
  });

  test('is for the keyboard alone', async () => {
    const userName = await addUser();
    const page = await openPage();
    const { keyboard } = page;
    const stops = async (...names: string[]) => {
      for (const name of names) {
        await keyboard.press('Tab');
        expect(await focused(page)).toBe(name);
      }
    };
    await page.getByText('Success!').waitFor();
    await stops('INPUT Password', 'BUTTON Show password', 'BUTTON Log in');
    await stops('A Forgotten your password?');
    await keyboard.press('Enter');
    await page.getByText('Success!').waitFor();
    expect(await focused(page)).toBe('INPUT User name or e-mail address');
    await keyboard.type(userName);
    await stops('BUTTON Send me a link');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Check your mailbox' }).waitFor();
    expect(await focused(page)).toBe('H1 Check your mailbox');
    await stops('A To the login');

    await page.goto(await addLink(userName));
    await page.getByText('Success!').waitFor();
    expect(await focused(page)).toBe('INPUT New password');
    await keyboard.type(NEW_PASSWORD);
    await stops('BUTTON Show password');
    await keyboard.press('Space');
    expect(await focused(page)).toBe('BUTTON Hide password');
    await stops('BUTTON Set the password');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your password is set' }).waitFor();
    expect(await focused(page)).toBe('H1 Your password is set');
    await stops('A To the login');
    await keyboard.press('Enter');

    await page.getByText('Success!').waitFor();
    await keyboard.type(userName);
    await stops('INPUT Password');
    await keyboard.type(NEW_PASSWORD);
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: userName }).waitFor();
    await stops('BUTTON Log out', 'INPUT Current password');
    await keyboard.type(NEW_PASSWORD);
    await stops('BUTTON Show password', 'INPUT New password');
    await keyboard.type('another four words in a row');
    await stops('BUTTON Show password', 'BUTTON Change the password');
    await keyboard.press('Enter');
    await page.getByText(CHANGED).waitFor();
    expect(await focused(page)).toBe('BUTTON Change the password');
  });
});
