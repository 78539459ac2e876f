/**
 * The flood limits of the routes that need no token, and of the change of a password.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { digestOf } from './digest.ts';
import type { ClientAddress } from './http/client-address.ts';
import { countRequest, type RateLimits } from './http/flood-limits.ts';
import { log } from './log.ts';
import type { Settings } from './settings.ts';

/** Counts a request under the client's address. */
export async function checkAddressLimit(
  client: ClientAddress | undefined,
  { rateLimits }: Settings,
): Promise<Result<undefined, 'address_limit_exceeded'>> {
  return check(rateLimits, 'address', client?.network, 'address_limit_exceeded');
}

/**
 * Counts a request under the digest of the name that it is about: the key leaves the isolate, and people type passwords into
 * the name field.
 */
export async function checkNameLimit(
  normalizedUserName: string,
  { rateLimits }: Settings,
): Promise<Result<undefined, 'name_limit_exceeded'>> {
  return check(rateLimits, 'name', await digestOf(normalizedUserName), 'name_limit_exceeded');
}

/** Counts a forgotten password under the digest of its name. Its count is not that of the logins. */
export async function checkForgottenLimit(
  nameDigest: string,
  { rateLimits }: Settings,
): Promise<Result<undefined, 'name_limit_exceeded'>> {
  return check(rateLimits, 'name', `forgotten:${nameDigest}`, 'name_limit_exceeded');
}

/** Counts the use of a link under the digest of its token, because nobody knows the name yet. */
export async function checkLinkLimit(
  tokenDigest: string,
  { rateLimits }: Settings,
): Promise<Result<undefined, 'link_limit_exceeded'>> {
  return check(rateLimits, 'name', `link:${tokenDigest}`, 'link_limit_exceeded');
}

/**
 * If a limit cannot count, the service goes on without it and logs that. To count all clients under one key would be worse:
 * one flood would keep everybody out.
 */
async function check<Reason extends string>(
  limits: RateLimits,
  limit: keyof RateLimits,
  key: string | undefined,
  reason: Reason,
): Promise<Result<undefined, Reason>> {
  const exceeded = await countRequest(limits[limit], key);
  if (!exceeded.ok) log({ event: 'rate_limit_off', limit, fault: exceeded.reason });
  return exceeded.ok && exceeded.value ? fail(reason) : succeed();
}
