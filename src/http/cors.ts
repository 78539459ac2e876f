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

/**
 * Any header: the token is in one, and no cookie exists, so a header gives a web app of an allowed origin nothing that it does
 * not have. Monitoring adds its own to every request: `traceparent`, `sentry-trace`, `x-datadog-trace-id` and others. The
 * wildcard does not stand for `Authorization`: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
 */
const ALLOWED_HEADERS = '*, Authorization';

const PREFLIGHT_HEADERS = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': ALLOWED_HEADERS,
  'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_SECONDS),
};

const EXPOSED_HEADERS = 'Retry-After, WWW-Authenticate, ETag, Location';

/** In place of an allow-list: any page may read the answers. */
export const EVERY_ORIGIN = '*';

/**
 * Answers preflights, and marks the answers that a web app of an allowed origin may read. Any other origin gets no CORS
 * header at all. Credentials are never allowed: there are no cookies.
 *
 * It stands before everything that can answer, so that a web app can tell a fault of the service from a network error.
 *
 * @param allowedOf returns the allow-list of a request: entries that `readOriginPattern` has accepted, or {@link EVERY_ORIGIN}
 */
export function allowOrigins<E extends Env>(
  allowedOf: (context: Context<E>) => string[] | typeof EVERY_ORIGIN,
): MiddlewareHandler<E> {
  return async function allowOrigins(context, next) {
    const allowed = allowedOf(context);
    const origin = allowedOrigin(context.req.header('Origin'), allowed);
    const isPreflight =
      context.req.method === 'OPTIONS' &&
      context.req.header('Access-Control-Request-Method') !== undefined;
    if (origin !== undefined && isPreflight) {
      context.res = new Response(null, { status: 204, headers: PREFLIGHT_HEADERS });
    } else await next();
    const { headers } = context.res;
    // A cache must not give the answer for one origin to another.
    if (allowed !== EVERY_ORIGIN) headers.set('Vary', 'Origin');
    if (origin === undefined) return;
    headers.set('Access-Control-Allow-Origin', origin);
    headers.set('Access-Control-Expose-Headers', EXPOSED_HEADERS);
  };
}

/** @returns what the answer says about its readers: `undefined` where the page is none of them */
function allowedOrigin(
  origin: string | undefined,
  allowed: string[] | typeof EVERY_ORIGIN,
): string | undefined {
  if (allowed === EVERY_ORIGIN) return EVERY_ORIGIN;
  return origin !== undefined && isAllowedOrigin(origin, allowed) ? origin : undefined;
}
