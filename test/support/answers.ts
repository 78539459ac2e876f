/** What the contract says that a caller sees, to the last header. */

/** The headers of every answer under `/api`, over https. */
export const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
};

/** The answer to every login that is refused. */
export const REFUSED = {
  status: 401,
  headers: { ...HEADERS, 'www-authenticate': 'Bearer realm="portero"' },
  body: '',
};

export function problem(
  status: number,
  title: string,
  { detail, headers = {} }: { detail?: string; headers?: object } = {},
) {
  return {
    status,
    headers: { ...HEADERS, 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, detail }),
  };
}

/** The answer to a login that could not be decided, because a dependency failed. */
export const UNAVAILABLE = problem(503, 'Service Unavailable', {
  detail: 'Logins cannot be decided at the moment.',
  headers: { 'retry-after': '5' },
});
