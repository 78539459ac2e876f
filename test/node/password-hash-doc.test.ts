/** The verifier that the documentation gives away. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import vectors from '../../docs/password-hash-vectors.json' with { type: 'json' };
import { ROOT } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fullCost } from '../support/weak-hashes.ts';

/** Hashes a password as a command of the operator does. */
function hashAtFullCost(password: string): string {
  const script = `
    import { hashPassword } from './src/password/password.ts';
    console.log(await hashPassword(process.argv[1]));`;
  const args = ['--input-type=module', '-e', script, password];
  const options = { cwd: ROOT, encoding: 'utf8', env: fullCost() } as const;
  return execFileSync(process.execPath, args, options).trim();
}

async function publishedVerifier(): Promise<(password: string, hash: string) => boolean> {
  const page = readFileSync(join(ROOT, 'docs/password-hash.md'), 'utf8');
  const [, code] = /```js\n(.*?)```/s.exec(page) ?? [];
  const file = join(temporaryFolder(), 'verify.mjs');
  writeFileSync(file, code ?? '');
  return (await import(file)).verify;
}

test('agrees with the vectors, and with the code', async () => {
  const verify = await publishedVerifier();
  const fresh = { password: 'correct horse', hash: hashAtFullCost('correct horse') };
  expect(fresh.hash).toContain('$p=sha512,i=10000,n=22,s=');
  for (const { password, hash } of [...vectors.hashes, ...vectors.wrapped, fresh]) {
    expect(verify(password, hash)).toBe(true);
    expect(verify(`${password}x`, hash)).toBe(false);
  }
});

test('the hash on the page is one of the vectors', () => {
  const page = readFileSync(join(ROOT, 'docs/password-hash.md'), 'utf8');
  expect(page).toContain(vectors.hashes[0]?.hash);
});
