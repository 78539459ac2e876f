/**
 * Public keys, as JSON Web Keys (RFC 7517; RFC 7518, section 6; RFC 8037, section 2).
 *
 * @module
 */
import { base64url, calculateJwkThumbprint, importJWK } from 'jose';
import * as v from 'valibot';
import { isBase64Url } from './base64url.ts';
import { fail, type Result, succeed } from './result.ts';
import { PAIR_ALGORITHMS, type PairAlgorithm, type VerificationKey } from './verification-key.ts';

/** The modulus of an RSA key in bits. The longest signature counts in the longest token, so there is a limit. */
export const RSA_BITS = { least: 2_048, most: 4_096 };

/** 65537, the exponent that every tool chooses. With 1, anybody could make signatures. */
const RSA_EXPONENT = 'AQAB';

/** The members of a public key, by its algorithm. There is one spelling of each key, and nothing private in it. */
const MEMBERS = {
  ES256: { kty: 'EC', crv: 'P-256', numbers: ['x', 'y'] },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', numbers: ['x'] },
  RS256: { kty: 'RSA', crv: undefined, numbers: ['n', 'e'] },
} as const satisfies Record<PairAlgorithm, object>;

/** Nobody but the signer has one of these (RFC 7518, section 6). `k` is a secret. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** As `/.well-known/jwks.json` has it. */
export interface PublicJwk {
  kty: string;
  crv?: string;
  x?: string;
  y?: string;
  n?: string;
  e?: string;
  /** The thumbprint of RFC 7638. */
  kid: string;
  alg: PairAlgorithm;
  use: 'sig';
}

/** A public key whose tokens are accepted. */
export interface PublicKey extends VerificationKey {
  algorithm: PairAlgorithm;
  jwk: PublicJwk;
}

/** What is wrong with a key: fixed text, which holds nothing of the key. */
export type KeyResult<T> = Result<T, 'key_refused', { problem: string }>;

export const refuseKey = (problem: string) => fail('key_refused', { problem });

/** A JSON Web Key of which only the algorithm has been looked at. */
export type AnyJwk = Record<string, unknown> & { alg: PairAlgorithm };

export const AnyJwk = v.looseObject({ alg: v.picklist(PAIR_ALGORITHMS) });

/** @param text the JSON of one key */
export function parseJwk(text: string): KeyResult<AnyJwk> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuseKey('is not the JSON of a key (a JWK)');
  }
  if (!v.is(AnyJwk, value)) {
    return refuseKey(`is not a key (a JWK) whose alg is one of ${PAIR_ALGORITHMS.join(', ')}`);
  }
  return succeed(value);
}

/**
 * Reads a public key. Its `kid` becomes the thumbprint of RFC 7638, whatever it was.
 *
 * ```ts
 * const key = await readPublicKey({ alg: 'EdDSA', kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
 * ```
 */
export async function readPublicKey(jwk: AnyJwk): Promise<KeyResult<PublicKey>> {
  if (PRIVATE_MEMBERS.some((member) => member in jwk)) {
    return refuseKey('holds a private key: set the public one alone');
  }
  return readPublicPart(jwk);
}

/** Reads the public part of a key, which may have a private one. */
export async function readPublicPart(jwk: AnyJwk): Promise<KeyResult<PublicKey>> {
  const { alg } = jwk;
  const { kty, crv, numbers } = MEMBERS[alg];
  if (jwk.kty !== kty || jwk.crv !== crv) {
    return refuseKey(`is not a key of ${alg}: kty and crv are others`);
  }
  if (jwk.use !== undefined && jwk.use !== 'sig') return refuseKey('is not a key for signatures');
  const publicPart: Pick<PublicJwk, 'kty' | 'crv' | (typeof numbers)[number]> =
    crv === undefined ? { kty } : { kty, crv };
  for (const member of numbers) {
    const number = jwk[member];
    if (typeof number !== 'string' || !isBase64Url(number)) {
      return refuseKey(`is cut short or spoilt: its ${member} is no number`);
    }
    publicPart[member] = number;
  }
  if (alg === 'RS256') {
    const problem = problemOfRsa(publicPart);
    if (problem !== undefined) return refuseKey(problem);
  }
  try {
    const key = (await importJWK(publicPart, alg)) as CryptoKey;
    const id = await calculateJwkThumbprint(publicPart);
    const published: PublicJwk = { ...publicPart, kid: id, alg, use: 'sig' };
    return succeed({ id, algorithm: alg, key, jwk: published });
  } catch {
    return refuseKey(`is cut short or spoilt: it is no key of ${alg}`);
  }
}

function problemOfRsa({ n = '', e }: { n?: string; e?: string }): string | undefined {
  const modulus = base64url.decode(n);
  // RFC 7518, section 6.3.1.1: no zero stands before it. Else one key would have several thumbprints.
  if (modulus[0] === 0) return 'is cut short or spoilt: its n begins with a zero';
  const bits = bitsOf(modulus);
  if (bits < RSA_BITS.least || bits > RSA_BITS.most) {
    return `has ${bits} bits: an RSA key has ${RSA_BITS.least} to ${RSA_BITS.most}`;
  }
  return e === RSA_EXPONENT ? undefined : 'has another public exponent than 65537';
}

/** @param number its bytes, the highest first, which is not zero */
function bitsOf(number: Uint8Array): number {
  return number.length * 8 - (Math.clz32(number[0] ?? 0) - 24);
}
