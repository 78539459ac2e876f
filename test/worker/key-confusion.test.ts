/** All keys of a rotation at once: the kid of each with the algorithm of each, signed by each. */
import { importJWK } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { importSecretKey } from '#portero/internal/secret-key.ts';
import { ALGORITHMS, type Algorithm, PAIR_ALGORITHMS } from '#portero/internal/verification-key.ts';
import { makePair } from '../support/key-pairs.ts';
import { recordLog } from '../support/log.ts';
import { ORIGIN, sendWith } from '../support/requests.ts';
import { TEST_ENV } from '../support/test-env.ts';
import { hmac, signText, validClaims } from '../support/tokens.ts';

interface Key {
  kid: string;
  key: CryptoKey;
}

let keys: Record<Algorithm, Key>;
let settings: Partial<Env> & Record<string, unknown>;

beforeAll(async () => {
  const { JWT_SECRET } = TEST_ENV;
  const secret = { kid: (await importSecretKey(JWT_SECRET)).id, key: await hmac(JWT_SECRET) };
  const pairs = await Promise.all(PAIR_ALGORITHMS.map((alg) => makePair(alg)));
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const [ES256, EdDSA, RS256] = pairs;
  settings = {
    JWT_PRIVATE_KEY: ES256?.privateKey,
    JWT_PUBLIC_KEY_NEXT: EdDSA?.publicKey,
    JWT_PUBLIC_KEY_PREVIOUS: RS256?.publicKey,
    JWT_PUBLIC_KEY_PREVIOUS_UNTIL: until,
    JWT_SECRET_PREVIOUS: JWT_SECRET,
    JWT_SECRET_PREVIOUS_UNTIL: until,
  };
  const keySet = await sendWith(settings, new Request(`${ORIGIN}/.well-known/jwks.json`));
  const published = (await keySet.json<{ keys: { kid: string; alg: string }[] }>()).keys;
  const ofPairs = pairs.map(async ({ jwk }, index) => {
    const alg = PAIR_ALGORITHMS[index] ?? '';
    const kid = published.find((key) => key.alg === alg)?.kid ?? '';
    return [alg, { kid, key: (await importJWK(jwk, alg)) as CryptoKey }];
  });
  keys = Object.fromEntries([['HS256', secret], ...(await Promise.all(ofPairs))]);
});

const CASES = ALGORITHMS.flatMap((kidOf) =>
  ALGORITHMS.flatMap((alg) => ALGORITHMS.map((signer) => [kidOf, alg, signer] as const)),
);

test.each(CASES)('the kid of %s, called %s, signed by %s', async (kidOf, alg, signer) => {
  const header = JSON.stringify({ alg, typ: 'JWT', kid: keys[kidOf].kid });
  const token = await signText(header, JSON.stringify(validClaims()), keys[signer].key);
  const log = recordLog();
  const headers = { Authorization: `Bearer ${token}` };
  const response = await sendWith(settings, new Request(`${ORIGIN}/api/Users/me`, { headers }));
  const isRight = kidOf === alg && alg === signer;
  expect(response.status).toBe(isRight ? 200 : 401);
  const reasons = log.events('token_refused').map(({ reason }) => reason);
  const wrongKey = 'ERR_JWKS_NO_MATCHING_KEY';
  const wrongSignature = 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
  expect(reasons).toEqual(isRight ? [] : [kidOf === alg ? wrongSignature : wrongKey]);
});
