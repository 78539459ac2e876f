/**
 * The floor of a protected route and of a start: a Worker that verifies nothing. It answers the bytes of
 * `GET /api/Users/me`.
 *
 * @module
 */
import { Hono } from 'hono';

const ME = {
  id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  userName: 'user-0',
  role: 'Sales',
  admin: false,
  permissions: ['users.list', 'users.read'],
};

export default new Hono().get('*', (context) => context.json(ME));
