/** The limits as `wrangler.toml` sets them, in the real `wrangler dev`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  ADDRESS_LIMIT_PERIOD_SECONDS,
  NAME_LIMIT_PERIOD_SECONDS,
} from '../../src/http/flood-limits.ts';
import { freePort } from '../support/free-port.ts';
import { localEnvironment } from '../support/local-environment.ts';
import { ROOT, start } from '../support/process.ts';
import { noteSecret } from '../support/secrets.ts';

const WRANGLER_TOML = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');

/** @returns where the Worker listens */
async function startDev(): Promise<string> {
  const port = await freePort();
  const dev = start(['dev/dev.ts', '--port', String(port)], await localEnvironment());
  await dev.printed('Use the token:');
  return `http://127.0.0.1:${port}`;
}

let addresses = 0;

/** Each request comes from an address of its own, unless told otherwise. */
async function post(url: string, body: string, address?: string) {
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

function login(url: string, UserName: string, Password: string) {
  if (Password.startsWith('wrong-')) noteSecret(Password); // `npm run dev` prints the demo users' own
  return post(url, JSON.stringify({ UserName, Password, CaptchaToken: 'XXXX.DUMMY.TOKEN.XXXX' }));
}

test('the defaults of wrangler.toml hold against floods and guesses', async () => {
  const url = await startDev();

  // However the binding's minute falls, more than two of them allow.
  const flood = await Promise.all(Array.from({ length: 201 }, () => post(url, '{', '192.0.2.1')));
  expect(flood).toContainEqual({ status: 429, retryAfter: '60' });
  expect(flood.filter(({ status }) => status === 400).length).toBeGreaterThanOrEqual(100);
  expect(await post(url, '{', '192.0.2.2')).toMatchObject({ status: 400 });

  for (const userName of ['jdoe', 'nobody']) {
    const guesses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => login(url, userName, `wrong-password-${index}`)),
    );
    const statuses = new Set(guesses.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([401, 429]);
    expect(guesses).toContainEqual({ status: 429, retryAfter: '10' });
    expect([401, 429]).toContain((await login(url, userName, 's3cr3t')).status);
  }
  expect(await login(url, 'admin', 'Admin123456!')).toMatchObject({ status: 200 });
});

test('a deploy sets the cron trigger', () => {
  expect(WRANGLER_TOML).toMatch(/^\[triggers\]\ncrons = \["23 \*\/6 \* \* \*"\]/m);
});

test('Retry-After is the period of the limit that was exceeded', () => {
  const periodOf = (name: string) =>
    Number(new RegExp(`name = "${name}"[^\\[]*period = (\\d+)`).exec(WRANGLER_TOML)?.[1]);
  expect(periodOf('LOGINS_PER_ADDRESS')).toBe(ADDRESS_LIMIT_PERIOD_SECONDS);
  expect(periodOf('LOGINS_PER_NAME')).toBe(NAME_LIMIT_PERIOD_SECONDS);
});
