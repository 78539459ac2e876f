/**
 * `JWT_PRIVATE_KEY`: the private key that signs tokens, as a JSON Web Key (RFC 7517).
 *
 * @module
 */
import { importJWK } from 'jose';
import {
  type AnyJwk,
  type KeyResult,
  type PublicKey,
  parseJwk,
  readPublicPart,
  refuseKey,
} from '#portero/internal/public-key.ts';
import { succeed } from '#portero/internal/result.ts';
import type { SigningKey } from './sign.ts';

/** What signs, and what verifies. */
export interface KeyPair {
  signing: SigningKey;
  publicKey: PublicKey;
}

/** The numbers of a private key. An RSA key has all of them, the others have `d`. */
const PRIVATE_NUMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'];

/**
 * Reads a private key.
 *
 * ```ts
 * const pair = await readPrivateKey(env.JWT_PRIVATE_KEY);
 * ```
 *
 * @param text the JSON of the key, as `npm run portero -- keys generate` prints it
 */
export async function readPrivateKey(text: string): Promise<KeyResult<KeyPair>> {
  const parsed = parseJwk(text);
  if (!parsed.ok) return parsed;
  const jwk = parsed.value;
  if (!('d' in jwk)) return refuseKey('is a public key: set the private one');
  const publicKey = await readPublicPart(jwk);
  if (!publicKey.ok) return publicKey;
  const { id, algorithm } = publicKey.value;
  const key = await importPrivatePart(jwk, publicKey.value);
  if (key === undefined) return refuseKey(`is cut short or spoilt: it is no key of ${algorithm}`);
  return succeed({ signing: { id, algorithm, key }, publicKey: publicKey.value });
}

/** @returns nothing where the numbers do not belong together: no one would accept the tokens */
async function importPrivatePart(
  jwk: AnyJwk,
  { algorithm, key: publicKey, jwk: publicJwk }: PublicKey,
): Promise<CryptoKey | undefined> {
  const numbers = PRIVATE_NUMBERS.map((name) => [name, jwk[name]]);
  const { kid, use, ...publicPart } = publicJwk;
  try {
    const key = await importJWK({ ...Object.fromEntries(numbers), ...publicPart }, algorithm);
    const isPair = key instanceof CryptoKey && (await belongTogether(key, publicKey));
    return isPair ? key : undefined;
  } catch {
    return undefined;
  }
}

async function belongTogether(privateKey: CryptoKey, publicKey: CryptoKey): Promise<boolean> {
  const algorithm = { name: privateKey.algorithm.name, hash: 'SHA-256' }; // only ECDSA reads the hash
  const text = new TextEncoder().encode('Portero tries its key');
  const signature = await crypto.subtle.sign(algorithm, privateKey, text);
  return crypto.subtle.verify(algorithm, publicKey, signature, text);
}
