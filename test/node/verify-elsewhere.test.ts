/** The programs of docs/verify-elsewhere.md for Node, beside a live Portero. */
import { once } from 'node:events';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { SECRET, useLivePortero } from '../support/live-portero.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { LANGUAGES } from '../support/other-languages.ts';
import { KEY_SET_ADDRESS, programOf, SECTIONS } from '../support/page-code.ts';
import { ROOT } from '../support/process.ts';
import { refusedOfPairs, refusedOfSecret, rightToken } from '../support/refused-tokens.ts';

const live = useLivePortero();

/** By their headings, with the algorithms that each library knows. */
const FUNCTIONS = {
  jose: ['ES256', 'EdDSA', 'RS256'],
  jsonwebtoken: ['ES256', 'RS256'],
  'fast-jwt': ['ES256', 'EdDSA', 'RS256'],
} as const;
const APPS = {
  'express-oauth2-jwt-bearer': ['ES256', 'EdDSA', 'RS256'],
  'passport-jwt': ['ES256', 'RS256'],
} as const;
const WITH_SECRET = 'jsonwebtoken, with the secret';

const cases = Object.entries({ ...FUNCTIONS, ...APPS }).flatMap(([heading, algorithms]) =>
  algorithms.map((alg) => ({ heading, alg })),
);

const folder = makeTemporaryFolder();
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns the `sub` of the token, or `refused` */
type Verify = (token: string) => Promise<string>;

/** What a block of the page exports. */
interface Program {
  verify?(token: string): Promise<{ sub: string }>;
  app?: RequestListener;
}

interface Fault {
  code?: string;
  isEndpointUnavailable?: boolean;
  originalError?: Fault;
}

let count = 0;
async function load(heading: string, replacements: Record<string, string>): Promise<Program> {
  const file = join(folder, `${++count}.mjs`);
  writeFileSync(file, programOf(heading, replacements));
  return import(/* @vite-ignore */ pathToFileURL(file).href);
}

async function start(heading: string, alg: string): Promise<Verify> {
  const { verify, app } = await load(heading, {
    [KEY_SET_ADDRESS]: live.keySetAddress,
    ES256: alg,
  });
  return app === undefined ? verifyWith(verify) : verifyOverHttp(await serve(app));
}

const verifyWith =
  (verify: Program['verify']): Verify =>
  async (token) => {
    const claims = await verify?.(token).catch(() => ({ sub: 'refused' }));
    return claims?.sub ?? 'no program';
  };

async function serve(app: RequestListener): Promise<string> {
  const server = createServer(app).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/invoices`;
}

const verifyOverHttp =
  (address: string): Verify =>
  async (token) => {
    const response = await fetch(address, { headers: { Authorization: `Bearer ${token}` } });
    if (response.status === 401) return 'refused';
    if (response.status !== 200) return `status ${response.status}`;
    return ((await response.json()) as { reader: string }).reader;
  };

/** With what it says to each. */
async function verdictsOf(verify: Verify, tokens: [string, string][]): Promise<[string, string][]> {
  const verdicts: [string, string][] = [];
  for (const [name, token] of tokens) verdicts.push([name, await verify(token)]);
  return verdicts;
}

const allRefused = (tokens: [string, string][]) => tokens.map(([name]) => [name, 'refused']);

describe.each(cases)('the program for $heading, with $alg', ({ heading, alg }) => {
  test('accepts right tokens, and refuses each other one', async () => {
    const verify = await start(heading, alg);
    expect(await verify(await rightToken(live.pairs, alg, { sub: 'first' }))).toBe('first');
    const refused = await refusedOfPairs(live.pairs, alg);
    expect(await verdictsOf(verify, refused)).toEqual(allRefused(refused));
    expect(await verify(await rightToken(live.pairs, alg, { sub: 'last' }))).toBe('last');
  });
});

test.each(Object.keys({ ...FUNCTIONS, ...APPS }))(
  'the program for %s accepts the token of a login',
  async (heading) => {
    const verify = await start(heading, 'ES256');
    expect(await verify(live.adminToken)).toBe(live.adminId);
  },
);

test.each(Object.keys(APPS))('the program for %s lets in only who may', async (heading) => {
  const verify = await start(heading, 'ES256');
  const { pairs } = live;
  const permissions = ['invoices.read', 'invoices.list.all'];
  expect(await verify(await rightToken(pairs, 'ES256', { permissions }))).toBe('status 403');
  expect(await verify(await rightToken(pairs, 'ES256', { permissions: undefined }))).toBe(
    'status 403',
  );
});

describe('while the keys cannot be fetched', () => {
  const loadAway = async (heading: string) =>
    load(heading, { [KEY_SET_ADDRESS]: `http://127.0.0.1:${await freePort()}/` });

  /** How each program tells it, as the page says. */
  const SIGNS: Record<keyof typeof FUNCTIONS, (error: Fault) => boolean> = {
    jose: ({ code }) => code === undefined,
    jsonwebtoken: ({ isEndpointUnavailable }) => isEndpointUnavailable === true,
    'fast-jwt': ({ originalError }) => originalError?.isEndpointUnavailable === true,
  };

  test.each(Object.entries(SIGNS))('the program for %s tells it', async (heading, isAway) => {
    const { verify } = await loadAway(heading);
    const fault = await verify?.(live.adminToken).catch((error) => error);
    expect(isAway(fault as Fault)).toBe(true);

    const here = await load(heading, { [KEY_SET_ADDRESS]: live.keySetAddress });
    for (const [name, token] of await refusedOfPairs(live.pairs, 'ES256')) {
      const refusal = await here.verify?.(token).catch((error) => error);
      expect([name, isAway(refusal as Fault)]).toEqual([name, false]);
    }
  });

  test.each(Object.keys(APPS))('the program for %s answers 401', async (heading) => {
    const { app } = await loadAway(heading);
    const verify = verifyOverHttp(await serve(app as RequestListener));
    expect(await verify(live.adminToken)).toBe('refused');
  });
});

test('the program that holds the secret accepts right tokens, and refuses each other one', async () => {
  vi.stubEnv('JWT_SECRET', SECRET);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { verify } = await load(WITH_SECRET, {});
  const verdict = verifyWith(verify);
  const right = await rightToken(live.pairs, 'HS256', { sub: 'first' });
  expect(await verdict(right)).toBe('first');
  const refused = await refusedOfSecret(live.pairs);
  expect(await verdictsOf(verdict, refused)).toEqual(allRefused(refused));
  expect(await verdict(right)).toBe('first');
});

test('the page says of each example whether a test runs it', () => {
  const says = (sentence: RegExp) =>
    SECTIONS.filter(({ text }) => sentence.test(text)).map(({ heading }) => heading);
  const run = says(/^A test runs this code[.,]/m);
  expect(run.toSorted()).toEqual(
    [
      ...[WITH_SECRET, ...Object.keys(FUNCTIONS), ...Object.keys(APPS)],
      ...LANGUAGES.map(({ heading }) => heading),
    ].toSorted(),
  );
  const notTried = says(/^Not tried here\./m);
  expect([...run, ...notTried].toSorted()).toEqual(
    SECTIONS.map(({ heading }) => heading).toSorted(),
  );
});
