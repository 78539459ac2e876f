/** A flood limit that tests can exceed. It keeps its counts from test to test: each needs keys of its own. */
import { env } from 'cloudflare:workers';

/** A real binding that lets three requests pass in 60 s. */
export const { LIMIT_OF_THREE } = env as unknown as { LIMIT_OF_THREE: RateLimit };

/** However the binding's minute falls, more requests than two minutes allow. */
export const TOO_MANY = 7;
