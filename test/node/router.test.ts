/** The router remembers, and matches what Hono's own router matches. */
import fc from 'fast-check';
import type { Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';
import { expect, test } from 'vitest';
import { RememberingRouter } from '../../src/http/router.ts';

const ROUTES: [method: string, path: string][] = [
  ['ALL', '*'],
  ['ALL', '/api/*'],
  ['GET', '/api/users'],
  ['POST', '/api/users'],
  ['GET', '/api/users/me'],
  ['ALL', '/api/users/me'],
  ['GET', '/api/users/:id'],
  ['PATCH', '/api/users/:id'],
  ['POST', '/api/users/:id/unlock'],
];

function fill(router: Router<string>): Router<string> {
  for (const [method, path] of ROUTES) router.add(method, path, `${method} ${path}`);
  return router;
}

const request = fc.tuple(
  fc.constantFrom('GET', 'POST', 'PATCH', 'OPTIONS'),
  fc.constantFrom(
    ...['/', '/api', '/api/users', '/api/users/me', '/api/users/1', '/api/users/2'],
    ...['/api/users/1/unlock', '/api/users/:id', '/api/users/*', '/api/nothing', '/constructor'],
  ),
);

test('each request in turn has the handlers and the parameters that it has in the TrieRouter', () => {
  const [remembering, plain] = [fill(new RememberingRouter()), fill(new TrieRouter())];
  fc.assert(
    fc.property(request, ([method, path]) => {
      expect(remembering.match(method, path)).toEqual(plain.match(method, path));
    }),
    { numRuns: 500 },
  );
});

test('a path that a route names is searched once, and another one each time', () => {
  const router = fill(new RememberingRouter());
  expect(router.match('GET', '/api/users/me')).toBe(router.match('GET', '/api/users/me'));
  expect(router.match('GET', '/api/users/1')).not.toBe(router.match('GET', '/api/users/1'));
  expect(router.match('POST', '/api/users')).not.toBe(router.match('POST', '/api/users'));
});
