/**
 * Every route and every middleware.
 *
 * @module
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getPath } from 'hono/utils/url';
import type { AppEnv } from './app-env.ts';
import { requireToken } from './authentication.ts';
import { log } from './log.ts';
import { login, refuse } from './login.ts';
import { isJson, MAX_BODY_BYTES } from './login-request.ts';
import { problem } from './problem.ts';
import { readSettings } from './settings.ts';
import { readMe } from './users.ts';

const forbidCaching: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  context.res.headers.set('Cache-Control', 'no-store');
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

const requireJson: MiddlewareHandler<AppEnv> = async (context, next) => {
  if (!isJson(context.req.header('Content-Type'))) return refuse('content_type_not_json');
  await next();
};

const limitBody = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => refuse('body_too_large') });

export const app = new Hono<AppEnv>({ getPath: (request) => foldApiPath(getPath(request)) });

app.use('/api/*', forbidCaching, requireSettings);

app.post('/api/auth', requireJson, limitBody, login);
app.all('/api/auth', refuseMethod('POST'));

app.get('/api/config', readConfig);
app.all('/api/config', refuseMethod('GET, HEAD'));

app.get('/api/users/me', requireToken, readMe);
app.all('/api/users/me', refuseMethod('GET, HEAD'));

app.notFound(() => problem(404));

app.onError((error) => {
  // Not the message: it can hold a statement's parameters or a connection string.
  const frames = (error.stack ?? '').replace(error.message, '').match(/^\s+at .*$/gm) ?? [];
  log({ event: 'unexpected_error', error: error.name, stack: frames.map((line) => line.trim()) });
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

/** `GET /api/Config`: what a web app needs to render the captcha. */
function readConfig(context: Context<AppEnv>): Response {
  const { siteKey, action } = context.get('settings').turnstile;
  return context.json({ turnstileSiteKey: siteKey, turnstileAction: action });
}
