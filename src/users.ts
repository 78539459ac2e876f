/**
 * The protected reads of users.
 *
 * @module
 */
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';

/** `GET /api/Users/me`: who the caller is and what it may do, from the token alone. */
export function readMe(context: Context<AppEnv>): Response {
  const { sub, name, role, admin = false, permissions } = context.get('caller');
  return context.json({ id: sub, userName: name, role, admin, permissions });
}
