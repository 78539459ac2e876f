/** What the contract says that a caller sees, to the last header. */

/** The headers of every answer under `/api`, over https. */
export const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
};

/** Every refused login. */
export const REFUSED = {
  status: 401,
  headers: { ...HEADERS, 'www-authenticate': 'Bearer realm="portero"' },
  body: '',
};

export function problem(status: number, title: string, detail?: string, headers = {}) {
  return {
    status,
    headers: { ...HEADERS, 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ type: 'about:blank', title, status, detail }),
  };
}

/** Every login that a dependency left undecided. */
export const UNAVAILABLE = problem(
  503,
  'Service Unavailable',
  'Logins cannot be decided at the moment.',
  { 'retry-after': '5' },
);
