/**
 * Public: verifies the bearer token of a request (RFC 6750). It works in any fetch handler, and its answers are those of
 * Portero's own routes.
 *
 * A {@link Verifier} decides whether the token is valid. Usually it is Portero itself, through a service binding. Then only
 * Portero holds the secret.
 *
 * @module
 */
import type { Claims } from './internal/claims.ts';
import { assertPermission, isPermitted, type Permission } from './internal/permission.ts';
import { FAULT_RETRY_SECONDS, forbidden, problem, unauthorized } from './internal/problem.ts';
import { fail, type Result } from './internal/result.ts';
import type { TokenReason } from './internal/verify-jwt.ts';

export type { Permission } from './internal/permission.ts';
export type { TokenReason } from './internal/verify-jwt.ts';

/** The claims of a valid token. */
export type Caller = Claims;

/**
 * The caller, or the reason why the token was not accepted. With `verifier_unavailable` the token was not checked. The
 * reason is for the log of your Worker and not for the caller.
 *
 * @example
 * ```ts
 * import type { Verification } from 'portero/verifier';
 *
 * const accepted = (caller: string, verification: Verification) =>
 *   verification.ok && verification.value.sub === caller;
 * ```
 */
export type Verification = Result<Caller, TokenReason | 'verifier_unavailable'>;

/** Decides whether a token is valid. A service binding to Portero's `TokenVerifier` is a verifier. */
export interface Verifier {
  /** @param token the token as the caller sent it, without `Bearer` */
  verify(token: string): Promise<Verification>;
}

/**
 * Verifies the token of a request.
 *
 * A browser sends a preflight (`OPTIONS`) without a token before a page of another origin may send one. Answer it
 * before, and add the CORS headers to the response that this returns.
 *
 * @example
 * ```ts
 * import { type Verifier, verifyToken } from 'portero/verifier';
 *
 * export default {
 *   async fetch(request: Request, env: { PORTERO: Verifier }): Promise<Response> {
 *     const verdict = await verifyToken(request, env.PORTERO, 'invoices.list');
 *     if ('response' in verdict) return verdict.response;
 *     return Response.json({ reader: verdict.caller.name });
 *   },
 * };
 * ```
 *
 * @param permission the permission that the caller needs. Without it, any valid token is enough
 * @returns the caller, or the response to send instead: 401, 403, or 503 where the verifier failed
 * @throws TypeError where `permission` is not a permission
 */
export async function verifyToken(
  request: Request,
  verifier: Verifier,
  permission?: Permission,
): Promise<{ caller: Caller } | { response: Response }> {
  if (permission !== undefined) assertPermission(permission);
  const [, token] = BEARER.exec(request.headers.get('Authorization') ?? '') ?? [];
  // RFC 6750, section 3.1: without a token, or with another scheme, `WWW-Authenticate` has no `error`.
  if (token === undefined) return { response: unauthorized() };

  const verification = await ask(verifier, token);
  if (!verification.ok) return { response: answerTo(verification.reason) };
  const caller = verification.value;
  if (permission !== undefined && !isPermitted(caller, permission)) {
    return { response: forbidden() };
  }
  return { caller };
}

const BEARER = /^bearer +(.+)$/i;

function answerTo(reason: TokenReason | 'verifier_unavailable'): Response {
  if (reason !== 'verifier_unavailable') return unauthorized('invalid_token');
  const detail = 'Tokens cannot be verified at the moment.';
  return problem(503, { detail, retryAfterSeconds: FAULT_RETRY_SECONDS });
}

/** A call that fails says nothing about the token, so it must not become a 401. */
async function ask(verifier: Verifier, token: string): Promise<Verification> {
  try {
    const verification = await verifier.verify(token);
    if (isVerification(verification)) return verification;
    throw new TypeError('no verification');
  } catch (error) {
    console.error(JSON.stringify({ event: 'verifier_failed', error: nameOf(error) }));
    return fail('verifier_unavailable');
  }
}

/** A binding can lead to any Worker, so its answer can be anything. */
function isVerification(answer: { ok?: unknown; value?: Partial<Caller>; reason?: unknown }) {
  if (answer.ok === true) return typeof answer.value?.sub === 'string';
  return answer.ok === false && typeof answer.reason === 'string';
}

/** The name and not the message, because the message comes from the other Worker. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
