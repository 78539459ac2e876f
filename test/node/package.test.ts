/** What `npm pack` makes, in a Worker of somebody else: `examples/invoices`, beside Portero in workerd. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecretVerifier } from '#portero/secret-verifier.ts';
import { makeTemporaryFolder } from '../support/make-temporary-folder.ts';
import { startPlainWrangler } from '../support/plain-wrangler.ts';
import { ROOT } from '../support/process.ts';
import { TEST_ENV } from '../support/test-env.ts';
import { forge } from '../support/tokens.ts';

const folder = makeTemporaryFolder();
const worker = join(folder, 'invoices');
const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');

const PACKAGE = 'packages/portero';
const NOT_COPIED = ['node_modules', '.git', '.wrangler', '.portero', `${PACKAGE}/dist`];
/** What `npm install` would bring along, and the types of where it runs. */
const DEPENDENCIES = ['jose', 'valibot', 'hono', '@cloudflare/workers-types', '@types/node'];

/** @returns what the program has printed, whether it has failed or not */
function run(cwd: string, program: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  return status === 0 ? stdout : `${stdout}${stderr}exit code ${status}`;
}

beforeAll(() => {
  const checkout = join(folder, 'checkout');
  const isCopied = (path: string) => !NOT_COPIED.some((name) => path === join(ROOT, name));
  cpSync(ROOT, checkout, { recursive: true, filter: isCopied });
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const manifests = () =>
    ['.', PACKAGE].map((path) => readFileSync(join(checkout, path, 'package.json'), 'utf8'));
  const before = manifests();
  run(checkout, 'npm', 'pack', '--workspace', 'portero', '--pack-destination', folder);
  expect(manifests()).toEqual(before);

  cpSync(join(ROOT, 'examples/invoices'), worker, { recursive: true });
  writeFileSync(join(worker, 'package.json'), '{ "type": "module" }');
  for (const name of DEPENDENCIES) {
    const target = join(worker, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), target);
  }
  const [archive = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  run(folder, 'tar', '-xzf', archive, '-C', join(worker, 'node_modules'));
  run(join(worker, 'node_modules'), 'mv', 'package', 'portero');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('holds what other Workers use, and brings along neither the service nor its Node', () => {
  const portero = join(worker, 'node_modules/portero');
  const manifest = JSON.parse(readFileSync(join(portero, 'package.json'), 'utf8'));
  expect(Object.keys(manifest.dependencies)).toEqual(['jose', 'valibot']);
  expect(manifest).not.toHaveProperty('optionalDependencies');
  expect(manifest.private).toBe(true);
  expect(readdirSync(join(portero, 'dist')).sort()).toEqual(
    ['client', 'internal', 'jwks-verifier', 'middleware', 'secret-verifier', 'verifier']
      .flatMap((name) => (name === 'internal' ? name : [`${name}.d.ts`, `${name}.js`]))
      .sort(),
  );
  expect(readdirSync(portero).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
});

test('exports each file of its folder, and nothing that is internal', () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, PACKAGE, 'package.json'), 'utf8'));
  const files = readdirSync(join(ROOT, PACKAGE, 'src')).filter((name) => name.endsWith('.ts'));
  expect(Object.keys(exports).sort()).toEqual(files.map((name) => `./${name.slice(0, -3)}`).sort());
});

/** Every type that is not really there would make one of these lines pass or fail the other way. */
const TYPES_IN_USE = `
import { Hono } from 'hono';
import { type CallerVariables, requirePermission, requireToken } from 'portero/middleware';
import { createJwksVerifier } from 'portero/jwks-verifier';
import { createSecretVerifier } from 'portero/secret-verifier';
import { type Verifier, verifyToken } from 'portero/verifier';

interface Env { PORTERO: Verifier }
const verifier: Verifier = createSecretVerifier({ secret: 's', issuer: 'i', audience: 'a' });
// @ts-expect-error an option that is missing
createSecretVerifier({ secret: 's', issuer: 'i' });
createSecretVerifier({ secret: 's', issuer: 'i', audience: 'a', clockToleranceSeconds: 60 });
// @ts-expect-error a number
createSecretVerifier({ secret: 's', issuer: 'i', audience: 'a', clockToleranceSeconds: '60' });
createJwksVerifier({ jwksUrl: 'https://u', issuer: 'i', audience: 'a' }) satisfies Verifier;
// @ts-expect-error an option of another verifier
createJwksVerifier({ secret: 's', issuer: 'i', audience: 'a' });
// @ts-expect-error no permission
requirePermission('invoices.fly');
// @ts-expect-error no option
requireToken({ bindings: 'X' });

new Hono<{ Variables: CallerVariables }>().get('/', requireToken({ verifier: () => verifier }), (c) => {
  const name: string = c.get('caller').name;
  // @ts-expect-error a text
  const id: number = c.get('caller').sub;
  return c.text(name + id);
});

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const verdict = await verifyToken(request, env.PORTERO, 'invoices.list');
    // @ts-expect-error not known yet
    verdict.caller;
    if ('response' in verdict) return verdict.response;
    return Response.json({ reader: verdict.caller.name });
  },
};
`;

test.each([
  ['bundler', 'esnext'],
  ['node16', 'node16'],
])('type-checks under moduleResolution %s', (moduleResolution, module) => {
  writeFileSync(join(worker, 'src/types-in-use.ts'), TYPES_IN_USE);
  const document = readFileSync(join(ROOT, 'docs/protect-a-worker.md'), 'utf8');
  const examples = [...document.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  expect(examples).toHaveLength(6);
  for (const [index, code] of examples.entries()) {
    writeFileSync(join(worker, `src/example-${index}.ts`), code);
  }
  const types = ['@cloudflare/workers-types'];
  const options = { module, moduleResolution, target: 'es2024', lib: ['es2024'], types };
  const compilerOptions = { ...options, strict: true, noEmit: true, skipLibCheck: true };
  writeFileSync(
    join(worker, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['src'] }),
  );
  expect(run(worker, process.execPath, tsc)).toBe('');
});

/** The answer to one request of a web app, as far as a browser looks at it. */
const corsOf = ({ status, headers }: Response) => ({
  status,
  origin: headers.get('Access-Control-Allow-Origin'),
  methods: headers.get('Access-Control-Allow-Methods'),
  headers: headers.get('Access-Control-Allow-Headers'),
  exposed: headers.get('Access-Control-Expose-Headers')?.replaceAll(' ', '') ?? null,
  vary: headers.get('Vary')?.includes('Origin') ?? false,
});
const preflight = (Origin: string, method = 'GET'): RequestInit => ({
  method: 'OPTIONS',
  headers: {
    Origin,
    'Access-Control-Request-Method': method,
    'Access-Control-Request-Headers': 'authorization,traceparent',
  },
});
const EXPOSED = 'Retry-After,WWW-Authenticate';

test('the documented Worker without a framework answers its web app, preflights included', async () => {
  const document = readFileSync(join(ROOT, 'docs/protect-a-worker.md'), 'utf8');
  const examples = [...document.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  const file = join(worker, 'documented.ts');
  writeFileSync(file, examples.find((code) => code.includes('isPreflight')) ?? '');
  const { default: documented } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = TEST_ENV;
  const PORTERO = createSecretVerifier({ secret, issuer, audience });
  const ask = async (init: RequestInit) =>
    corsOf(await documented.fetch(new Request('https://invoices.example.org', init), { PORTERO }));

  const origin = 'https://app.example.org';
  expect(await ask(preflight(origin))).toEqual({
    ...{ status: 204, origin, exposed: EXPOSED, vary: true },
    ...{ methods: 'GET, HEAD', headers: 'authorization,traceparent' },
  });
  const get = async (Origin: string, claims?: object): Promise<RequestInit> => ({
    headers: { Origin, ...(claims && { Authorization: `Bearer ${await forge(claims)}` }) },
  });
  const marked = { origin, exposed: EXPOSED, vary: true };
  const may = { permissions: ['invoices.list'] };
  expect(await ask(await get(origin, may))).toMatchObject({ status: 200, ...marked });
  expect(await ask(await get(origin))).toMatchObject({ status: 401, ...marked });
  expect(await ask(await get(origin, {}))).toMatchObject({ status: 403, ...marked });
  for (const other of ['https://attacker.example', 'null', `${origin}.attacker.example`]) {
    expect(await ask(preflight(other))).toMatchObject({ origin: null, headers: null, vary: true });
    expect(await ask(await get(other, may))).toMatchObject({ origin: null, exposed: null });
  }
});

test('has a client of one module under 3.5 KiB, gzipped', () => {
  const client = readFileSync(join(worker, 'node_modules/portero/dist/client.js'));
  expect(gzipSync(client).length).toBeLessThan(3.5 * 1024);
  expect(client.toString()).not.toMatch(/\b(import|require)\b/);
  const types = readFileSync(join(worker, 'node_modules/portero/dist/client.d.ts'), 'utf8');
  expect(types).toContain('Exchanges credentials for a token.'); // for editors
});

/** The examples in the documentation comments of a public module. */
function examplesOf(module: string): string[] {
  const source = readFileSync(join(ROOT, PACKAGE, 'src', `${module}.ts`), 'utf8');
  const blocks = [...source.matchAll(/^ \* @example\n \* ```ts\n(.*?)^ \* ```$/gms)];
  return blocks.map(([, code = '']) => code.replace(/^ \* ?/gm, ''));
}

/** The public functions and classes of a module. */
function publicNamesOf(module: string): string[] {
  const source = readFileSync(join(ROOT, PACKAGE, 'src', `${module}.ts`), 'utf8');
  const declarations = source.matchAll(/^export (?:async )?(?:function|class) (\w+)/gm);
  return [...declarations].map(([, name = '']) => name);
}

const MODULES = ['client', 'jwks-verifier', 'middleware', 'secret-verifier', 'verifier'];

test.each(MODULES)('every public function of portero/%s has an example that uses it', (module) => {
  const names = publicNamesOf(module);
  expect(names).not.toEqual([]);
  const examples = examplesOf(module).join('\n');
  for (const name of names) expect(examples).toMatch(new RegExp(`import .*\\b${name}\\b`));
});

test('the examples type-check', () => {
  const folder = join(worker, 'doc-comments');
  mkdirSync(folder);
  const examples = MODULES.flatMap(examplesOf);
  expect(examples.length).toBeGreaterThanOrEqual(6);
  for (const [index, code] of examples.entries()) {
    writeFileSync(join(folder, `example-${index}.ts`), `${code}\nexport {};`);
  }
  const compilerOptions = {
    ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2024', lib: ['es2024'] },
    ...{ types: ['@cloudflare/workers-types'], strict: true, noEmit: true, skipLibCheck: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  expect(run(folder, process.execPath, tsc)).toBe('');
});

/** What a web app would get wrong without the types. */
const CLIENT_IN_USE = `
import { type Client, type ClientOptions, type Claims, createClient, PorteroError, type PorteroErrorCode, type Session } from 'portero/client';

const options: ClientOptions = { baseUrl: '/', onLoginRequired: async ({ signal }) => signal.aborted };
const client: Client = createClient(options);
const session: Session | undefined = client.session;
// @ts-expect-error there may be none
client.session.can('invoices.create');
// @ts-expect-error no permission
session!.can('invoices.fly');
// @ts-expect-error a number
const left: string = session!.secondsLeft;
const claims: Claims = session!.claims;
const response: Promise<Response> = client.fetch(new URL('https://example.org'), { method: 'POST', body: new FormData() });
// @ts-expect-error no captcha
client.login({ userName: 'jdoe', password: 'x' });
const code: PorteroErrorCode = new PorteroError('login_refused', 'No.').code;
// @ts-expect-error no such code
const other: PorteroErrorCode = 'nothing';
// @ts-expect-error what to do then?
createClient({ baseUrl: '/' });
`;

test.each([
  ['a browser', ['es2024', 'dom'], []],
  ['Node', ['es2024'], ['node']],
  ['a Worker', ['es2024'], ['@cloudflare/workers-types']],
])('has a client with types for %s', (name, lib, types) => {
  const folder = join(worker, `client-${name.replace(' ', '-')}`);
  mkdirSync(folder);
  const document = readFileSync(join(ROOT, 'docs/web-app.md'), 'utf8');
  const examples = [...document.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code ?? '');
  expect(examples).toHaveLength(4);
  for (const [index, code] of [CLIENT_IN_USE, ...examples].entries()) {
    writeFileSync(join(folder, `example-${index}.ts`), `${code}\nexport {};`);
  }
  const compilerOptions = {
    ...{ module: 'esnext', moduleResolution: 'bundler', target: 'es2024', lib, types },
    ...{ strict: true, noEmit: true, skipLibCheck: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  expect(run(folder, process.execPath, tsc)).toBe('');
});

test('puts into a Worker with a binding neither a database driver nor a crypto library', () => {
  run(worker, process.execPath, wrangler, 'deploy', '--dry-run', '--outdir', 'out');
  const bundle = readFileSync(join(worker, 'out/index.js'), 'utf8');
  expect(bundle).toContain('insufficient_scope');
  for (const name of ['drizzle', 'neon', 'valibot', 'jwtVerify'])
    expect(bundle).not.toContain(name);
});

describe('the example', () => {
  let url: string;
  const get = async (token?: string, path = '/api/invoices', init: RequestInit = {}) => {
    const headers: HeadersInit = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(`${url}${path}`, { ...init, headers });
    const challenge = response.headers.get('WWW-Authenticate');
    return { status: response.status, challenge, body: await response.text() };
  };

  test('lets through who may, and asks Portero for nothing but the token', async () => {
    const configs = [join(worker, 'wrangler.toml'), join(ROOT, 'wrangler.toml')];
    url = await startPlainWrangler(
      configs.flatMap((config) => ['-c', config]),
      TEST_ENV,
    );
    const permitted = await get(await forge({ permissions: ['invoices.list'] }));
    expect(permitted.status).toBe(200);
    expect(JSON.parse(permitted.body)).toMatchObject({ reader: 'jdoe', invoices: [{}, {}] });
    const admin = await forge({ admin: true, permissions: undefined });
    expect(await get(admin, '/api/invoices', { method: 'POST' })).toMatchObject({ status: 201 });

    expect(await get(await forge({ permissions: ['invoices.read'] }))).toMatchObject({
      status: 403,
      challenge: 'Bearer realm="portero", error="insufficient_scope"',
    });
    expect(await get()).toEqual({ status: 401, challenge: 'Bearer realm="portero"', body: '' });
    expect(await get('x.y.z')).toEqual({
      status: 401,
      challenge: 'Bearer realm="portero", error="invalid_token"',
      body: '',
    });
    expect(await get(undefined, '/')).toMatchObject({ status: 200 });

    const invoices = `${url}/api/invoices`;
    const origin = 'http://localhost:3000';
    for (const method of ['GET', 'POST']) {
      expect(corsOf(await fetch(invoices, preflight(origin, method)))).toMatchObject({
        ...{ status: 204, origin, methods: 'GET,HEAD,POST', exposed: EXPOSED, vary: true },
        headers: 'authorization,traceparent',
      });
    }
    const headers = { Origin: origin };
    const marked = { origin, exposed: EXPOSED, vary: true };
    expect(corsOf(await fetch(invoices, { headers }))).toMatchObject({ status: 401, ...marked });
    for (const other of ['http://localhost:3001', 'https://localhost:3000', 'null', '']) {
      expect(corsOf(await fetch(invoices, preflight(other)))).toMatchObject({ origin: null });
    }
  });

  test('answers 503, and never 401, where Portero is away', async () => {
    url = await startPlainWrangler(['-c', join(worker, 'wrangler.toml')]);
    expect(await get(await forge())).toMatchObject({ status: 503, challenge: null });
    expect(await get()).toMatchObject({ status: 401 });
  });
});
