/** `portero/jwks-verifier` in a real browser. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PAIR_ALGORITHMS } from '#portero/internal/verification-key.ts';
import { describePage, openProfile } from '../support/browser.ts';
import { requireOfWrangler } from '../support/built-worker.ts';
import { makePair, type TestPair, tokenOf } from '../support/key-pairs.ts';
import { PAGE_URL } from '../support/page.ts';
import { ROOT } from '../support/process.ts';
import { TEST_ENV } from '../support/test-env.ts';

interface Bundler {
  buildSync(options: object): { outputFiles: { text: string }[] };
}

function bundleVerifier(): string {
  const { buildSync } = requireOfWrangler('esbuild') as Bundler;
  const entry = join(ROOT, 'packages/portero/src/jwks-verifier.ts');
  const options = { entryPoints: [entry], bundle: true, format: 'esm', write: false };
  return buildSync(options).outputFiles[0]?.text ?? '';
}

/** A web app with the verifier, and keys that pages of every origin may read. */
async function startApp(pairs: TestPair[]): Promise<string> {
  const keySet = `{"keys":[${pairs.map(({ publicKey }) => publicKey).join()}]}`;
  const files: Record<string, [string, string]> = {
    '/': ['text/html', '<!doctype html><title>A web app</title>'],
    '/jwks-verifier.js': ['text/javascript', bundleVerifier()],
    '/jwks.json': ['application/json', keySet],
  };
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ''] ?? ['text/plain', ''];
    response
      .setHeader('Content-Type', type)
      .setHeader('Access-Control-Allow-Origin', '*')
      .end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return String((server.address() as AddressInfo).port);
}

describePage('the verifier of public keys, in a browser', () => {
  test('accepts a token of each algorithm, by keys of another origin, and no other token', async () => {
    const pairs = await Promise.all(PAIR_ALGORITHMS.map((alg) => makePair(alg)));
    const port = await startApp(pairs);
    const profile = await openProfile();
    onTestFinished(() => profile.close());
    const page = await profile.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const verify = (jwksUrl: string, tokens: string[]) =>
      page.evaluate(`(async () => {
        const { createJwksVerifier } = await import('/jwks-verifier.js');
        const { issuer, audience } = ${JSON.stringify({ issuer: TEST_ENV.JWT_ISSUER, audience: TEST_ENV.JWT_AUDIENCE })};
        const verifier = createJwksVerifier({ jwksUrl: ${JSON.stringify(jwksUrl)}, issuer, audience });
        const verdicts = [];
        for (const token of ${JSON.stringify(tokens)}) {
          const { ok, value, reason } = await verifier.verify(token);
          verdicts.push(ok ? value.name : reason);
        }
        return verdicts;
      })()`);

    const good = await Promise.all(pairs.map((pair) => tokenOf(pair)));
    const elsewhere = `http://localhost:${port}/jwks.json`;
    expect(await verify(elsewhere, good)).toEqual(['jdoe', 'jdoe', 'jdoe']);
    const bad = [
      await tokenOf(pairs[0] as TestPair, { aud: 'another' }),
      await tokenOf(await makePair('ES256')),
      `${good[0]?.slice(0, -4)}AAAA`,
    ];
    expect(await verify(elsewhere, bad)).toEqual([
      'ERR_JWT_CLAIM_VALIDATION_FAILED',
      'ERR_JWKS_NO_MATCHING_KEY',
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    ]);
    // Portero's own address lets the page of every origin read it, and has no keys beside a secret.
    const own = `${PAGE_URL}/.well-known/jwks.json`;
    const read = page.evaluate(`fetch('${own}').then((response) => response.text())`);
    expect(await read).toBe('{"keys":[]}');
  });
});
