/**
 * The Worker.
 *
 * @module
 */
import { app } from './app.ts';
import { hashQueue } from './password/hash-queue.ts';
import { prune } from './prune.ts';

export { TokenVerifier } from './token-verifier.ts';

export default {
  fetch(request: Request, env, context) {
    hashQueue.noteRequest();
    return app.fetch(request, env, context);
  },
  /** The cron trigger of `wrangler.toml`. */
  scheduled: (_controller, env) => prune(env),
} satisfies ExportedHandler<Env>;
