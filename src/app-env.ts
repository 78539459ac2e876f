/**
 * What every handler can rely on.
 *
 * @module
 */
import type { Settings } from './settings.ts';
import type { Claims } from './token/claims.ts';

export interface AppEnv {
  Bindings: Env;
  Variables: {
    /** Set for everything under `/api`. */
    settings: Settings;
    /** Set behind `requireToken`: the claims of the caller's token. */
    caller: Claims;
  };
}
