/** What the contract says that a caller sees, to the last header. */

/** Every refused login. */
export const REFUSED = {
  status: 401,
  headers: { 'cache-control': 'no-store', 'www-authenticate': 'Bearer realm="portero"' },
  body: '',
};

export function problem(status: number, title: string, detail?: string, headers = {}) {
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      ...headers,
    },
    body: JSON.stringify({ type: 'about:blank', title, status, detail }),
  };
}

/** Every login that a dependency left undecided. */
export const UNDECIDED = problem(
  503,
  'Service Unavailable',
  'Logins cannot be decided at the moment.',
  { 'retry-after': '5' },
);
