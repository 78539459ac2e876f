/** What a deploy uploads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as weakCost from '#password/cost.ts';
import { DUMMY_TOKEN } from '../../dev/siteverify.ts';
import vectors from '../../docs/password-hash-vectors.json' with { type: 'json' };
import { users } from '../../src/db/schema.ts';
import { hashPassword } from '../../src/password/password.ts';
import { TEST_SECRETS } from '../../src/turnstile/test-keys.ts';
import { build, startBundle } from '../support/built-worker.ts';
import { useLocalDatabase } from '../support/operator.ts';
import { ROOT } from '../support/process.ts';
import { TEST_ENV } from '../support/test-env.ts';

let built: ReturnType<typeof build>;
beforeAll(() => {
  built = build();
});

test('is as large as the README says, and holds nothing of the stand-ins', () => {
  const size = Number(/gzip: ([\d.]+) KiB/.exec(built.output)?.[1]);
  const [, told] = /(\d+) KiB, gzipped/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  expect(Math.abs(size - Number(told))).toBeLessThan(1);

  for (const local of ['XXXX.DUMMY.TOKEN.XXXX', 'pglite', 'jdoe', 's3cr3t', 'node:fs']) {
    expect(built.bundle).not.toContain(local);
  }
});

describe('hashes at the full cost, which the tests do not', () => {
  const local = useLocalDatabase();
  let worker: ReturnType<typeof startBundle>;
  beforeAll(() => {
    worker = startBundle(built.bundle, {
      ...TEST_ENV,
      DATABASE_URL: local.databaseUrl(),
      TURNSTILE_SECRET_KEY: TEST_SECRETS.passes,
    });
  });
  afterAll(() => worker.stop());

  async function loginWith(password: string, passwordHash: string): Promise<number> {
    await local.db().update(users).set({ passwordHash }).where(eq(users.userName, 'jdoe'));
    await worker.derivations();
    const body = { UserName: 'jdoe', Password: password, CaptchaToken: DUMMY_TOKEN };
    return (await worker.login(body)).status;
  }

  const LAYER = { name: 'PBKDF2', hash: 'SHA-512', iterations: 10_000, saltBytes: 37, bits: 512 };

  test('a right login derives 22 layers of 10,000 iterations of PBKDF2-HMAC-SHA512', async () => {
    const [{ password, hash } = { password: '', hash: '' }] = vectors.hashes;
    expect(await loginWith(password, hash)).toBe(200);
    expect(await worker.derivations()).toEqual(Array(22).fill(LAYER));
  });

  test('a hash of the tests’ own cost is refused, also under the name of the full cost', async () => {
    const weak = await hashPassword('s3cr3t');
    const parameters = `i=${weakCost.ITERATIONS_PER_LAYER},n=${weakCost.LAYERS}`;
    expect(weak).toContain(`p=sha512,${parameters},s=`);
    for (const hash of [weak, weak.replace(parameters, 'i=10000,n=22')]) {
      expect(await loginWith('s3cr3t', hash)).toBe(401);
      expect(await worker.derivations()).toEqual(Array(22).fill(LAYER));
    }
  });
});
