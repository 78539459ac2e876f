/**
 * `GET /api/Config`: what a web app needs to render the captcha.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import type { AppEnv } from './app-env.ts';

/** The answer. */
export const Config = v.object({
  turnstileSiteKey: v.string(),
  /** Absent where none is configured. */
  turnstileAction: v.optional(v.string()),
});

export function readConfig(context: Context<AppEnv>): Response {
  const { siteKey, action } = context.get('settings').turnstile;
  const config: v.InferOutput<typeof Config> = {
    turnstileSiteKey: siteKey,
    turnstileAction: action,
  };
  return context.json(config);
}
