/**
 * The flood limits: Cloudflare's Rate Limiting binding.
 * https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
 *
 * The binding counts for each of Cloudflare's locations, and it is a little behind. That is good enough against a flood.
 * The lockout has the exact count.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';

/** The periods of the limits in `wrangler.toml`. The binding does not tell how much of a period is left. */
export const ADDRESS_LIMIT_PERIOD_SECONDS = 60;
export const NAME_LIMIT_PERIOD_SECONDS = 10;

/** How long a login waits for the binding. The binding answers from the memory of its own machine. */
const BINDING_DEADLINE_MS = 500;

/** A limit is absent where `wrangler.toml` does not bind it. */
export interface RateLimits {
  address: RateLimit | undefined;
  name: RateLimit | undefined;
}

/** Why a limit could not count a request. */
export type FloodLimitReason =
  | 'binding_missing'
  | 'binding_failed'
  | 'binding_timeout'
  | 'address_missing';

/**
 * Counts a request.
 *
 * @param key whose requests are counted. `undefined` where the client's address is not known
 * @returns whether the request is one too many
 */
export async function countRequest(
  limit: RateLimit | undefined,
  key: string | undefined,
): Promise<Result<boolean, FloodLimitReason>> {
  if (limit === undefined) return fail('binding_missing');
  if (key === undefined) return fail('address_missing');
  const deadline = scheduler.wait(BINDING_DEADLINE_MS).then(() => fail('binding_timeout'));
  try {
    const count = limit.limit({ key }).then(({ success }) => succeed(!success));
    return await Promise.race([count, deadline]);
  } catch {
    return fail('binding_failed');
  }
}
