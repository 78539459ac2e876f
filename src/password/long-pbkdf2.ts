/**
 * PBKDF2 that is too long for one call: with more iterations than the production runtime accepts, or with so many blocks of
 * a key that others would wait for long. Some ASP.NET Core sites have raised their number of iterations.
 *
 * WebCrypto cannot continue a call that has ended. So the iterations are ours here, and the HMAC is a library's. It takes
 * about four times as long.
 *
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { TakeTurn } from './hash-queue.ts';
import type { Pbkdf2Input } from './pbkdf2.ts';

const HASHES = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-512': sha512 };

/** They take some 10 ms. */
const ITERATIONS_PER_TURN = 2_000;

/** Derives a key with PBKDF2 (RFC 8018, section 5.2), in short pieces. */
export async function longPbkdf2(input: Pbkdf2Input, takeTurn: TakeTurn): Promise<Uint8Array> {
  const { hash, secret, salt, iterations, keyLength } = input;
  const prf = hmac.create(HASHES[hash], secret);
  const key = new Uint8Array(keyLength);
  for (let start = 0, block = 1; start < keyLength; start += prf.outputLen, block++) {
    await takeTurn(ITERATIONS_PER_TURN);
    const blockNumber = new Uint8Array(4);
    new DataView(blockNumber.buffer).setUint32(0, block);
    let output = prf.clone().update(salt).update(blockNumber).digest();
    const sum = output.slice();
    for (let iteration = 1; iteration < iterations; iteration++) {
      if (iteration % ITERATIONS_PER_TURN === 0) await takeTurn(ITERATIONS_PER_TURN);
      output = prf.clone().update(output).digest();
      for (let index = 0; index < sum.length; index++) {
        sum[index] = (sum[index] ?? 0) ^ (output[index] ?? 0);
      }
    }
    key.set(sum.subarray(0, keyLength - start), start);
  }
  return key;
}
