/**
 * What every handler can rely on.
 *
 * @module
 */
import type { Claims } from '#portero/internal/claims.ts';
import type { VerificationKey } from '#portero/internal/verification-key.ts';
import type { Settings } from './settings.ts';

export interface AppEnv {
  Bindings: Env;
  Variables: {
    /** Set for everything under `/api`. */
    settings: Settings;
    /** Every key that verifies tokens. Set for `/.well-known`. */
    verificationKeys: VerificationKey[];
    /** The claims of the caller's token. Set behind `requireOwnToken`. */
    caller: Claims;
  };
}
