/** Tokens that the Worker under test has not made. */
import { SignJWT } from 'jose';
import { importSecretKey } from '#portero/internal/secret-key.ts';
import { noteToken } from './secrets.ts';
import { TEST_ENV } from './test-env.ts';

/** The claims of a token that is right in everything. */
export function validClaims(now = Math.floor(Date.now() / 1000)) {
  return {
    iss: TEST_ENV.JWT_ISSUER,
    aud: TEST_ENV.JWT_AUDIENCE,
    sub: 'id-of-jdoe',
    name: 'jdoe',
    role: 'Sales',
    permissions: ['users.list', 'users.read'],
    iat: now,
    nbf: now,
    exp: now + 1800,
    jti: 'jti',
  };
}

/** Signs a token whose claims and header differ from a right one's in what is given. */
export async function forge(
  claims: object = {},
  header: object = {},
  secret = TEST_ENV.JWT_SECRET,
): Promise<string> {
  const { id } = await importSecretKey(TEST_ENV.JWT_SECRET);
  const token = await new SignJWT({ ...validClaims(), ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: id, ...header })
    .sign(new TextEncoder().encode(secret));
  noteToken(token);
  return token;
}

export function hmac(secret: string | Uint8Array, hash = 'SHA-256'): Promise<CryptoKey> {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign']);
}

/** A token with a signature of any key over any header and payload, valid JSON or not. */
export async function signText(header: string, payload: string, key: CryptoKey): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const input = `${encode(bytes(header))}.${encode(bytes(payload))}`;
  const algorithm = { name: key.algorithm.name, hash: 'SHA-256' }; // only ECDSA reads the hash
  const signature = await crypto.subtle.sign(algorithm, key, bytes(input));
  return `${input}.${encode(new Uint8Array(signature))}`;
}

export function encode(bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
