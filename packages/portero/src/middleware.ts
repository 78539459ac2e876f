/**
 * Public: Hono middleware that protects routes with Portero's tokens.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from 'hono';
import { assertPermission, isPermitted, type Permission } from './internal/permission.ts';
import { forbidden } from './internal/problem.ts';
import { type Caller, type Verifier, verifyToken } from './verifier.ts';

export type { Caller, Permission, TokenReason, Verification, Verifier } from './verifier.ts';

/** The variables that {@link requireToken} sets, for `new Hono<{ Variables: CallerVariables }>()`. */
export interface CallerVariables {
  /** The claims of the caller's token. */
  caller: Caller;
}

interface CallerEnv {
  Variables: CallerVariables;
}

export interface RequireTokenOptions {
  /** The name of the service binding to Portero's `TokenVerifier`. `PORTERO` by default. */
  binding?: string;
  /** Returns another verifier than a binding. */
  verifier?: (context: Context) => Verifier;
}

const OPTIONS = ['binding', 'verifier'];

/**
 * Lets a request through where it carries exactly one valid token. The claims of the token are then
 * `c.get('caller')`. Any other request is answered with 401, or with 503 where the verifier failed.
 *
 * A browser sends a preflight without a token before a page of another origin may call the route. So CORS, such as
 * `hono/cors`, stands before this.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono';
 * import { type CallerVariables, requireToken } from 'portero/middleware';
 *
 * const app = new Hono<{ Variables: CallerVariables }>();
 * app.use('/api/*', requireToken());
 * app.get('/api/greeting', (c) => c.text(`Hello ${c.get('caller').name}`));
 * ```
 *
 * @throws TypeError where an option is wrong
 */
export function requireToken(options: RequireTokenOptions = {}): MiddlewareHandler<CallerEnv> {
  const verifierOf = readOptions(options);
  return async function requireToken(context, next) {
    // The verifier is looked up only when there is a token. Where the lookup throws, the call has failed.
    const verifier: Verifier = { verify: (token) => verifierOf(context).verify(token) };
    const verdict = await verifyToken(context.req.raw, verifier);
    if ('response' in verdict) return verdict.response;
    context.set('caller', verdict.caller);
    await next();
  };
}

function readOptions(options: RequireTokenOptions): (context: Context) => Verifier {
  if (typeof options !== 'object' || options === null) throw new TypeError('options is no object');
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw new TypeError(`requireToken has no option ${unknown}`);
  const { binding, verifier } = options;
  if (binding !== undefined && verifier !== undefined) {
    throw new TypeError('requireToken takes a binding or a verifier, not both');
  }
  if (verifier !== undefined) {
    if (typeof verifier !== 'function') throw new TypeError('verifier is not a function');
    return verifier;
  }
  const name = binding ?? 'PORTERO';
  if (typeof name !== 'string' || name === '') throw new TypeError('binding is not a name');
  return ({ env }) => env[name];
}

/**
 * Lets a caller through that has a permission, and answers any other caller with 403. It must stand behind
 * {@link requireToken}.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono';
 * import { type CallerVariables, requirePermission, requireToken } from 'portero/middleware';
 *
 * const app = new Hono<{ Variables: CallerVariables }>();
 * app.use('/api/*', requireToken());
 * app.get('/api/invoices', requirePermission('invoices.list'), (c) => c.json([]));
 * ```
 *
 * @throws TypeError where `permission` is not a permission
 */
export function requirePermission(permission: Permission): MiddlewareHandler<CallerEnv> {
  assertPermission(permission);
  return async function requirePermission(context, next) {
    const caller: Caller | undefined = context.get('caller');
    if (caller === undefined) throw new Error('requirePermission stands behind requireToken');
    if (!isPermitted(caller, permission)) return forbidden();
    await next();
  };
}
