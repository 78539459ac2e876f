/**
 * The settings of the links that a command prints.
 *
 * @module
 */
import * as v from 'valibot';
import { LINK_HOURS } from '../src/settings/environment.ts';
import { PUBLIC_URL_PROBLEM, readPublicUrl } from '../src/settings/public-url.ts';
import type { Target } from './database.ts';
import { OperatorError } from './operator-error.ts';
import { readVariable } from './variable.ts';

/**
 * Reads where the links lead. On the local database, they lead to `npm run dev`.
 *
 * @throws OperatorError where `PUBLIC_URL` is missing or faulty
 */
export async function readLinkOrigin({ isLocal }: Target): Promise<string> {
  if (isLocal) return (await import('../dev/public-url.ts')).servedPublicUrl();
  const setting = readVariable('PUBLIC_URL');
  if (setting === undefined) {
    throw new OperatorError(
      'PUBLIC_URL is missing: set it to the origin of the login page, such as https://login.example.org. It may stand in wrangler.toml.',
    );
  }
  const origin = readPublicUrl(String(setting).trim());
  if (origin === undefined) throw new OperatorError(`PUBLIC_URL ${PUBLIC_URL_PROBLEM}.`);
  return origin;
}

/** Reads for how many hours a link is good. @throws OperatorError where the setting is faulty */
export function readLinkHours(name: keyof typeof LINK_HOURS): number {
  const hours = v.safeParse(LINK_HOURS[name], readVariable(name));
  if (!hours.success) throw new OperatorError(`${name} ${hours.issues[0].message}.`);
  return hours.output;
}
