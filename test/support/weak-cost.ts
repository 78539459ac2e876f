/**
 * What a hash costs in the tests, in place of `src/password/cost.ts`: next to nothing, because few of them are about it.
 * `package.json` has the condition of a build under which this module is taken. Nothing but the tests sets it, and
 * `test/node/bundle.test.ts` shows that a deploy has the full cost.
 *
 * A hash names its parameters. So a Worker of one cost reads no hash of the other: a mistake could not stay unseen.
 */
export const ITERATIONS_PER_LAYER = 1;
/** Two, so that there is a turn between them. */
export const LAYERS = 2;
