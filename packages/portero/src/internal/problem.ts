/**
 * The answers to a request that is not served: problem details (RFC 9457) and the challenge of a 401 (RFC 6750).
 * None of them holds what the caller sent, a stack, or the message of a dependency.
 *
 * @module
 */

/** The statuses that have a body, with the title that RFC 9110 gives each of them. */
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

export type ProblemStatus = keyof typeof TITLES;

/** After this time a failed dependency may work again: it was restarted, or Neon has woken the database. */
export const FAULT_RETRY_SECONDS = 5;

/** No cache may keep the answer: it is about one request. */
const NOT_STORED = { 'Cache-Control': 'no-store' };

/** What is wrong with one member of a request (RFC 9457, section 3: an extension member). */
export interface MemberError {
  /** Our own name for it. */
  member: string;
  /** Fixed text that continues the name: `is not a whole number from 1 to 100`. */
  detail: string;
}

export interface ProblemOptions {
  /** One sentence of fixed text. */
  detail?: string;
  errors?: MemberError[];
  /** When the caller should send the request again: the header `Retry-After`. */
  retryAfterSeconds?: number;
  headers?: Record<string, string>;
}

/**
 * Makes a problem answer. Its `type` is `about:blank`: the status tells a program everything, and `detail` is for
 * people.
 */
export function problem(
  status: ProblemStatus,
  { detail, errors, retryAfterSeconds, headers }: ProblemOptions = {},
): Response {
  const body = { type: 'about:blank', title: TITLES[status], status, detail, errors };
  const retryAfter =
    retryAfterSeconds === undefined ? undefined : { 'Retry-After': String(retryAfterSeconds) };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...NOT_STORED,
      'Content-Type': 'application/problem+json',
      ...retryAfter,
      ...headers,
    },
  });
}

/**
 * Makes a 401 without a body. RFC 9110 requires a challenge. `Bearer` is the one that opens no dialog of the
 * browser.
 *
 * @param error `invalid_token` where the caller sent a token (RFC 6750, section 3.1)
 */
export function unauthorized(error?: 'invalid_token'): Response {
  return new Response(null, { status: 401, headers: { ...NOT_STORED, ...challenge(error) } });
}

/** Makes a 403 for a caller whose token lacks the permission (RFC 6750, section 3.1). */
export function forbidden(): Response {
  return problem(403, { headers: challenge('insufficient_scope') });
}

function challenge(error?: string): Record<string, string> {
  const scheme = 'Bearer realm="portero"';
  return { 'WWW-Authenticate': error === undefined ? scheme : `${scheme}, error="${error}"` };
}
