/**
 * The flood limits: Cloudflare's Rate Limiting binding.
 * https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
 *
 * It counts for each of Cloudflare's locations and is a little behind, which is good enough against a
 * flood. The exact count is the lockout's.
 *
 * @module
 */
import { log } from './log.ts';

/** The periods of the limits in `wrangler.toml`; the binding does not tell how much of one is left. */
export const ADDRESS_LIMIT_PERIOD_SECONDS = 60;
export const NAME_LIMIT_PERIOD_SECONDS = 10;

/** How long a login waits for the binding, which answers from the memory of its own machine. */
const RATE_LIMIT_DEADLINE_MS = 500;

/** A limit is absent where `wrangler.toml` does not bind it. */
export interface RateLimits {
  address: RateLimit | undefined;
  name: RateLimit | undefined;
}

/** Why a limit let a request pass without counting it. */
export type RateLimitFault =
  | 'binding_missing'
  | 'binding_failed'
  | 'binding_timeout'
  | 'address_missing';

/**
 * Counts a request, and says whether it is one too many. Where that cannot be counted, the service goes
 * on without the limit and logs it: a bucket that everybody shares would lock everybody out.
 *
 * @param key whose requests are counted; `undefined` where the client's address is not known
 */
export async function exceedsLimit(
  limits: RateLimits,
  limit: keyof RateLimits,
  key: string | undefined,
): Promise<boolean> {
  const verdict = await count(limits[limit], key);
  if (typeof verdict === 'boolean') return verdict;
  log({ event: 'rate_limit_off', limit, fault: verdict });
  return false;
}

async function count(
  limiter: RateLimit | undefined,
  key: string | undefined,
): Promise<boolean | RateLimitFault> {
  if (limiter === undefined) return 'binding_missing';
  if (key === undefined) return 'address_missing';
  const deadline = scheduler.wait(RATE_LIMIT_DEADLINE_MS).then(() => 'binding_timeout' as const);
  try {
    return await Promise.race([limiter.limit({ key }).then(({ success }) => !success), deadline]);
  } catch {
    return 'binding_failed';
  }
}

/** What names are counted under: it leaves the isolate, and people type passwords for names. */
export async function digestOf(name: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(name));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
