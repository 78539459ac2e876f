/** The verifier is quick and remembers. Its verdicts are those of the plain way, whatever it is asked and when. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJwtVerifier } from '#portero/internal/jwt-verifier.ts';
import { importPreviousSecret, importSecretKey } from '#portero/internal/secret-key.ts';
import { anyToken, ISSUED_AT, SECRETS } from '../support/any-token.ts';
import { TEST_ENV } from '../support/test-env.ts';
import { verifyPlainly } from '../support/verify-plainly.ts';

const issuance = { issuer: TEST_ENV.JWT_ISSUER, audience: TEST_ENV.JWT_AUDIENCE };

/** In milliseconds since 1970, and most often where a verdict changes. */
const moment = fc.oneof(
  fc.constant(ISSUED_AT * 1000 + 60_000),
  fc
    .tuple(
      fc.constantFrom(0, 60, 900, 1800),
      fc.constantFrom(-60, -5, -1, 0, 1, 5, 60),
      fc.constantFrom(-1, 0, 1, 500),
    )
    .map(([edge, seconds, ms]) => (ISSUED_AT + edge + seconds) * 1000 + ms),
);

/** The end of the previous key. */
const until = (ISSUED_AT + 900) * 1000;

test('each verdict is that of the plain way, the reason included, however often a token is asked about', async () => {
  const verdicts = new Set<string>();
  const tokens = fc.array(anyToken, { minLength: 1, maxLength: 3 });
  const questions = fc.array(fc.record({ index: fc.nat(2), now: moment }), {
    minLength: 2,
    maxLength: 8,
  });
  const tolerance = fc.constantFrom(undefined, 0, 1, 60);
  await fc.assert(
    fc.asyncProperty(tokens, questions, tolerance, async (recipes, asked, seconds) => {
      const options = {
        keys: [
          await importSecretKey(SECRETS.current),
          await importPreviousSecret({ secret: SECRETS.previous, until }),
        ],
        issuance,
        clockToleranceSeconds: seconds,
      };
      const verifier = createJwtVerifier(options);
      const made = await Promise.all(recipes.map((make) => make()));
      for (const { index, now } of asked) {
        const token = made[index % made.length] ?? '';
        const verdict = await verifier.verify(token, now);
        expect(verdict).toStrictEqual(await verifyPlainly(token, options, now));
        verdicts.add(verdict.ok ? 'valid' : verdict.reason);
      }
    }),
    { numRuns: 1500 },
  );
  // The tokens are of every kind.
  expect([...verdicts].toSorted()).toEqual([
    'ERR_JOSE_ALG_NOT_ALLOWED',
    'ERR_JOSE_NOT_SUPPORTED',
    'ERR_JWKS_NO_MATCHING_KEY',
    'ERR_JWS_INVALID',
    'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    'ERR_JWT_CLAIM_VALIDATION_FAILED',
    'ERR_JWT_EXPIRED',
    'ERR_JWT_INVALID',
    'claims',
    'malformed',
    'too_long',
    'valid',
  ]);
});
