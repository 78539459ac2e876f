/**
 * The Worker.
 *
 * @module
 */
import { app } from './app.ts';
import { hashQueue } from './password/hash-queue.ts';
import { runScheduled } from './scheduled.ts';

export { TokenVerifier } from './token-verifier.ts';

export default {
  fetch(request: Request, env, context) {
    hashQueue.noteRequest();
    return app.fetch(request, env, context);
  },
  scheduled: (_controller, env) => runScheduled(env),
} satisfies ExportedHandler<Env>;
