/** `npm run dev`, as a newcomer meets it: real processes, real HTTP, the real `wrangler dev`. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import jwt from 'jsonwebtoken';
import { expect, onTestFinished, test } from 'vitest';
import { importSigningKey } from '#portero/internal/signing-key.ts';
import { makePlan } from '../../dev/plan.ts';
import { expectValue } from '../support/expect-value.ts';
import { freePort } from '../support/free-port.ts';
import { localEnvironment } from '../support/local-environment.ts';
import { startPlainWrangler } from '../support/plain-wrangler.ts';
import { ROOT, start } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const shell = async (command: string) => (await promisify(execFile)('sh', ['-c', command])).stdout;

function printedCommand(output: string, after: string): string {
  const [, command] = new RegExp(`${after}\\n +(curl.*)`).exec(output) ?? [];
  if (command === undefined) throw new Error(`no command after "${after}" in:\n${output}`);
  return command;
}

function login(url: string, body: object): Promise<Response> {
  return fetch(`${url}/api/Auth`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Encoding': 'identity' },
    body: JSON.stringify({ CaptchaToken: 'XXXX.DUMMY.TOKEN.XXXX', ...body }),
  });
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

test('it starts, explains itself, logs in, tells the terminal why, and leaves nothing behind', async () => {
  const env = await localEnvironment();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dev = start(['dev/dev.ts', '--port', String(port)], env);

  const banner = await dev.printed('Use the token:\n.*\n');
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

  const family = await descendants(dev.pid);
  expect(family.length).toBeGreaterThan(2); // wrangler, and the runtime below it
  dev.signal('SIGINT');
  expect(await dev.ended).toBe(0);
  expect(await isListening(port)).toBe(false);
  expect(await isListening(Number(new URL(env.DATABASE_URL).port))).toBe(false);
  expect(family.filter(isAlive)).toEqual([]);
});

test('plain `wrangler dev` works beside the local services, with the printed .dev.vars', async () => {
  const env = await localEnvironment();
  const services = start(['dev/dev.ts', '--services-only'], env);
  const output = await services.printed(/JWT_SECRET=.*\n/);
  const devVars = output.split('\n').filter((line) => /^[A-Z_]+=/.test(line));
  expect(devVars).toHaveLength(3);
  const file = join(env.PORTERO_LOCAL_FOLDER, 'dev.vars');
  writeFileSync(file, devVars.join('\n'));

  const url = await startPlainWrangler(['--env-file', file]);
  expect((await login(url, { UserName: 'jdoe', Password: 's3cr3t' })).status).toBe(200);
});

test('a setting that is refused is named at the terminal', async () => {
  const port = await freePort();
  const environmentWithout = {
    ...(await localEnvironment()),
    JWT_SECRET: 'short-secret',
    JWT_SECRET_PREVIOUS: 'short-secret-too',
    JWT_SECRET_PREVIOUS_UNTIL: '2030-01-31T12:00:00Z',
  };
  const dev = start(['dev/dev.ts', '--port', String(port)], environmentWithout);
  await dev.printed('Use the token:');
  expect((await login(`http://127.0.0.1:${port}`, {})).status).toBe(503);
  await dev.printed(/^JWT_SECRET is shorter than 32 bytes$/m);
  await dev.printed(/^Left out: JWT_SECRET_PREVIOUS is shorter than 32 bytes: set the whole key$/m);
  expect(dev.output()).not.toContain('JWT_SECRET_PREVIOUS_UNTIL');
  expect(dev.output()).not.toContain('short-secret');
});

test('every setting reaches the Worker, and no list of processes shows a secret', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const previous = 'the-previous-key-of-the-test-0123456789';
  const environment = {
    ...(await localEnvironment()),
    JWT_ISSUER: 'an issuer of the test',
    JWT_SECRET_PREVIOUS: previous,
    JWT_SECRET_PREVIOUS_UNTIL: new Date(Date.now() + 3_600_000).toISOString(),
    CORS_ORIGINS: 'https://App.example.org/, capacitor://localhost',
    LOCKOUT_FAILURES: '1',
    TURNSTILE_SITE_KEY: '3x00000000000000000000FF',
  };
  const dev = start(['dev/dev.ts', '--port', String(port)], environment);
  await dev.printed('Use the token:');

  const headers = { Origin: 'capacitor://localhost' };
  const config = await fetch(`${url}/api/Config`, { headers });
  expect(config.headers.get('Access-Control-Allow-Origin')).toBe('capacitor://localhost');
  expect(await config.json()).toMatchObject({ turnstileSiteKey: '3x00000000000000000000FF' });
  const response = await login(url, { UserName: 'jdoe', Password: 's3cr3t' });
  const { token } = (await response.json()) as { token: string };
  const claims = jwt.verify(token, environment.JWT_SECRET) as jwt.JwtPayload;
  expect(claims.iss).toBe('an issuer of the test');
  const kid = (await importSigningKey(previous)).id;
  const old = jwt.sign({ ...claims, name: 'from before' }, previous, { keyid: kid });
  const me = await fetch(`${url}/api/Users/me`, { headers: { Authorization: `Bearer ${old}` } });
  expect(await me.json()).toMatchObject({ userName: 'from before' });
  await login(url, { UserName: 'jdoe', Password: 'wrong' });
  await dev.printed(/^jdoe {2}locked for 5 min$/m);

  const processes = await shell('ps -eo args=');
  expect(processes).toContain('wrangler');
  for (const secret of [previous, environment.JWT_SECRET, environment.DATABASE_URL]) {
    expect(processes).not.toContain(secret);
  }
});

test('a taken port is told in a sentence', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  const dev = start(['dev/dev.ts'], { ...(await localEnvironment()), PORT: String(port) });
  expect(await dev.ended).toBe(1);
  expect(dev.output()).toBe(`Port ${port} is taken. Choose another: npm run dev -- --port N\n`);
});

test('fresh data are refused for a database that is not on this machine', async () => {
  const dev = start(['dev/dev.ts', '--reset', '--port', String(await freePort())], {
    ...(await localEnvironment()),
    DATABASE_URL: 'postgresql://app:secret@ep-x.eu-central-1.aws.neon.tech/portero',
    TURNSTILE_SECRET_KEY: '0x4AAAAAAA-real',
  });
  expect(await dev.ended).toBe(1);
  expect(dev.output()).toBe('DATABASE_URL is not on this machine: --reset is refused.\n');
});

test('the development secret is random for every checkout, and ignored by git', async () => {
  const secrets = [];
  for (let time = 0; time < 2; time++) {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'jwt-secret'), 'cut short');
    secrets.push(expectValue(makePlan(folder, folder, {})).settings.JWT_SECRET);
    expect(expectValue(makePlan(folder, folder, {})).settings.JWT_SECRET).toBe(secrets[time]);
  }
  expect(secrets[0]).not.toBe(secrets[1]);
  expect(secrets[0]?.length).toBeGreaterThanOrEqual(32);
  expect(readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n')).toEqual(
    expect.arrayContaining(['.portero/', '.dev.vars']),
  );
});
