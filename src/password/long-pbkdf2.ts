/**
 * PBKDF2 with more iterations than the production runtime accepts in one call: some ASP.NET Core sites
 * have raised theirs.
 *
 * WebCrypto cannot go on where a call has ended, so the iterations are ours here and the HMAC is a
 * library's. It takes about four times as long.
 *
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Pbkdf2Hash } from './pbkdf2.ts';
import { giveOtherRequestsATurn } from './turns.ts';

const HASHES = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-512': sha512 };

/** Some 10 ms: as long as one of today's layers. */
const ITERATIONS_PER_TURN = 2_000;

/**
 * Derives a key with PBKDF2 (RFC 8018, section 5.2), whatever the iterations.
 *
 * @param length the key's length in bytes
 */
export async function longPbkdf2(
  hash: Pbkdf2Hash,
  secret: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  const prf = hmac.create(HASHES[hash], secret);
  const key = new Uint8Array(length);
  for (let start = 0, block = 1; start < length; start += prf.outputLen, block++) {
    const blockNumber = new Uint8Array(4);
    new DataView(blockNumber.buffer).setUint32(0, block);
    let output = prf.clone().update(salt).update(blockNumber).digest();
    const sum = output.slice();
    for (let iteration = 1; iteration < iterations; iteration++) {
      if (iteration % ITERATIONS_PER_TURN === 0) await giveOtherRequestsATurn();
      output = prf.clone().update(output).digest();
      for (let index = 0; index < sum.length; index++) {
        sum[index] = (sum[index] ?? 0) ^ (output[index] ?? 0);
      }
    }
    key.set(sum.subarray(0, length - start), start);
  }
  return key;
}
