/**
 * `GET /api/Config`: what a web app needs to show the captcha. It is public.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import type { AppEnv } from './app-env.ts';

/** The answer. */
export const PublicConfig = v.object({
  turnstileSiteKey: v.string(),
  /** Absent where none is configured. */
  turnstileAction: v.optional(v.string()),
});

export function readPublicConfig(context: Context<AppEnv>): Response {
  const { siteKey, action } = context.get('settings').turnstile;
  const config: v.InferOutput<typeof PublicConfig> = {
    turnstileSiteKey: siteKey,
    turnstileAction: action,
  };
  return context.json(config);
}
