/** Where the connection string of a database is sent. */
import { beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/db/connection.ts';
import { connections, forgetCalls } from '../support/control.ts';
import { addUser, resetDatabase } from '../support/fixtures.ts';
import { loginBody, loginRequest, sendWith } from '../support/requests.ts';
import { noteSecret } from '../support/secrets.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
});

/** @returns the hosts that were asked with a connection string, each with that string */
async function loginWith(settings: Record<string, string>) {
  noteSecret(settings.DATABASE_URL);
  const request = loginRequest(await loginBody('jdoe'));
  await forgetCalls();
  expect((await sendWith(settings as Partial<Env>, request)).status).toBe(200);
  return (await connections()).filter(({ connectionString }) => connectionString !== undefined);
}

const NEON = 'ep-calm-sea-123456.eu-central-1.aws.neon.tech';
const QUERY = '?sslmode=require&channel_binding=require';

describe('a login works with a database at Neon', () => {
  test.each<[string, string, string?]>([
    ['without a port', `postgresql://app:password@${NEON}/portero`],
    ['with a port', `postgresql://app:password@${NEON}:5432/portero`],
    ['pooled', `postgresql://app:password@${NEON.replace('.', '-pooler.')}/portero`],
    ['as Neon prints it', `postgresql://app:npg_password@${NEON}/neondb${QUERY}`],
    [
      'with the endpoint as an option',
      `postgresql://app:password@${NEON}/portero?options=endpoint%3Dep-calm-sea-123456`,
    ],
    [
      'with the endpoint as an option in project form',
      `postgresql://app:password@${NEON}/portero${QUERY}&options=project%3Dep-calm-sea-123456`,
    ],
    ['with a password of @ # / %', `postgresql://app:p%40s%23s%2Fw%25rd@${NEON}/portero`],
    ['with a password of ? : and a blank', `postgresql://app:p%3Fs%3As%20word@${NEON}/portero`],
    [
      'with an @ in the password that is not escaped',
      `postgresql://app:p@ssword@${NEON}/portero`,
      `postgresql://app:p%40ssword@${NEON}/portero`,
    ],
    ['with a password of letters beyond ASCII', `postgresql://app:contrase%C3%B1a@${NEON}/portero`],
    ['with a name in capitals', `postgresql://app:password@${NEON.toUpperCase()}/portero`],
    ['of the other scheme', `postgres://app:password@${NEON}/portero`],
    [
      'in a cell of a region',
      'postgresql://app:password@ep-x-pooler.c-2.us-east-2.aws.neon.tech/portero',
    ],
    ['in another cloud', 'postgresql://app:password@ep-x.eastus2.azure.neon.tech/portero'],
    [
      'of Vercel',
      'postgresql://default:password@ep-x-pooler.us-east-1.postgres.vercel-storage.com/verceldb',
    ],
  ])('%s', async (_, DATABASE_URL, sent = DATABASE_URL) => {
    const [{ host, path, connectionString } = { host: '' }] = await loginWith({ DATABASE_URL });
    const [, domain] = /@[^.]+(\.[^:/]+)/.exec(sent) ?? [];
    expect(host).toBe(`api${domain?.toLowerCase()}`);
    expect(path).toBe('/sql');
    const { username, password, pathname, search } = new URL(connectionString ?? '');
    const expected = new URL(sent);
    expect({ username, password, pathname }).toEqual({
      username: expected.username,
      password: expected.password,
      pathname: expected.pathname,
    });
    expect([...new URLSearchParams(search)]).toEqual(
      expect.arrayContaining([...expected.searchParams]),
    );
  });
});

describe('a database elsewhere is reached through a Neon proxy of one’s own', () => {
  const DATABASE_URL = 'postgresql://app:password@db.internal:5432/portero';

  test.each([
    ['https://neon-proxy.example.org:8443/sql', '/sql'],
    ['https://NEON-PROXY.example.org:8443', '/sql'],
    ['https://neon-proxy.example.org:8443/', '/sql'],
  ])('at %s', async (NEON_ENDPOINT, path) => {
    const asked = await loginWith({ DATABASE_URL, NEON_ENDPOINT });
    expect(asked.length).toBeGreaterThan(0);
    for (const { host, path: askedPath, connectionString } of asked) {
      expect([host, askedPath]).toEqual(['neon-proxy.example.org:8443', path]);
      expect(connectionString).toContain('@db.internal:5432/portero');
    }
  });

  test('and so is one at Neon, where a proxy is named', async () => {
    const NEON_ENDPOINT = 'https://neon-proxy.example.org:8443/sql';
    const asked = await loginWith({
      DATABASE_URL: `postgresql://app:password@${NEON}/portero`,
      NEON_ENDPOINT,
    });
    expect(new Set(asked.map(({ host }) => host))).toEqual(
      new Set(['neon-proxy.example.org:8443']),
    );
  });
});

test.each([
  'postgresql://app:password@db.example.org/portero',
  'postgresql://app:password@neon.tech/portero',
  'postgresql://app:password@127.0.0.1/portero',
])('nothing connects to %s', async (url) => {
  await forgetCalls();
  expect(() => connect(url)).toThrow('the database has no SQL over HTTP');
  expect(await connections()).toEqual([]);
});
