/**
 * `TOKEN_CLAIMS`, as the Worker will have it.
 *
 * @module
 */
import { type AddedClaims, NO_ADDED_CLAIMS, readAddedClaims } from '../src/token/added-claims.ts';
import { OperatorError } from './operator-error.ts';
import { readVariable, WRANGLER_TOML } from './variable.ts';

/**
 * Reads the setting from the environment, or else from `wrangler.toml`.
 *
 * @param file the path of `wrangler.toml`
 * @throws OperatorError where it is faulty
 */
export function readTokenClaims(file = WRANGLER_TOML): AddedClaims {
  const value = readVariable('TOKEN_CLAIMS', file);
  if (value === undefined) return NO_ADDED_CLAIMS;
  const claims = readAddedClaims(value);
  if (!claims.ok) throw new OperatorError(`TOKEN_CLAIMS ${claims.details.problem}.`);
  return claims.value;
}
