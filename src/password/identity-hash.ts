/**
 * The password hashes of ASP.NET Core Identity, versions 2 and 3: base64 of a version byte, the parameters, a salt, and a
 * key of PBKDF2.
 * https://github.com/dotnet/aspnetcore/blob/main/src/Identity/Extensions.Core/src/PasswordHasher.cs
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { type ForeignLayer, isAffordable } from './foreign-layer.ts';
import type { Pbkdf2Hash } from './pbkdf2.ts';

/** The parts of an Identity hash. */
export interface IdentityHash {
  layer: ForeignLayer;
  key: Uint8Array;
}

/** The shortest salt and the shortest key that Identity itself accepts in a version 3 hash. */
const MIN_SALT_BYTES = 16;
const MIN_KEY_BYTES = 16;

/** The format allows longer salts and keys, but no system uses them. */
const MAX_SALT_BYTES = 1024;
const MAX_KEY_BYTES = 1024;

/** Version 3 names its hash function by number (`KeyDerivationPrf`). */
const HASHES: Pbkdf2Hash[] = ['SHA-1', 'SHA-256', 'SHA-512'];

const UNREADABLE = fail('unreadable_hash');

/** Reads a stored hash as .NET reads it. A hash that costs too much to verify is unreadable too. */
export function parseIdentityHash(stored: string): Result<IdentityHash, 'unreadable_hash'> {
  const bytes = decodeBase64(stored);
  switch (bytes?.[0]) {
    case 0:
      return parseVersion2(bytes);
    case 1:
      return parseVersion3(bytes);
    default:
      return UNREADABLE;
  }
}

/** `00 | salt[16] | key[32]`: PBKDF2-HMAC-SHA1 with 1,000 iterations. */
function parseVersion2(bytes: Uint8Array): Result<IdentityHash, 'unreadable_hash'> {
  if (bytes.length !== 1 + 16 + 32) return UNREADABLE;
  const layer = {
    hash: 'SHA-1',
    iterations: 1000,
    salt: bytes.slice(1, 17),
    keyLength: 32,
  } as const;
  return succeed({ layer, key: bytes.slice(17) });
}

/** `01 | hash u32 | iterations u32 | salt length u32 | salt | key`, big-endian. The key is all that remains. */
function parseVersion3(bytes: Uint8Array<ArrayBuffer>): Result<IdentityHash, 'unreadable_hash'> {
  const HEADER_BYTES = 13;
  if (bytes.length < HEADER_BYTES) return UNREADABLE;
  const header = new DataView(bytes.buffer);
  const hash = HASHES[header.getUint32(1)];
  const iterations = header.getUint32(5);
  const saltLength = header.getUint32(9);
  const salt = bytes.slice(HEADER_BYTES, HEADER_BYTES + saltLength);
  const key = bytes.slice(HEADER_BYTES + saltLength);
  if (hash === undefined || iterations < 1) return UNREADABLE;
  if (saltLength < MIN_SALT_BYTES || saltLength > MAX_SALT_BYTES) return UNREADABLE;
  if (salt.length !== saltLength) return UNREADABLE;
  if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES) return UNREADABLE;
  const layer = { hash, iterations, salt, keyLength: key.length };
  return isAffordable(layer) ? succeed({ layer, key }) : UNREADABLE;
}

/** Base64 with padding. White space does not count, as in `Convert.FromBase64String`. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/[ \t\r\n]/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) return undefined;
  return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
}
