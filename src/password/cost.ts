/**
 * What a hash costs. It is a module of its own, and `package.json` gives it a name, because the build of the tests puts
 * other numbers in its place. `test/support/weak-cost.ts` has them.
 *
 * @module
 */

/**
 * Together with {@link LAYERS}: 220,000 iterations of PBKDF2-HMAC-SHA512, which OWASP's Password Storage cheat sheet
 * (2026) asks for. The layers are short, because a derivation holds up every other request of its isolate.
 */
export const ITERATIONS_PER_LAYER = 10_000;
export const LAYERS = 22;
