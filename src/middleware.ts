/**
 * Public: Hono middleware that protects the routes of another Worker.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from 'hono';
import { assertPermission, isPermitted, type Permission } from './permission.ts';
import { forbidden } from './problem.ts';
import { type Caller, type Verifier, verifyToken } from './verifier.ts';

export type { Caller, Permission, Verification, Verifier } from './verifier.ts';

/** For `new Hono<{ Variables: CallerVariables }>()`. */
export interface CallerVariables {
  /** Set behind {@link requireToken}: the claims of the caller's token. */
  caller: Caller;
}

interface CallerEnv {
  Variables: CallerVariables;
}

export interface RequireTokenOptions {
  /** The service binding to Portero's `TokenVerifier`. `PORTERO` by default. */
  binding?: string;
  /** Another verifier than a binding. */
  verifier?: (context: Context) => Verifier;
}

const OPTIONS = ['binding', 'verifier'];

/**
 * Lets a request through that carries exactly one valid token, whose claims are then `c.get('caller')`.
 *
 * ```ts
 * app.use('/api/*', requireToken());
 * app.get('/api/invoices', requirePermission('invoices.list'), (c) => c.json(invoicesOf(c.get('caller').sub)));
 * ```
 *
 * @throws TypeError for options that are wrong
 */
export function requireToken(options: RequireTokenOptions = {}): MiddlewareHandler<CallerEnv> {
  const verifierOf = readOptions(options);
  return async function requireToken(context, next) {
    // Not before there is a token, and where it fails it is a fault of the call.
    const verifier: Verifier = { verify: (token) => verifierOf(context).verify(token) };
    const verdict = await verifyToken(context.req.raw, verifier);
    if ('refusal' in verdict) return verdict.refusal;
    context.set('caller', verdict.caller);
    await next();
  };
}

function readOptions(options: RequireTokenOptions): (context: Context) => Verifier {
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
 * Lets a caller through who has a permission. It stands behind {@link requireToken}.
 *
 * @throws TypeError for a permission that is none
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
