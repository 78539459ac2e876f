/**
 * `GET /turnstile/v0/api.js`: the script of the widgets of Cloudflare's test site keys.
 *
 * @module
 */
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';
import { FAULT_RETRY_SECONDS, later, problem } from './problem.ts';

/**
 * Passes on the script of siteverify's stand-in, so that the login page works without internet. There is none
 * beside a real secret: that of Cloudflare may not be passed on.
 */
export async function readTestWidget(context: Context<AppEnv>): Promise<Response> {
  const { isTestSecret, siteverifyUrl } = context.get('settings').turnstile;
  if (!isTestSecret) return problem(404);
  const response = await fetch(new URL('api.js', siteverifyUrl)).catch(() => undefined);
  return response?.ok
    ? new Response(response.body, response)
    : later(503, 'The stand-in for Turnstile does not answer.', FAULT_RETRY_SECONDS);
}
