/**
 * `GET /api/Config`: what a web app needs to show the captcha, and what else it can offer. It is public.
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
  /** Present where mail is set up, so that a user who has forgotten the password can get a link. */
  forgottenPassword: v.optional(v.literal(true)),
});

export function readPublicConfig(context: Context<AppEnv>): Response {
  const { turnstile, mail } = context.get('settings');
  const config: v.InferOutput<typeof PublicConfig> = {
    turnstileSiteKey: turnstile.siteKey,
    turnstileAction: turnstile.action,
    forgottenPassword: mail && true,
  };
  return context.json(config);
}
