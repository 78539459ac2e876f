/**
 * How Portero verifies tokens: for its own routes, and for other Workers.
 *
 * @module
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Context } from 'hono';
import type { AppEnv } from './app-env.ts';
import { readClientAddress } from './client-address.ts';
import { log, logUnexpected } from './log.ts';
import { requireToken } from './middleware.ts';
import { readSettings, type Settings } from './settings.ts';
import { verifyJwt } from './token/verify.ts';
import type { Verification, Verifier } from './verifier.ts';

/** Protects a route of Portero itself. The database is not asked. */
export const requireOwnToken = requireToken({
  verifier: (context: Context<AppEnv>) => ({
    verify(token) {
      const address = readClientAddress(context.req.raw.headers)?.address;
      return verify(token, context.get('settings'), address);
    },
  }),
});

/**
 * What other Workers reach through a service binding: tokens are verified for them, and none of them
 * holds the secret that could mint tokens.
 * https://developers.cloudflare.com/workers/runtime-apis/rpc/
 */
export class TokenVerifier extends WorkerEntrypoint<Env> implements Verifier {
  /** Never throws. @param token whatever the other Worker was sent */
  async verify(token: string): Promise<Verification> {
    const verdict = await readSettings(this.env);
    if (!verdict.ok) {
      log({ event: 'settings_refused', faults: verdict.faults });
      return { outcome: 'unavailable' };
    }
    return typeof token === 'string' ? verify(token, verdict.settings) : { outcome: 'invalid' };
  }
}

/** Never throws. */
async function verify(
  token: string,
  { verificationKeys, issuance }: Settings,
  address?: string,
): Promise<Verification> {
  try {
    const verdict = await verifyJwt(token, verificationKeys, issuance, Date.now());
    if (verdict.valid) return { outcome: 'valid', caller: verdict.claims };
    log({ event: 'token_refused', reason: verdict.reason, address });
    return { outcome: 'invalid' };
  } catch (error) {
    logUnexpected(error);
    return { outcome: 'unavailable' };
  }
}
