/**
 * Cross-origin resource sharing: which web apps may call this service from a browser.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * @module
 */
import type { Context, Env, MiddlewareHandler } from 'hono';
import { isAllowedOrigin } from './origins.ts';

/** How long a browser may remember a preflight. Chromium remembers none for longer. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200;

const PREFLIGHT_HEADERS = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_SECONDS),
};

/**
 * Answers preflights, and marks the answers that a web app of an allowed origin may read. Any other origin gets no CORS
 * header at all. Credentials are never allowed: there are no cookies.
 *
 * @param allowedOf returns the allow-list of a request: entries that `isOriginPattern` has accepted
 */
export function allowOrigins<E extends Env>(
  allowedOf: (context: Context<E>) => string[],
): MiddlewareHandler<E> {
  return async function allowOrigins(context, next) {
    const origin = context.req.header('Origin');
    if (origin === undefined || !isAllowedOrigin(origin, allowedOf(context))) return next();
    const isPreflight =
      context.req.method === 'OPTIONS' &&
      context.req.header('Access-Control-Request-Method') !== undefined;
    if (isPreflight) context.res = new Response(null, { status: 204, headers: PREFLIGHT_HEADERS });
    else await next();
    const { headers } = context.res;
    headers.set('Access-Control-Allow-Origin', origin);
    headers.set('Access-Control-Expose-Headers', 'Retry-After, WWW-Authenticate');
  };
}
