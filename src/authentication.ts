/**
 * Protected routes: the bearer token of a request (RFC 6750).
 *
 * @module
 */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './app-env.ts';
import { readClientAddress } from './client-address.ts';
import { log } from './log.ts';
import { unauthorized } from './problem.ts';
import { verifyToken } from './token/verify.ts';

/**
 * Lets a request through that carries exactly one valid token, whose claims are then
 * `context.get('caller')`. The database is not asked.
 */
export const requireToken: MiddlewareHandler<AppEnv> = async function requireToken(context, next) {
  const { signingKey, issuance } = context.get('settings');
  const authorization = context.req.header('Authorization') ?? '';
  const [, token] = /^bearer +(.+)$/i.exec(authorization.trim()) ?? [];
  // Without a token, or with another scheme, the challenge carries no error (RFC 6750, section 3.1).
  if (token === undefined) return unauthorized();

  const verdict = await verifyToken(token, signingKey, issuance, Date.now());
  if (!verdict.valid) {
    const address = readClientAddress(context.req.raw.headers)?.address;
    log({ event: 'token_refused', reason: verdict.reason, address });
    return unauthorized('invalid_token');
  }
  context.set('caller', verdict.claims);
  await next();
};
