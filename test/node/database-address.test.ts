/** The database that the command line works on: where it leads, and what is said where it leads nowhere. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readDatabaseAddress } from '../../src/db/database-address.ts';
import { runHere } from '../support/command.ts';
import type { Environment } from '../support/process.ts';

const portero = (environment: Environment) => runHere(['roles', 'list'], environment);

const HOST_SENTENCE =
  "DATABASE_URL leads neither to Neon nor to this machine. Portero speaks Neon's SQL over HTTP: use a database at Neon " +
  '(a host such as ep-name-123456.eu-central-1.aws.neon.tech), or name a Neon proxy of your own in NEON_ENDPOINT.\n';
const PASSWORD_SENTENCE =
  'DATABASE_URL has a password that cannot be read, because there is an @ behind the host: ' +
  'in the password, write @ as %40, / as %2F, \\ as %5C, ? as %3F, # as %23 and % as %25.\n';

test.each<[string, Environment, string]>([
  [
    'a database elsewhere',
    { DATABASE_URL: 'postgresql://app:db-secret@db.example.org:5432/x' },
    HOST_SENTENCE,
  ],
  [
    'a database elsewhere beside a blank proxy',
    { DATABASE_URL: 'postgresql://app:db-secret@db.example.org:5432/x', NEON_ENDPOINT: ' ' },
    HOST_SENTENCE,
  ],
  [
    'a password with @ and ?',
    { DATABASE_URL: 'postgresql://app:p@db-secret?rest@ep-x.eu-central-1.aws.neon.tech/x' },
    PASSWORD_SENTENCE,
  ],
  [
    'the parent of the Neon domains',
    { DATABASE_URL: 'postgresql://app:db-secret@neon.tech/x' },
    HOST_SENTENCE,
  ],
  [
    'a password with @ and /',
    { DATABASE_URL: 'postgresql://app:p@db-secret/rest@ep-x.eu-central-1.aws.neon.tech/x' },
    PASSWORD_SENTENCE,
  ],
  [
    'a password with @ and #',
    { DATABASE_URL: 'postgresql://app:p@db-secret#rest@ep-x.eu-central-1.aws.neon.tech/x' },
    PASSWORD_SENTENCE,
  ],
  [
    'a proxy over plain http',
    {
      DATABASE_URL: 'postgresql://app:db-secret@db.example.org:5432/x',
      NEON_ENDPOINT: 'http://neon-proxy.example.org/sql',
    },
    'NEON_ENDPOINT is not an address such as https://neon-proxy.example.org/sql, without a password or a query. ' +
      'http is accepted on this machine only.\n',
  ],
  [
    'a proxy without a database',
    { NEON_ENDPOINT: 'https://neon-proxy.example.org/sql' },
    'DATABASE_URL is missing.\n',
  ],
])('%s is told in a sentence', async (_, environment, output) => {
  expect(await portero(environment)).toEqual({ exitCode: 1, output });
  expect(output).not.toContain('db-secret');
});

test('an @ in the query is no part of the password', () => {
  const url =
    'postgresql://app:db-secret@ep-x.eu-central-1.aws.neon.tech/x?application_name=a@b.org';
  expect(readDatabaseAddress(url, undefined)).toEqual({ ok: true, value: url });
});

test('a Neon proxy on this machine is asked, with the connection string as it is', async () => {
  const asked: [string | undefined, unknown][] = [];
  const proxy = createServer((request, response) => {
    asked.push([request.url, request.headers['neon-connection-string']]);
    response.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void proxy.close());
  await once(proxy, 'listening');
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const DATABASE_URL = 'postgresql://app:p%40s%23w%2F%25@db.internal:5432/portero';
  expect(await portero({ DATABASE_URL, NEON_ENDPOINT: `http://${host}` })).toEqual({
    exitCode: 1,
    output: `The database behind ${host} cannot be reached.\n`,
  });
  const [[path, connectionString] = []] = asked;
  expect(path).toBe('/sql');
  expect(connectionString).toContain('postgresql://app:p%40s%23w%2F%25@db.internal:5432/portero');
});
