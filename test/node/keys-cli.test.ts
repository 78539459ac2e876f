/** `keys generate` and `keys public`: the key pairs of operators. */
import { calculateJwkThumbprint, importJWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { PAIR_ALGORITHMS } from '#portero/internal/verification-key.ts';
import { runHere } from '../support/command.ts';
import { makePair } from '../support/key-pairs.ts';
import { shell } from '../support/shell.ts';

const keys = (args: string[], input = '') => runHere(['keys', ...args], {}, input);

describe.each(PAIR_ALGORITHMS)('a pair of %s', (alg) => {
  test('is printed as one line, of which the public key can be had', async () => {
    const generated = await keys(['generate', '--alg', alg]);
    expect(generated).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^\{.*\}\n$/) });
    const jwk = JSON.parse(generated.output);
    expect(jwk).toMatchObject({ alg, use: 'sig', d: expect.any(String) });
    expect(await importJWK(jwk, alg)).toMatchObject({ type: 'private' });

    const published = await keys(['public'], generated.output);
    expect(published).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^\{.*\}\n$/) });
    const { kty, crv, x, y, n, e } = jwk;
    const kid = await calculateJwkThumbprint(jwk);
    const expected = { kty, crv, x, y, n, e, kid, alg, use: 'sig' };
    expect(JSON.parse(published.output)).toEqual(JSON.parse(JSON.stringify(expected)));
  });
});

test('each key is another one, of ES256 where nothing is said', async () => {
  const [one, another] = [await keys(['generate']), await keys(['generate'])];
  expect(one.output).not.toBe(another.output);
  expect(JSON.parse(one.output).alg).toBe('ES256');
});

test('an RSA key has 2,048 bits or more', async () => {
  const { n } = JSON.parse((await keys(['generate', '--alg', 'RS256'])).output);
  expect(Buffer.from(n, 'base64url').length * 8).toBeGreaterThanOrEqual(2_048);
});

test('a pipe takes the key from npm without a word of npm', async () => {
  const output = await shell('npm run --silent portero -- keys generate');
  expect(JSON.parse(output)).toMatchObject({ kty: 'EC' });
  expect(output.trim().split('\n')).toHaveLength(1);
});

test.each<[string, () => Promise<string>, string]>([
  ['nothing', async () => '', 'Standard input is not the JSON of a key (a JWK).'],
  ['a secret', async () => 'x'.repeat(40), 'Standard input is not the JSON of a key (a JWK).'],
  [
    'a public key',
    async () => (await makePair('EdDSA')).publicKey,
    'Standard input is a public key: set the private one.',
  ],
  ['a book', async () => 'x'.repeat(20_000), 'Standard input is no private key.'],
])('%s on standard input is told in a sentence', async (_, make, sentence) => {
  expect(await keys(['public'], await make())).toEqual({ exitCode: 1, output: `${sentence}\n` });
});

test('an algorithm that signs no tokens is refused', async () => {
  const { exitCode, output } = await keys(['generate', '--alg', 'HS256']);
  expect(exitCode).toBe(2);
  expect(output).toContain('Allowed choices are ES256, EdDSA, RS256.');
});
