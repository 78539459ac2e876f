/** Key pairs of the tests' own. */
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
} from 'jose';
import type { PairAlgorithm } from '#portero/internal/verification-key.ts';
import { noteSecret } from './secrets.ts';
import { validClaims } from './tokens.ts';

export interface TestPair {
  /** As `JWT_PRIVATE_KEY` has it. */
  privateKey: string;
  /** As `JWT_PUBLIC_KEY_NEXT` has it. */
  publicKey: string;
  jwk: JWK;
}

/** Makes a pair. What must never be logged of it is noted. */
export async function makePair(alg: PairAlgorithm): Promise<TestPair> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), alg };
  noteSecret(jwk.d);
  return { privateKey: JSON.stringify(jwk), publicKey: JSON.stringify(publicPart(jwk)), jwk };
}

function publicPart({ kty, crv, x, y, n, e, alg }: JWK): JWK {
  return { kty, crv, x, y, n, e, alg };
}

/** A token of a pair, as Portero would sign it. @param claims those that differ from a right one's */
export async function tokenOf({ jwk }: TestPair, claims: object = {}): Promise<string> {
  const { alg = '' } = jwk;
  return new SignJWT({ ...validClaims(), ...claims })
    .setProtectedHeader({ alg, typ: 'JWT', kid: await calculateJwkThumbprint(jwk) })
    .sign(await importJWK(jwk, alg));
}
