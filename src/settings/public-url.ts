/**
 * `PUBLIC_URL`: where the pages of Portero are, for the links that it makes. Never the host of a request: anybody can send
 * a request with another host, and the link in a mail would lead there (ASVS 5.0, section 4.1).
 *
 * @module
 */
import { readOriginPattern } from '../http/origins.ts';

export const PUBLIC_URL_PROBLEM =
  'is not an https origin such as https://login.example.org, or http on this machine';

/**
 * Reads the setting.
 *
 * ```ts
 * readPublicUrl('https://login.example.org/'); // https://login.example.org
 * ```
 *
 * @returns the origin, without a slash at the end. `undefined` for anything else
 */
export function readPublicUrl(text: string): string | undefined {
  const origin = readOriginPattern(text);
  const isWebPage = origin.ok && /^https?:\/\/[^*]+$/.test(origin.value);
  return isWebPage ? origin.value : undefined;
}
