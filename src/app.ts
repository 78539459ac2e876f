/**
 * Every route and every middleware.
 *
 * @module
 */
import { Hono, type MiddlewareHandler } from 'hono';
import { getPath } from 'hono/utils/url';
import type { AppEnv } from './app-env.ts';
import { requireOwnToken } from './authentication.ts';
import { changePassword } from './change-password.ts';
import { readConfig } from './config.ts';
import { allowOrigins } from './cors.ts';
import { log, logUnexpected } from './log.ts';
import { login } from './login.ts';
import { requirePermission } from './middleware.ts';
import { problem } from './problem.ts';
import { readSettings } from './settings.ts';
import { readTestWidget } from './test-widget.ts';
import { readMe, readUser, readUsers } from './users.ts';

/** A year. Not for subdomains: whoever owns this host may have others that speak plain HTTP. */
const HSTS = `max-age=${365 * 24 * 60 * 60}`;

/** Nothing that the Worker itself answers is a page: a browser that shows it as one runs nothing. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

const setSecurityHeaders: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  // RFC 6797, section 7.2: not over plain HTTP.
  if (context.req.url.startsWith('https:')) headers.set('Strict-Transport-Security', HSTS);
};

/** What depends on the caller's origin must not be answered to another one from a cache. */
const forbidCaching: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  context.res.headers.set('Cache-Control', 'no-store');
  context.res.headers.set('Vary', 'Origin');
};

const requireSettings: MiddlewareHandler<AppEnv> = async (context, next) => {
  const verdict = await readSettings(context.env);
  if (!verdict.ok) {
    log({ event: 'settings_refused', faults: verdict.faults });
    return problem(503, 'The service is not configured.');
  }
  context.set('settings', verdict.settings);
  await next();
};

/**
 * A caller who hangs up does not end the login, as Workers otherwise would: it makes room for others, a
 * right one is taken out of the lockout's count, and the log has its outcome.
 * https://developers.cloudflare.com/workers/platform/limits/#duration
 */
const outliveCaller: MiddlewareHandler<AppEnv> = async (context, next) => {
  const rest = next();
  context.executionCtx.waitUntil(rest);
  await rest;
};

export const app = new Hono<AppEnv>({ getPath: (request) => foldApiPath(getPath(request)) });

app.use(setSecurityHeaders);
app.use('/api/*', forbidCaching, requireSettings, allowOrigins);

app.post('/api/auth', outliveCaller, login);
app.all('/api/auth', refuseMethod('POST'));

app.get('/api/config', readConfig);
app.all('/api/config', refuseMethod('GET, HEAD'));

app.get('/api/users/me', requireOwnToken, readMe);
app.all('/api/users/me', refuseMethod('GET, HEAD'));

app.post('/api/users/me/password', outliveCaller, requireOwnToken, changePassword);
app.all('/api/users/me/password', refuseMethod('POST'));

app.get('/api/users', requireOwnToken, requirePermission('users.list'), readUsers);
app.all('/api/users', refuseMethod('GET, HEAD'));

app.get('/api/users/:id', requireOwnToken, requirePermission('users.read'), readUser);
app.all('/api/users/:id', refuseMethod('GET, HEAD'));

app.get('/turnstile/v0/api.js', requireSettings, readTestWidget);

app.notFound(() => problem(404));

app.onError((error) => {
  logUnexpected(error);
  return problem(500);
});

/**
 * ASP.NET Core matches paths without regard to case or a trailing slash, and clients rely on it.
 * The routes above are therefore written in lower case.
 */
function foldApiPath(path: string): string {
  return /^\/api(\/|$)/i.test(path) ? path.toLowerCase().replace(/\/$/, '') : path;
}

function refuseMethod(allowed: string) {
  return () => problem(405, undefined, { Allow: allowed });
}
