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
    turnstileSecretKey: '1x0000000000000000000000000000000AA',
    isTurnstileReal: false,
  });
});

test('an example that was copied and not filled in changes nothing', () => {
  expect(plan('DATABASE_URL=\nTURNSTILE_SECRET_KEY=""\nJWT_SECRET=\n')).toMatchObject({
    database: { port: 0 },
    isTurnstileReal: false,
    jwtSecret: expect.stringMatching(/^[\w-]{43}$/),
  });
});

test('a real Turnstile secret is used beside the local database', () => {
  expect(plan('TURNSTILE_SECRET_KEY=0x4AAAA')).toMatchObject({
    database: { port: 0 },
    turnstileSecretKey: '0x4AAAA',
    isTurnstileReal: true,
  });
});

test('a loopback database listens where the URL says', () => {
  expect(plan('DATABASE_URL=postgresql://a:b@localhost:5480/portero').database).toEqual({
    port: 5480,
  });
});

test('the environment wins over .dev.vars', () => {
  const { jwtSecret } = plan('JWT_SECRET=from-file', { JWT_SECRET: 'from-environment' });
  expect(jwtSecret).toBe('from-environment');
});

test('a second key is handed over only where there is one', () => {
  const until = '2030-01-31T12:00:00Z';
  const devVars = `JWT_SECRET_PREVIOUS=from-file\nJWT_SECRET_PREVIOUS_UNTIL=${until}`;
  expect(plan(devVars).variables).toEqual({
    JWT_SECRET_PREVIOUS: 'from-file',
    JWT_SECRET_PREVIOUS_UNTIL: until,
  });
  expect(plan('JWT_SECRET_PREVIOUS=').variables).toEqual({});
});

test('a test site key is handed over, from the file or the environment', () => {
  const siteKey = { TURNSTILE_SITE_KEY: '3x00000000000000000000FF' };
  expect(plan('TURNSTILE_SITE_KEY=3x00000000000000000000FF').variables).toEqual(siteKey);
  expect(plan('TURNSTILE_SITE_KEY=from-file', siteKey).variables).toEqual(siteKey);
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
  ['DATABASE_URL=postgresql://a:secret@localhost/x', 'A loopback DATABASE_URL needs a port.'],
])('%s is told in a sentence without the value', (devVars, message) => {
  expect(() => plan(devVars)).toThrow(message);
  expect(() => plan(devVars)).not.toThrow('secret-value');
});
