/** The settings of `npm run dev`, of one that starts and of one that refuses to. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import jwt from 'jsonwebtoken';
import { expect, onTestFinished, test } from 'vitest';
import { importSecretKey } from '#portero/internal/secret-key.ts';
import { makePlan } from '../../dev/plan.ts';
import { expectValue } from '../support/expect-value.ts';
import { freePort } from '../support/free-port.ts';
import { makePair } from '../support/key-pairs.ts';
import { localEnvironment } from '../support/local-environment.ts';
import { login } from '../support/local-login.ts';
import { startPlainWrangler } from '../support/plain-wrangler.ts';
import { ROOT, start } from '../support/process.ts';
import { shell } from '../support/shell.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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
  await dev.printed(/^Left out: JWT_SECRET_PREVIOUS is shorter than 32 bytes$/m);
  expect(dev.output()).not.toContain('JWT_SECRET_PREVIOUS_UNTIL');
  expect(dev.output()).not.toContain('short-secret');
});

test('every setting reaches the Worker, and no list of processes shows a secret', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const previous = 'the-previous-key-of-the-test-0123456789';
  const { privateKey, jwk } = await makePair('EdDSA');
  const environment = {
    ...(await localEnvironment()),
    JWT_ISSUER: 'an issuer of the test',
    JWT_PRIVATE_KEY: privateKey,
    TOKEN_CLAIMS: '{"esAdmin":"{admin}"}',
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
  const keySet = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
  const { payload: claims } = await jwtVerify(token, keySet);
  expect(claims).toMatchObject({ iss: 'an issuer of the test', esAdmin: 'false' });
  const kid = (await importSecretKey(previous)).id;
  const old = jwt.sign({ ...claims, name: 'from before' }, previous, { keyid: kid });
  const me = await fetch(`${url}/api/Users/me`, { headers: { Authorization: `Bearer ${old}` } });
  expect(await me.json()).toMatchObject({ userName: 'from before' });
  await login(url, { UserName: 'jdoe', Password: 'wrong' });
  await dev.printed(/^jdoe {2}locked for 5 min$/m);

  const processes = await shell('ps -eo args=');
  expect(processes).toContain('wrangler');
  for (const secret of [previous, jwk.d, environment.JWT_SECRET, environment.DATABASE_URL]) {
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
