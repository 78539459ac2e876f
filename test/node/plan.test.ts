/** What `npm run dev` runs with. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlan } from '../../dev/plan.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NEON = 'postgresql://app:secret@ep-x.eu-central-1.aws.neon.tech/portero';

/** Throws the sentence for people. */
function planIn(folder: string, environment: Record<string, string>) {
  const planned = makePlan(folder, folder, environment);
  if (!planned.ok) throw new Error(planned.details.sentence);
  return planned.value;
}

function plan(devVars: string, environment: Record<string, string> = {}) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '.dev.vars'), devVars);
  return planIn(folder, environment);
}

test('without settings, everything is local', () => {
  const folder = temporaryFolder();
  expect(planIn(folder, {})).toMatchObject({
    database: { port: 0 },
    isTurnstileReal: false,
    settings: {
      TURNSTILE_SECRET_KEY: '1x0000000000000000000000000000000AA',
      JWT_SECRET: expect.stringMatching(/^[\w-]{43}$/),
    },
  });
});

test('an example that was copied and not filled in changes nothing', () => {
  expect(plan('DATABASE_URL=\nTURNSTILE_SECRET_KEY=""\nJWT_SECRET=\n')).toMatchObject({
    database: { port: 0 },
    isTurnstileReal: false,
    settings: { JWT_SECRET: expect.stringMatching(/^[\w-]{43}$/) },
  });
});

test('a real Turnstile secret is used beside the local database', () => {
  expect(plan('TURNSTILE_SECRET_KEY=0x4AAAA')).toMatchObject({
    database: { port: 0 },
    isTurnstileReal: true,
    settings: { TURNSTILE_SECRET_KEY: '0x4AAAA' },
  });
});

test('a loopback database listens where the URL says, and has its password', () => {
  expect(plan('DATABASE_URL=postgresql://a:b%40%23@localhost:5480/portero').database).toEqual({
    port: 5480,
    password: 'b@#',
  });
});

test('the environment wins over .dev.vars', () => {
  const { settings } = plan('JWT_SECRET=from-file', { JWT_SECRET: 'from-environment' });
  expect(settings.JWT_SECRET).toBe('from-environment');
});

test('every setting is handed over as it is, from the file or the environment, and nothing else', () => {
  const settings = {
    TURNSTILE_SECRET_KEY: '0x4AAAA',
    TURNSTILE_SITE_KEY: '3x00000000000000000000FF',
    TURNSTILE_HOSTNAMES: 'localhost,app.example.org',
    TURNSTILE_ACTION: 'login',
    JWT_SECRET: 'a-secret-with-$-and-#-in-it',
    JWT_SECRET_PREVIOUS: 'another-secret',
    JWT_SECRET_PREVIOUS_UNTIL: '2030-01-31T12:00:00Z',
    JWT_ISSUER: 'issuer',
    JWT_AUDIENCE: 'audience',
    CORS_ORIGINS: 'http://localhost:5173',
    LOCKOUT_FAILURES: '3',
    LOCKOUT_MINUTES: '7',
    HASH_CAPACITY: '2',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'`);
  expect(plan([...lines, 'OTHER=value'].join('\n')).settings).toEqual(settings);
  expect(plan('', { ...settings, OTHER: 'value' }).settings).toEqual(settings);
  const empty = Object.keys(settings).map((name) => `${name}=`);
  expect(Object.keys(plan(empty.join('\n')).settings).sort()).toEqual([
    'JWT_SECRET',
    'TURNSTILE_SECRET_KEY',
  ]);
});

test('a database behind a Neon proxy is one elsewhere', () => {
  const url = 'postgresql://a:b@localhost:5432/portero';
  const devVars = `DATABASE_URL=${url}\nNEON_ENDPOINT=http://localhost:4444/sql`;
  const { database, settings } = plan(`${devVars}\nTURNSTILE_SECRET_KEY=0x4AAAA`);
  expect(database).toEqual({ url });
  expect(settings.NEON_ENDPOINT).toBe('http://localhost:4444/sql');
  expect(() => plan(devVars)).toThrow('DATABASE_URL is not on this machine');
});

test('a database elsewhere is used as it is', () => {
  expect(plan(`DATABASE_URL=${NEON}\nTURNSTILE_SECRET_KEY=0x4AAAA`).database).toEqual({
    url: NEON,
  });
});

test.each([
  [
    `DATABASE_URL=${NEON}`,
    'DATABASE_URL is not on this machine, where no Turnstile test secret is',
  ],
  [
    `DATABASE_URL=${NEON}\nTURNSTILE_SECRET_KEY=2x0000000000000000000000000000000AA`,
    'no Turnstile test',
  ],
  ['DATABASE_URL=secret-value', 'DATABASE_URL is not of the form'],
  ['DATABASE_URL=mysql://a:secret@localhost:1/x', 'DATABASE_URL is not of the form'],
  ['DATABASE_URL=postgresql://a:secret@localhost/x', 'DATABASE_URL needs a port.'],
  ['DATABASE_URL=postgresql://a:p@secret-value/x@localhost:1/x', 'DATABASE_URL has a password'],
  ['DATABASE_URL=postgresql://a:secret@secret-value.example/x', 'DATABASE_URL leads neither to'],
  ['NEON_ENDPOINT=https://secret-value.example/sql', 'DATABASE_URL is missing.'],
])('%s is told in a sentence without the value', (devVars, message) => {
  expect(() => plan(devVars)).toThrow(message);
  expect(() => plan(devVars)).not.toThrow('secret-value');
});

test('a key in .dev.vars is taken as it was printed', () => {
  const key = '{"kty":"OKP","crv":"Ed25519","d":"a_-b","x":"c","alg":"EdDSA"}';
  const { settings } = plan(`JWT_PRIVATE_KEY=${key}\nJWT_PUBLIC_KEY_NEXT='${key}'\n`);
  expect(settings).toMatchObject({ JWT_PRIVATE_KEY: key, JWT_PUBLIC_KEY_NEXT: key });
});
