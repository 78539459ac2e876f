/**
 * How Portero verifies tokens: for its own routes, and for other Workers.
 *
 * @module
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Context } from 'hono';
import { fail } from '#portero/internal/result.ts';
import { requireToken } from '#portero/middleware.ts';
import type { Verification, Verifier } from '#portero/verifier.ts';
import type { AppEnv } from './app-env.ts';
import { readClientAddress } from './http/client-address.ts';
import { log, logUnexpected } from './log.ts';
import { hashQueue } from './password/hash-queue.ts';
import { readSettings, type Settings } from './settings.ts';

/** Protects a route of Portero itself. The database is not asked. */
export const requireOwnToken = requireToken({
  verifier: (context: Context<AppEnv>) => ({
    verify: (token) => verify(token, context.get('settings'), context.req.raw.headers),
  }),
});

/**
 * The entrypoint that other Workers reach through a service binding. It verifies tokens for them, so none of them holds
 * the secret that could make tokens.
 * https://developers.cloudflare.com/workers/runtime-apis/rpc/
 */
export class TokenVerifier extends WorkerEntrypoint<Env> implements Verifier {
  /** Never throws. @param token whatever the other Worker was sent */
  async verify(token: string): Promise<Verification> {
    hashQueue.noteRequest();
    const settings = await readSettings(this.env);
    if (!settings.ok) {
      log({ event: 'settings_refused', ...settings.details });
      return fail('verifier_unavailable');
    }
    return typeof token === 'string' ? verify(token, settings.value) : fail('malformed');
  }
}

/** Never throws. @param headers of the request, where there is one */
async function verify(
  token: string,
  { jwtVerifier }: Settings,
  headers?: Headers,
): Promise<Verification> {
  try {
    const verification = await jwtVerifier.verify(token, Date.now());
    if (verification.ok) return verification;
    const address = headers && readClientAddress(headers)?.address;
    log({ event: 'token_refused', reason: verification.reason, address });
    return verification;
  } catch (error) {
    logUnexpected(error);
    return fail('verifier_unavailable');
  }
}
