/**
 * Public: verifies the bearer token of a request (RFC 6750) in any fetch handler, and answers as Portero's
 * own routes do. What decides is a {@link Verifier}, which usually is Portero itself behind a service
 * binding: then no other service holds the secret.
 *
 * @module
 */
import { assertPermission, isPermitted, type Permission } from './permission.ts';
import { FAULT_RETRY_SECONDS, forbidden, later, unauthorized } from './problem.ts';
import type { Claims } from './token/claims.ts';

export type { Permission } from './permission.ts';

/** The claims of a valid token. */
export type Caller = Claims;

/** What a verification came to. */
export type Verification =
  | { outcome: 'valid'; caller: Caller }
  | { outcome: 'invalid' }
  /** It cannot be told at the moment. */
  | { outcome: 'unavailable' };

/** Decides whether a token is valid; a service binding to Portero's `TokenVerifier` is one. */
export interface Verifier {
  verify(token: string): Promise<Verification>;
}

/**
 * Verifies the token of a request.
 *
 * ```ts
 * const verdict = await verifyToken(request, env.PORTERO, 'invoices.list');
 * if ('refusal' in verdict) return verdict.refusal;
 * return Response.json(invoicesFor(verdict.caller.sub));
 * ```
 *
 * @param permission that the caller needs; without one, any valid token will do
 * @returns the caller, or the answer to give instead: 401, 403, or 503 where the verifier failed
 * @throws TypeError for a permission that is none
 */
export async function verifyToken(
  request: Request,
  verifier: Verifier,
  permission?: Permission,
): Promise<{ caller: Caller } | { refusal: Response }> {
  if (permission !== undefined) assertPermission(permission);
  const [, token] = BEARER.exec(request.headers.get('Authorization') ?? '') ?? [];
  // Without a token, or with another scheme, the challenge carries no error (RFC 6750, section 3.1).
  if (token === undefined) return { refusal: unauthorized() };

  const verification = await ask(verifier, token);
  switch (verification.outcome) {
    case 'invalid':
      return { refusal: unauthorized('invalid_token') };
    case 'unavailable':
      return { refusal: later(503, UNAVAILABLE, FAULT_RETRY_SECONDS) };
    case 'valid':
      if (permission === undefined || isPermitted(verification.caller, permission)) {
        return { caller: verification.caller };
      }
      return { refusal: forbidden() };
  }
}

const UNAVAILABLE = 'Tokens cannot be verified at the moment.';

const BEARER = /^bearer +(.+)$/i;

/** A fault of the call says nothing of the token: it is no 401. */
async function ask(verifier: Verifier, token: string): Promise<Verification> {
  try {
    const verification = await verifier.verify(token);
    if (isVerification(verification)) return verification;
    throw new TypeError('no verification');
  } catch (error) {
    console.error(JSON.stringify({ event: 'verifier_failed', error: nameOf(error) }));
    return { outcome: 'unavailable' };
  }
}

/** What comes over a binding can be anything: another Worker may stand behind it. */
function isVerification(answer: Partial<Verification> & { caller?: Partial<Caller> }): boolean {
  const { outcome, caller } = answer;
  if (outcome === 'valid') return typeof caller?.sub === 'string';
  return outcome === 'invalid' || outcome === 'unavailable';
}

/** Not the message, which is the other side's. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
