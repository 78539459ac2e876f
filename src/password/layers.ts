/**
 * Layered PBKDF2: many derivations within the production limit of one call, each feeding the next,
 * so that together they cost what OWASP asks for. `docs/password-hash.md` has the reasoning.
 *
 * @module
 */
import { pbkdf2 } from './pbkdf2.ts';
import { giveOtherRequestsATurn } from './turns.ts';

/** What a layer was fed at the bottom: a password, or the key of an imported hash. */
export type LayerInput = 'direct' | 'wrapped';

/**
 * Together with {@link LAYERS}: 220,000 iterations of PBKDF2-HMAC-SHA512, as OWASP's Password Storage
 * cheat sheet (2026) asks for. Short layers rather than three long ones, because a derivation holds
 * up every other request of its isolate.
 */
export const ITERATIONS_PER_LAYER = 10_000;
export const LAYERS = 22;

export const SALT_BYTES = 16;
export const KEY_BYTES = 32;

/** SHA-512's own output: a longer layer would cost the defender twice, a shorter one loses bits. */
const LAYER_BYTES = 64;

/**
 * Runs every layer over a secret.
 *
 * @param secret the password's UTF-8 bytes, or the raw key of an imported hash
 * @param salt {@link SALT_BYTES} random bytes
 * @returns the key, {@link KEY_BYTES} bytes
 */
export async function deriveKey(
  secret: Uint8Array,
  input: LayerInput,
  salt: Uint8Array,
): Promise<Uint8Array> {
  let layer = secret;
  for (let index = 1; index <= LAYERS; index++) {
    if (index > 1) await giveOtherRequestsATurn();
    const indexSalt = layerSalt(input, salt, index);
    layer = await pbkdf2('SHA-512', layer, indexSalt, ITERATIONS_PER_LAYER, LAYER_BYTES);
  }
  return layer.slice(0, KEY_BYTES);
}

/**
 * `"portero/1/" ‖ input ‖ 00 ‖ salt ‖ u32be(index)`: no two layers, and no other use of PBKDF2,
 * share a salt, so that no work can be shared between them either.
 */
function layerSalt(input: LayerInput, salt: Uint8Array, index: number): Uint8Array {
  const domain = new TextEncoder().encode(`portero/1/${input}\0`);
  const bytes = new Uint8Array(domain.length + salt.length + 4);
  bytes.set(domain);
  bytes.set(salt, domain.length);
  new DataView(bytes.buffer).setUint32(domain.length + salt.length, index);
  return bytes;
}
