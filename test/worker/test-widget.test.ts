/** The script of the test widgets, which only a service with a test secret has. */
import { expect, test } from 'vitest';
import { ORIGIN, sendWith } from '../support/requests.ts';

const PATH = '/turnstile/v0/api.js?render=explicit';
const TEST = {
  TURNSTILE_SECRET_KEY: '1x0000000000000000000000000000000AA',
  DATABASE_URL: 'postgresql://app:password@127.0.0.1:5480/portero',
};

const get = (settings: Partial<Env>) => sendWith(settings, new Request(`${ORIGIN}${PATH}`));

test('a service with a real secret has none, and asks nobody for it', async () => {
  const response = await get({});
  expect(response.status).toBe(404);
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
});

test('where the stand-in is away, it is a 503', async () => {
  const response = await get(TEST);
  expect(response.status).toBe(503);
  expect(response.headers.has('Retry-After')).toBe(true);
});
