/**
 * The Worker.
 *
 * @module
 */
import { app } from './app.ts';
import { prune } from './prune.ts';

export { TokenVerifier } from './token-verifier.ts';

export default {
  fetch: app.fetch,
  /** The cron trigger of `wrangler.toml`. */
  scheduled: (_controller, env) => prune(env),
} satisfies ExportedHandler<Env>;
