/**
 * `GET /api/Users/me`: who the caller is and what it may do.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import type { AppEnv } from '../app-env.ts';

/** The answer. */
export const Me = v.object({
  id: v.string(),
  userName: v.string(),
  /** The name of the role. */
  role: v.string(),
  admin: v.boolean(),
  /** Absent for an administrator, who may do everything. */
  permissions: v.optional(v.array(v.string())),
});

/** Answers from the token alone. */
export function readMe(context: Context<AppEnv>): Response {
  const { sub, name, role, admin = false, permissions } = context.get('caller');
  const me: v.InferOutput<typeof Me> = { id: sub, userName: name, role, admin, permissions };
  return context.json(me);
}
