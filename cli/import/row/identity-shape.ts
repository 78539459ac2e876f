/**
 * The shape of a hash of ASP.NET Core Identity, also of one that cannot be read: how long it says that it is.
 * https://github.com/dotnet/aspnetcore/blob/main/src/Identity/Extensions.Core/src/PasswordHasher.cs
 *
 * @module
 */
import { type ForeignLayer, isAffordable } from '../../../src/password/foreign-layer.ts';

/** What Identity's own hasher writes, whatever its options. Only the number of iterations is an option. */
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** The hash functions and iterations that Identity writes by default: up to .NET 6, and from .NET 7 on. */
const DEFAULTS: Pick<ForeignLayer, 'hash' | 'iterations'>[] = [
  { hash: 'SHA-256', iterations: 10_000 },
  { hash: 'SHA-512', iterations: 100_000 },
];

/**
 * Compares the length of a hash with that which Identity gives to it. A shorter key verifies as well, because PBKDF2 makes
 * the beginning of a key in the same way. So a hash that was cut shows itself by its length alone.
 *
 * @returns `unknown` for another number of iterations: it may be of a hasher of one's own, which writes any length
 */
export function checkLength(layer: ForeignLayer): 'right' | 'wrong' | 'unknown' {
  const { hash, iterations, salt, keyLength } = layer;
  const isUsual = salt.length === SALT_BYTES && keyLength === KEY_BYTES;
  if (DEFAULTS.some((one) => one.hash === hash && one.iterations === iterations)) {
    return isUsual ? 'right' : 'wrong';
  }
  const isVersion2 = hash === 'SHA-1' && iterations === 1000 && isUsual;
  return isVersion2 ? 'right' : 'unknown';
}

/** A word can be base64 that begins with the byte 00 of version 2. What is shorter than this is not taken for a hash. */
const MIN_VERSION_2_BYTES = 12;

/** The bytes of version 3: `01`, the hash function, the iterations and the length of the salt as 32-bit numbers. */
const HEADER_BYTES = 13;

/** Version 3 names its hash function by number. */
const HASHES = ['SHA-1', 'SHA-256', 'SHA-512'] as const;

/** Portero reads no longer salt and no longer key. */
const MAX_BYTES = 1024;

/**
 * What is the matter with bytes that are no readable hash.
 *
 * - `costly`: a whole version 3 hash that Portero does not verify, because it costs too much
 * - `cut`: the beginning of a hash, or a changed one
 * - `foreign`: no hash of Identity
 */
export function diagnose(bytes: Uint8Array): 'costly' | 'cut' | 'foreign' {
  if (bytes[0] === 0) return bytes.length >= MIN_VERSION_2_BYTES ? 'cut' : 'foreign';
  // The number of the hash function is small, so its first bytes are 00. Hardly any other text begins so.
  if (bytes[0] !== 1 || bytes.slice(1, 4).some((byte) => byte !== 0)) return 'foreign';
  if (bytes.length < HEADER_BYTES) return 'cut';
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const hash = HASHES[header.getUint32(1)];
  const iterations = header.getUint32(5);
  const saltLength = header.getUint32(9);
  const keyLength = bytes.length - HEADER_BYTES - saltLength;
  if (hash === undefined || iterations === 0 || keyLength < 16 || saltLength < 16) return 'cut';
  const isReadable = Math.max(saltLength, keyLength) <= MAX_BYTES;
  return isReadable && isAffordable({ hash, iterations, keyLength }) ? 'cut' : 'costly';
}
