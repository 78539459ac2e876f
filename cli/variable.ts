/**
 * A setting that is no secret, as the Worker will have it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { OperatorError } from './operator-error.ts';

export const WRANGLER_TOML = join(import.meta.dirname, '../wrangler.toml');

/**
 * Reads a setting from the environment, or else from `wrangler.toml`.
 *
 * @param file the path of `wrangler.toml`
 * @returns `undefined` where it is missing or blank
 * @throws OperatorError where `wrangler.toml` cannot be read
 */
export function readVariable(name: string, file = WRANGLER_TOML): unknown {
  const value = process.env[name] ?? readVariables(name, file)?.[name];
  return typeof value === 'string' && value.trim() === '' ? undefined : value;
}

function readVariables(name: string, file: string): Record<string, unknown> | undefined {
  try {
    return (parse(readFileSync(file, 'utf8')) as { vars?: Record<string, unknown> }).vars;
  } catch {
    throw new OperatorError(`wrangler.toml cannot be read: ${name} may stand there.`);
  }
}
