/**
 * Layered PBKDF2: many derivations, each fed with the output of the one before. Each stays within the production limit
 * of one call, and together they cost what OWASP asks for. `docs/password-hash.md` has the reasoning.
 *
 * @module
 */
import { ITERATIONS_PER_LAYER, LAYERS } from '#password/cost.ts';
import { type TakeTurn, withoutTurns } from './hash-queue.ts';
import { pbkdf2 } from './pbkdf2.ts';

/** What the first layer is fed with. `direct` is a password. `wrapped` is the key of an imported hash. */
export type LayerInput = 'direct' | 'wrapped';

export const SALT_BYTES = 16;
export const KEY_BYTES = 32;

/** SHA-512's own output. A longer layer would cost the defender twice, and a shorter layer would lose bits. */
const LAYER_BYTES = 64;

export interface LayeredInput {
  /** The UTF-8 bytes of a password, or the raw key of an imported hash. */
  secret: Uint8Array;
  input: LayerInput;
  /** {@link SALT_BYTES} random bytes. */
  salt: Uint8Array;
}

/**
 * Runs every layer over a secret.
 *
 * @returns the key, {@link KEY_BYTES} bytes
 */
export async function deriveKey(
  { secret, input, salt }: LayeredInput,
  takeTurn: TakeTurn = withoutTurns,
): Promise<Uint8Array> {
  let output = secret;
  for (let index = 1; index <= LAYERS; index++) {
    await takeTurn(ITERATIONS_PER_LAYER);
    output = await pbkdf2({
      hash: 'SHA-512',
      secret: output,
      salt: layerSalt(input, salt, index),
      iterations: ITERATIONS_PER_LAYER,
      keyLength: LAYER_BYTES,
    });
  }
  return output.slice(0, KEY_BYTES);
}

/**
 * `"portero/1/" ‖ input ‖ 00 ‖ salt ‖ u32be(index)`. No two layers share a salt, and no other use of PBKDF2 has the same
 * one. So no work can be shared between them.
 */
function layerSalt(input: LayerInput, salt: Uint8Array, index: number): Uint8Array {
  const domain = new TextEncoder().encode(`portero/1/${input}\0`);
  const bytes = new Uint8Array(domain.length + salt.length + 4);
  bytes.set(domain);
  bytes.set(salt, domain.length);
  new DataView(bytes.buffer).setUint32(domain.length + salt.length, index);
  return bytes;
}
