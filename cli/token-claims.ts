/**
 * `TOKEN_CLAIMS`, as the Worker will have it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { type AddedClaims, NO_ADDED_CLAIMS, readAddedClaims } from '../src/token/added-claims.ts';
import { OperatorError } from './operator-error.ts';

const WRANGLER_TOML = join(import.meta.dirname, '../wrangler.toml');

/**
 * Reads the setting from the environment, or else from `wrangler.toml`.
 *
 * @param file the path of `wrangler.toml`
 * @throws OperatorError where it is faulty
 */
export function readTokenClaims(file = WRANGLER_TOML): AddedClaims {
  const value = process.env.TOKEN_CLAIMS ?? readVariable(file);
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
    return NO_ADDED_CLAIMS;
  }
  const claims = readAddedClaims(value);
  if (!claims.ok) throw new OperatorError(`TOKEN_CLAIMS ${claims.details.problem}.`);
  return claims.value;
}

function readVariable(file: string): unknown {
  try {
    const { vars } = parse(readFileSync(file, 'utf8')) as {
      vars?: Record<string, unknown>;
    };
    return vars?.TOKEN_CLAIMS;
  } catch {
    throw new OperatorError('wrangler.toml cannot be read: TOKEN_CLAIMS may stand there.');
  }
}
