/** A live Portero for the programs of other services: its public keys over HTTP, and a token of a login. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll } from 'vitest';
import { PAIR_ALGORITHMS, type PairAlgorithm } from '#portero/internal/verification-key.ts';
import { DUMMY_TOKEN } from '../../dev/siteverify.ts';
import vectors from '../../docs/password-hash-vectors.json' with { type: 'json' };
import { users } from '../../src/db/schema.ts';
import { TEST_SECRETS } from '../../src/turnstile/test-keys.ts';
import { build, startBundle } from './built-worker.ts';
import { makePair, type TestPair } from './key-pairs.ts';
import { useLocalDatabase } from './operator.ts';
import { noteToken } from './secrets.ts';
import { TEST_ENV } from './test-env.ts';

/** As docs/verify-elsewhere.md has them. */
export const ISSUER = 'https://login.example.org';
export const AUDIENCE = 'portero';
export const SECRET = TEST_ENV.JWT_SECRET;

export type Pairs = Record<PairAlgorithm, TestPair>;

/** Publishes a pair of each algorithm, of which the one of ES256 signs. */
export function useLivePortero() {
  const local = useLocalDatabase();
  const live = { pairs: {} as Pairs, keySetAddress: '', adminToken: '', adminId: '' };
  let worker: ReturnType<typeof startBundle>;

  beforeAll(async () => {
    for (const alg of PAIR_ALGORITHMS) live.pairs[alg] = await makePair(alg);
    worker = startBundle(build().bundle, {
      ...TEST_ENV,
      DATABASE_URL: local.databaseUrl(),
      TURNSTILE_SECRET_KEY: TEST_SECRETS.passes,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
      JWT_PRIVATE_KEY: live.pairs.ES256.privateKey,
      JWT_PUBLIC_KEY_NEXT: live.pairs.RS256.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS: live.pairs.EdDSA.publicKey,
      JWT_PUBLIC_KEY_PREVIOUS_UNTIL: new Date(Date.now() + 3_600_000).toISOString(),
    });
    live.keySetAddress = `${await worker.address()}/.well-known/jwks.json`;

    const [{ password, hash } = { password: '', hash: '' }] = vectors.hashes;
    const isAdmin = eq(users.userName, 'admin');
    const [{ id } = { id: '' }] = await local
      .db()
      .update(users)
      .set({ passwordHash: hash })
      .where(isAdmin)
      .returning({ id: users.id });
    live.adminId = id;
    const body = { UserName: 'admin', Password: password, CaptchaToken: DUMMY_TOKEN };
    const { token } = (await (await worker.login(body)).json()) as { token: string };
    noteToken(token);
    live.adminToken = token;
  });
  afterAll(() => worker?.stop());
  return live;
}
