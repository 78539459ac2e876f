/**
 * Every route and every middleware.
 *
 * @module
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { getPath } from 'hono/utils/url';
import type { AppEnv } from './app-env.ts';
import { requireToken } from './authentication.ts';
import { log } from './log.ts';
import { login } from './login.ts';
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

export const app = new Hono<AppEnv>({ getPath: (request) => foldApiPath(getPath(request)) });

app.use('/api/*', forbidCaching, requireSettings);

app.post('/api/auth', login);
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
