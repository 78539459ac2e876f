/** The verifier that the documentation gives away. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import vectors from '../../docs/password-hash-vectors.json' with { type: 'json' };
import { hashPassword } from '../../src/password/password.ts';
import { ROOT } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function publishedVerifier(): Promise<(password: string, hash: string) => boolean> {
  const page = readFileSync(join(ROOT, 'docs/password-hash.md'), 'utf8');
  const [, code] = /```js\n(.*?)```/s.exec(page) ?? [];
  const file = join(temporaryFolder(), 'verify.mjs');
  writeFileSync(file, code ?? '');
  return (await import(file)).verify;
}

test('agrees with the vectors, and with the code', async () => {
  const verify = await publishedVerifier();
  const fresh = { password: 'correct horse', hash: await hashPassword('correct horse') };
  for (const { password, hash } of [...vectors.hashes, ...vectors.wrapped, fresh]) {
    expect(verify(password, hash)).toBe(true);
    expect(verify(`${password}x`, hash)).toBe(false);
  }
});

test('the hash on the page is one of the vectors', () => {
  const page = readFileSync(join(ROOT, 'docs/password-hash.md'), 'utf8');
  expect(page).toContain(vectors.hashes[0]?.hash);
});
