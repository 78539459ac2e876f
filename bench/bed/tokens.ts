/**
 * Tokens of the bench, as the Worker itself would issue them.
 *
 * @module
 */
import { importSecretKey } from '#portero/internal/secret-key.ts';
import { NO_ADDED_CLAIMS } from '../../src/token/added-claims.ts';
import { issueToken } from '../../src/token/issue-token.ts';
import type { SigningKey } from '../../src/token/sign.ts';
import { expectValue } from '../../test/support/expect-value.ts';
import { VARIABLES } from './workerd-config.ts';

const { JWT_ISSUER: issuer = '', JWT_AUDIENCE: audience = '' } = VARIABLES;

/** More than a core can verify in a millisecond. */
const TOKENS_PER_MS = 10;

/** Issues tokens of one user. Each has a `jti` of its own. */
export async function issueTokens(
  secret: string,
  permissions: string[],
  count: number,
): Promise<string[]> {
  return issueTokensBy(await importSecretKey(secret), permissions, count);
}

/** The same, with any key. */
export async function issueTokensBy(
  signingKey: SigningKey,
  permissions: string[],
  count: number,
): Promise<string[]> {
  const role = { id: 1, name: 'Sales', isAdmin: false, permissions };
  const subject = { id: '0f8fad5b-d9cb-469f-a165-70867728950e', userName: 'user-0', role };
  const settings = { issuance: { issuer, audience }, signingKey, addedClaims: NO_ADDED_CLAIMS };
  const tokens = Array.from({ length: count }, () => issueToken(subject, settings));
  return (await Promise.all(tokens)).map(expectValue);
}

/** Issues so many tokens that a load of some milliseconds sends none of them twice. */
export function issueNewTokens(
  secret: string,
  permissions: string[],
  ms: number,
): Promise<string[]> {
  return issueTokens(secret, permissions, ms * TOKENS_PER_MS);
}
