/** The headers that every answer carries. */
import { describe, expect, test } from 'vitest';
import { HEADERS } from '../support/answers.ts';
import { ORIGIN, send, sendWith } from '../support/requests.ts';

const { 'cache-control': _, ...EVERYWHERE } = HEADERS;

describe('every answer under /api', () => {
  test.each<[string, RequestInit]>([
    ['/api/Auth', { method: 'POST' }],
    ['/api/Auth', { method: 'GET' }],
    ['/api/Config', {}],
    ['/API/CONFIG/', { method: 'HEAD' }],
    ['/api/Users/me', {}],
    ['/api/none', {}],
    ['/api', {}],
  ])('%s %j is neither stored, nor sniffed, nor run, and varies by origin', async (path, init) => {
    const response = await send(path, init);
    expect(Object.fromEntries(response.headers)).toMatchObject(HEADERS);
  });
});

test('every other answer is neither sniffed nor run', async () => {
  const response = await send('/');
  expect(response.status).toBe(404);
  expect(Object.fromEntries(response.headers)).toMatchObject(EVERYWHERE);
});

test('plain http gets no HSTS', async () => {
  const request = new Request(`${ORIGIN.replace('https', 'http')}/api/Config`);
  const response = await sendWith({}, request);
  expect(response.status).toBe(200);
  expect(response.headers.has('Strict-Transport-Security')).toBe(false);
});

test.each(['/api/Config', '/api/none', '/'])('%s tells nothing of what serves it', async (path) => {
  const { headers } = await send(path);
  for (const banner of ['Server', 'X-Powered-By', 'Via']) expect(headers.has(banner)).toBe(false);
});
