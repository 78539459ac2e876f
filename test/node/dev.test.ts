/** `npm run dev`, as a newcomer meets it: real processes, real HTTP, the real `wrangler dev`. */
import jwt from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { DUMMY_TOKEN } from '../../dev/siteverify.ts';
import { freePort } from '../support/free-port.ts';
import { forAllTests } from '../support/lifetime.ts';
import { localEnvironment } from '../support/local-environment.ts';
import { login } from '../support/local-login.ts';
import { start } from '../support/process.ts';
import { noteSecret } from '../support/secrets.ts';
import { shell } from '../support/shell.ts';

let env: Awaited<ReturnType<typeof localEnvironment>>;
let port: number;
let url: string;
let dev: ReturnType<typeof start>;

// One for all, which the last test ends.
forAllTests(async () => {
  env = await localEnvironment();
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  dev = start(['dev/dev.ts', '--port', String(port)], env);
  await dev.printed('Use the token:\n.*\n');
});

function printedCommand(output: string, after: string): string {
  const [, command] = new RegExp(`${after}\\n +(curl.*)`).exec(output) ?? [];
  if (command === undefined) throw new Error(`no command after "${after}" in:\n${output}`);
  return command;
}

async function descendants(pid: number): Promise<number[]> {
  const rows = (await shell('ps -eo pid=,ppid=')).trim().split('\n');
  const parents = rows.map((row) => row.trim().split(/ +/).map(Number) as [number, number]);
  const family = [pid];
  for (const member of family) {
    family.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child));
  }
  return family;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

test('it explains itself, logs in, and tells the terminal why', async () => {
  const banner = dev.output();
  expect(banner).toContain(`Portero listens on http://localhost:${port}`);
  for (const line of [
    /jdoe +s3cr3t +Sales\n/,
    /admin +Admin123456! +Administrator\n/,
    /mgarcia +s3cr3t +Sales, inactive\n/,
  ]) {
    expect(banner).toMatch(line);
  }

  // The printed commands, pasted again and again.
  for (let time = 0; time < 2; time++) {
    expect(await shell(printedCommand(banner, 'Log in:'))).toMatch(/^\{"token":"[^"]+"\}$/);
  }
  const me = JSON.parse(await shell(printedCommand(banner, 'Use the token:')));
  expect(me).toMatchObject({ userName: 'jdoe', permissions: ['users.list', 'users.read'] });

  // Neither the data nor the Worker's state are for other users of the machine.
  const others = await shell(`find '${env.PORTERO_LOCAL_FOLDER}' -type f -perm /077`);
  expect(others).toBe('');

  // Beside the Worker, as a file.
  const openApi = await fetch(`${url}/openapi.json`);
  expect(openApi.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(await openApi.json()).toMatchObject({ openapi: '3.1.1' });

  // The login page, and the widget for it, which need no internet.
  const page = await fetch(url);
  expect(page.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('Content-Security-Policy')?.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self' https://challenges.cloudflare.com",
    'frame-src https://challenges.cloudflare.com',
    "connect-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  const widget = await fetch(`${url}/turnstile/v0/api.js?render=explicit`);
  expect(widget.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
  expect(widget.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(await widget.text()).toContain('turnstile');

  // An independent library accepts the token.
  const response = await login(url, { UserName: 'ADMIN', Password: 'Admin123456!' });
  const { token } = (await response.json()) as { token: string };
  const claims = jwt.verify(token, env.JWT_SECRET, {
    algorithms: ['HS256'],
    issuer: 'portero',
    audience: 'portero',
    complete: true,
  });
  expect(claims).toMatchObject({
    header: { typ: 'JWT', kid: expect.any(String) },
    payload: { name: 'admin', role: 'Administrator', admin: true },
  });

  // Every 401 is the same on the wire, to the last header.
  const answers = await Promise.all([
    login(url, { UserName: 'jdoe', Password: 'wrong' }),
    login(url, { UserName: 'typed-by-mistake', Password: 's3cr3t' }),
    login(url, { UserName: 'mgarcia', Password: 's3cr3t' }),
    login(url, { UserName: 'jdoe', Password: 's3cr3t', CaptchaToken: 'wrong' }),
  ]);
  for (const answer of answers) {
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe('');
    const { date, ...headers } = Object.fromEntries(answer.headers);
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-length': '0',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      vary: 'Origin',
      'www-authenticate': 'Bearer realm="portero"',
      'x-content-type-options': 'nosniff',
    });
  }
  const stages = String.raw`captcha \d+ ms · sql \d+ ms · hash \d+ ms`;
  await dev.printed(new RegExp(`^jdoe  401  wrong_password  ${stages}$`, 'm'));
  await dev.printed(new RegExp(`^\\(unknown\\)  401  unknown_user  ${stages}$`, 'm'));
  await dev.printed(new RegExp(`^mgarcia  401  inactive  ${stages}$`, 'm'));
  await dev.printed(
    /^\(unknown\) {2}401 {2}captcha_invalid \(invalid-input-response\) {2}captcha \d+ ms$/m,
  );
  expect(dev.output()).not.toContain('typed-by-mistake');

  // A second start fails with a sentence, and the first goes on.
  const second = start(['dev/dev.ts', '--port', String(await freePort()), '--reset'], env);
  expect(await second.ended).toBe(1);
  expect(second.output()).toBe(
    'Portero is already running in this folder. Stop it before you start another.\n',
  );
  expect((await login(url, { UserName: 'jdoe', Password: 's3cr3t' })).status).toBe(200);

  // The operator's command works meanwhile.
  const add = start(
    ['cli/portero.ts', 'users', 'add', 'ana', '--role', 'Sales', '--password-stdin'],
    { PORTERO_LOCAL_FOLDER: env.PORTERO_LOCAL_FOLDER },
    'a perfectly good passphrase\n',
  );
  expect(await add.ended).toBe(0);
  const ana = { UserName: 'ana', Password: 'a perfectly good passphrase' };
  expect((await login(url, ana)).status).toBe(200);
});

let addresses = 0;

/** Each request comes from an address of its own, unless told otherwise. */
async function post(body: string, address?: string) {
  addresses++;
  const ownAddress = `10.0.${addresses >> 8}.${addresses & 255}`;
  const response = await fetch(`${url}/api/Auth`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': address ?? ownAddress },
    body,
  });
  await response.arrayBuffer();
  return { status: response.status, retryAfter: response.headers.get('Retry-After') };
}

function guess(UserName: string, Password: string) {
  if (Password.startsWith('wrong-')) noteSecret(Password); // the demo users' own are printed
  return post(JSON.stringify({ UserName, Password, CaptchaToken: 'XXXX.DUMMY.TOKEN.XXXX' }));
}

/** The environment of a command, which finds the local database by itself. */
const local = () => ({ ...env, DATABASE_URL: '' });

test('it shows each mail in the terminal, and its link sets a password', async () => {
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '192.0.2.99' },
      body: JSON.stringify({ captchaToken: DUMMY_TOKEN, ...body }),
    });
  const args = ['cli/portero.ts', 'users', 'set-email', 'jdoe', 'to.be.shown@example.com'];
  expect(await start(args, local()).ended).toBe(0);
  const forgotten = await post('/api/Password/Forgotten', { userName: 'to.be.shown@example.com' });
  expect(forgotten.status).toBe(202);
  await dev.printed('└ The same in HTML: .*\n');
  const [, shown = ''] = dev.output().split('┌ A mail, which is not sent:\n');
  expect(shown).toMatch(
    /^│ From: "Portero" <portero@example\.com>\n│ To: to\.be\.shown@example\.com\n/,
  );
  expect(shown).toContain(`│ Subject: A new password for localhost:${port}\n`);
  const [, link = ''] = /│ (http:\S+)/.exec(shown) ?? [];
  const [address, token] = link.split('#');
  expect(address).toBe(`http://localhost:${port}/set-password`);
  const page = await fetch(`${url}/set-password`);
  expect(await page.text()).toContain('<template id="set-password">');
  const newPassword = 'four words in a row';
  noteSecret(newPassword);
  expect((await post('/api/Password', { token, newPassword })).status).toBe(204);
  expect((await login(url, { UserName: 'jdoe', Password: newPassword })).status).toBe(200);
  const others = await shell(`find '${env.PORTERO_LOCAL_FOLDER}' -type f -perm /077`);
  expect(others).toBe('');
});

test('its commands print links that lead to it', async () => {
  const reset = start(['cli/portero.ts', 'users', 'reset', 'jdoe'], local());
  await reset.ended;
  expect(reset.output()).toContain(`\nhttp://localhost:${port}/set-password#`);
});

test('it holds against floods and guesses, by the defaults of wrangler.toml', async () => {
  // However the binding's minute falls, more than two of them allow.
  const flood = await Promise.all(Array.from({ length: 201 }, () => post('{', '192.0.2.1')));
  expect(flood).toContainEqual({ status: 429, retryAfter: '60' });
  expect(flood.filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(100);
  expect(await post('{', '192.0.2.2')).toMatchObject({ status: 400 });

  for (const userName of ['jdoe', 'nobody']) {
    const guesses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => guess(userName, `wrong-password-${index}`)),
    );
    const statuses = new Set(guesses.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([401, 429]);
    expect(guesses).toContainEqual({ status: 429, retryAfter: '10' });
    expect([401, 429]).toContain((await guess(userName, 's3cr3t')).status);
  }
  expect(await guess('admin', 'Admin123456!')).toMatchObject({ status: 200 });
});

test('it leaves nothing behind', async () => {
  const family = await descendants(dev.pid);
  expect(family.length).toBeGreaterThan(2); // wrangler, and the runtime below it
  dev.signal('SIGINT');
  expect(await dev.ended).toBe(0);
  expect(await isListening(port)).toBe(false);
  expect(await isListening(Number(new URL(env.DATABASE_URL).port))).toBe(false);
  expect(family.filter(isAlive)).toEqual([]);
});
