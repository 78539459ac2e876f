/**
 * Refusals: problem details (RFC 9457) and the challenge of a 401 (RFC 6750). None carries what the
 * caller sent, a stack, or a dependency's message.
 *
 * @module
 */

/** The refusals that explain themselves, with the title that RFC 9110 gives their status. */
const TITLES = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

/** By when a dependency that failed may have come back: a restart, or Neon's cold start. */
export const FAULT_RETRY_SECONDS = 5;

/** A refusal is about one request. */
const NOT_STORED = { 'Cache-Control': 'no-store' };

/** What is wrong with one member of a request (RFC 9457, section 3: an extension member). */
export interface MemberError {
  /** Its name, which is ours; absent where the caller has named something that we do not know. */
  member?: string;
  /** Fixed text that goes on from the name: `is not a whole number from 1 to 100`. */
  detail: string;
}

/**
 * A problem answer. Its `type` is `about:blank`: the status says all that a program has to know,
 * `detail` is for people.
 *
 * @param detail one sentence of fixed text
 */
export function problem(
  status: keyof typeof TITLES,
  detail?: string,
  headers?: Record<string, string>,
  errors?: MemberError[],
): Response {
  const body = { type: 'about:blank', title: TITLES[status], status, detail, errors };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...NOT_STORED, 'Content-Type': 'application/problem+json', ...headers },
  });
}

/**
 * A problem after which it is worth coming again.
 *
 * @param seconds after which
 */
export function later(status: 429 | 503, detail: string, seconds: number): Response {
  return problem(status, detail, { 'Retry-After': String(seconds) });
}

/**
 * A 401 without a body. RFC 9110 requires a challenge, and `Basic` would open a browser's dialog.
 *
 * @param error `invalid_token` where the caller did send one (RFC 6750, section 3.1)
 */
export function unauthorized(error?: 'invalid_token'): Response {
  return new Response(null, { status: 401, headers: { ...NOT_STORED, ...challenge(error) } });
}

/** A 403 for a caller whose token lacks the permission (RFC 6750, section 3.1). */
export function forbidden(): Response {
  return problem(403, undefined, challenge('insufficient_scope'));
}

function challenge(error?: string): Record<string, string> {
  const scheme = 'Bearer realm="portero"';
  return { 'WWW-Authenticate': error === undefined ? scheme : `${scheme}, error="${error}"` };
}
