/**
 * Cross-origin resource sharing: which web apps may call this service from a browser.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * @module
 */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './app-env.ts';

/** How long a browser may remember a preflight; Chromium remembers none for longer. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200;

/**
 * Answers preflights, and marks the answers that a web app of an allowed origin may read. Any other
 * origin gets no CORS header at all. Credentials are never allowed: there are no cookies.
 */
export const allowOrigins: MiddlewareHandler<AppEnv> = async function allowOrigins(context, next) {
  const origin = context.req.header('Origin');
  if (origin === undefined || !isAllowedOrigin(origin, context.get('settings').corsOrigins)) {
    return next();
  }
  const isPreflight =
    context.req.method === 'OPTIONS' &&
    context.req.header('Access-Control-Request-Method') !== undefined;
  if (isPreflight) context.res = new Response(null, { status: 204, headers: PREFLIGHT_HEADERS });
  else await next();
  const { headers } = context.res;
  headers.set('Access-Control-Allow-Origin', origin);
  headers.set('Access-Control-Expose-Headers', 'Retry-After, WWW-Authenticate');
};

const PREFLIGHT_HEADERS = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_SECONDS),
};

/** An origin as browsers write it, `https` unless it is on this machine; `*.` stands for subdomains. */
const ALLOWED_ORIGIN =
  /^(https:\/\/(\*\.[a-z0-9-]+\.)?[a-z0-9.-]+(:\d+)?|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)$/;

/** Whether an entry of the allow-list can match an origin at all. */
export function isOriginPattern(entry: string): boolean {
  const example = entry.replace('*.', 'example.');
  return ALLOWED_ORIGIN.test(entry) && URL.parse(example)?.origin === example;
}

/** @param allowed entries that {@link isOriginPattern} has accepted */
export function isAllowedOrigin(origin: string, allowed: string[]): boolean {
  return allowed.some((entry) => {
    if (!entry.startsWith('https://*.')) return origin === entry;
    const suffix = entry.slice('https://*'.length);
    const subdomain = origin.slice('https://'.length, -suffix.length);
    return (
      origin === `https://${subdomain}${suffix}` && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(subdomain)
    );
  });
}
