/**
 * Every route and every middleware.
 *
 * To add a route, add two lines here: the route, and `otherMethods` for its path. `dev/openapi.ts` documents each route from
 * the schemas that its module exports, and `test/worker/openapi.test.ts` asks for it.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from 'hono';
import { HonoBase } from 'hono/hono-base';
import { getPath } from 'hono/utils/url';
import { problem } from '#portero/internal/problem.ts';
import { requirePermission } from '#portero/middleware.ts';
import { changePassword } from './account/change-password.ts';
import { forgetPassword } from './account/forgotten-password.ts';
import { readMe } from './account/me.ts';
import { setPassword } from './account/set-password.ts';
import { readUser, readUsers } from './administration/users.ts';
import type { AppEnv } from './app-env.ts';
import { allowOrigins, EVERY_ORIGIN } from './http/cors.ts';
import { RememberingRouter } from './http/router.ts';
import { log, logUnexpected } from './log.ts';
import { login } from './login/login.ts';
import { readPublicConfig } from './public-config.ts';
import { readKeySet, readOpenIdConfiguration } from './public-keys.ts';
import type { SettingFault } from './settings/fault.ts';
import { readCorsOrigins, readSettings, readVerificationKeys } from './settings.ts';
import { readTestWidget } from './test-widget.ts';
import { requireOwnToken } from './token-verifier.ts';

/** A year. Subdomains are left out: the owner of this host may have others that speak plain HTTP. */
const HSTS = `max-age=${365 * 24 * 60 * 60}`;

/** No answer of the Worker itself is a page. A browser that shows one as a page runs nothing. */
const CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'";

const setSecurityHeaders: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  // RFC 6797, section 7.2: the header is not sent over plain HTTP.
  if (context.req.url.startsWith('https:')) headers.set('Strict-Transport-Security', HSTS);
};

/** Answers under `/api` are about one caller and one moment. */
const forbidCaching: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  context.res.headers.set('Cache-Control', 'no-store');
};

const requireSettings: MiddlewareHandler<AppEnv> = async (context, next) => {
  const settings = await readSettings(context.env);
  if (!settings.ok) return answerNotConfigured(settings.details);
  context.set('settings', settings.value);
  await next();
};

const requireKeys: MiddlewareHandler<AppEnv> = async (context, next) => {
  const keys = await readVerificationKeys(context.env);
  if (!keys.ok) return answerNotConfigured(keys.details);
  context.set('verificationKeys', keys.value);
  await next();
};

function answerNotConfigured(details: { faults: SettingFault[] }): Response {
  log({ event: 'settings_refused', ...details });
  return problem(503, { detail: 'The service is not configured.' });
}

/**
 * Lets a login go on when its caller hangs up. Workers would end it. So its hash slot becomes free, a right attempt is
 * taken out of the lockout's count, and the log tells how the login ended.
 * https://developers.cloudflare.com/workers/platform/limits/#duration
 */
const outliveCaller: MiddlewareHandler<AppEnv> = async (context, next) => {
  const rest = next();
  context.executionCtx.waitUntil(rest);
  await rest;
};

/**
 * What is public is for everybody. The list is not from the checked settings: where another setting is faulty, a web app must be
 * able to read the 503 too.
 */
const corsOriginsOf = (context: Context<AppEnv>) =>
  context.req.path.startsWith('/.well-known/') ? EVERY_ORIGIN : readCorsOrigins(context.env);

/**
 * ASP.NET Core matches paths without regard to case or a trailing slash, and clients rely on that. So a path is folded before
 * it is matched, and the routes are written in lower case.
 *
 * Hono's own choice of a router would be the same without a memory, after a try with one that cannot tell `/me` from `/:id`.
 */
export const app = new HonoBase<AppEnv>({
  router: new RememberingRouter(),
  getPath: (request) => foldApiPath(getPath(request)),
});

app.use(setSecurityHeaders);
app.use('/api/*', forbidCaching);
app.use(allowOrigins<AppEnv>(corsOriginsOf));
app.use('/api/*', requireSettings);

app.post('/api/auth', outliveCaller, login);
app.all('/api/auth', otherMethods('POST'));

app.post('/api/password', outliveCaller, setPassword);
app.all('/api/password', otherMethods('POST'));

app.post('/api/password/forgotten', outliveCaller, forgetPassword);
app.all('/api/password/forgotten', otherMethods('POST'));

app.get('/api/config', readPublicConfig);
app.all('/api/config', otherMethods('GET, HEAD'));

app.get('/api/users/me', requireOwnToken, readMe);
app.all('/api/users/me', otherMethods('GET, HEAD'));

app.post('/api/users/me/password', outliveCaller, requireOwnToken, changePassword);
app.all('/api/users/me/password', otherMethods('POST'));

app.get('/api/users', requireOwnToken, requirePermission('users.list'), readUsers);
app.all('/api/users', otherMethods('GET, HEAD'));

app.get('/api/users/:id', requireOwnToken, requirePermission('users.read'), readUser);
app.all('/api/users/:id', otherMethods('GET, HEAD'));

app.get('/.well-known/jwks.json', requireKeys, readKeySet);
app.all('/.well-known/jwks.json', otherMethods('GET, HEAD'));

app.get('/.well-known/openid-configuration', requireKeys, readOpenIdConfiguration);
app.all('/.well-known/openid-configuration', otherMethods('GET, HEAD'));

app.get('/turnstile/v0/api.js', requireSettings, readTestWidget);

app.notFound(() => problem(404));

app.onError((error) => {
  logUnexpected(error);
  return problem(500);
});

function foldApiPath(path: string): string {
  return /^\/api(\/|$)/i.test(path) ? path.toLowerCase().replace(/\/$/, '') : path;
}

/** Answers the methods that a path does not have. */
function otherMethods(allowed: string) {
  return () => problem(405, { headers: { Allow: allowed } });
}
