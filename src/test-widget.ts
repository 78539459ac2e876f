/**
 * `GET /turnstile/v0/api.js`: the widget script for Cloudflare's test site keys.
 *
 * @module
 */
import type { Context } from 'hono';
import { FAULT_RETRY_SECONDS, problem } from '#portero/internal/problem.ts';
import type { AppEnv } from './app-env.ts';

/**
 * Passes on the script of siteverify's stand-in, so that the login page works without internet. Beside a real secret
 * there is no script here: a page must load the real one from Cloudflare.
 */
export async function readTestWidget(context: Context<AppEnv>): Promise<Response> {
  const { isTestSecret, siteverifyUrl } = context.get('settings').turnstile;
  if (!isTestSecret) return problem(404);
  const response = await fetch(new URL('api.js', siteverifyUrl)).catch(() => undefined);
  if (response?.ok) return new Response(response.body, response);
  const detail = 'The stand-in for Turnstile does not answer.';
  return problem(503, { detail, retryAfterSeconds: FAULT_RETRY_SECONDS });
}
