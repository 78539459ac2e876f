/**
 * The password hashes of ASP.NET Core Identity, versions 2 and 3: base64 of a version byte, the
 * parameters, a salt, and a key of PBKDF2.
 * https://github.com/dotnet/aspnetcore/blob/main/src/Identity/Extensions.Core/src/PasswordHasher.cs
 *
 * @module
 */
import { longPbkdf2 } from './long-pbkdf2.ts';
import { MAX_ITERATIONS_PER_CALL, type Pbkdf2Hash, pbkdf2 } from './pbkdf2.ts';

/** The PBKDF2 that another system made a key with. */
export interface ForeignLayer {
  hash: Pbkdf2Hash;
  /** 1 to {@link MAX_FOREIGN_ITERATIONS}. */
  iterations: number;
  salt: Uint8Array;
  /** In bytes. */
  keyLength: number;
}

/** An Identity hash, taken apart. */
export interface IdentityHash {
  layer: ForeignLayer;
  key: Uint8Array;
}

/** With more, one login would take more of the processor than Workers give to a request. */
const MAX_FOREIGN_ITERATIONS = 1_000_000;

/** Iterations over all the blocks of a key; a key of 32 bytes takes two blocks of SHA-1. */
const MAX_BLOCK_ITERATIONS = 2 * MAX_FOREIGN_ITERATIONS;

const BLOCK_BYTES = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 };

/** What a layer costs: its iterations over all the blocks of its key. */
export function blockIterations({
  hash,
  iterations,
  keyLength,
}: Omit<ForeignLayer, 'salt'>): number {
  return iterations * Math.ceil(keyLength / BLOCK_BYTES[hash]);
}

/** Whether a login can derive a layer in the time that Workers give to a request. */
export function isAffordable(layer: Omit<ForeignLayer, 'salt'>): boolean {
  return (
    layer.iterations <= MAX_FOREIGN_ITERATIONS && blockIterations(layer) <= MAX_BLOCK_ITERATIONS
  );
}

/** The shortest salt and the shortest key that Identity itself accepts in a version 3 hash. */
const MIN_SALT_BYTES = 16;
const MIN_KEY_BYTES = 16;

/** Longer salts and keys can be written down, and nobody has them. */
const MAX_SALT_BYTES = 1024;
const MAX_KEY_BYTES = 1024;

/** Version 3 names its hash function by number (`KeyDerivationPrf`). */
const HASHES: Pbkdf2Hash[] = ['SHA-1', 'SHA-256', 'SHA-512'];

/**
 * Reads a stored hash as .NET does.
 *
 * @returns `null` for what is no such hash, and for one that is not affordable
 */
export function parseIdentityHash(stored: string): IdentityHash | null {
  const bytes = decodeBase64(stored);
  if (bytes === null) return null;
  if (bytes[0] === 0) return parseVersion2(bytes);
  if (bytes[0] === 1) return parseVersion3(bytes);
  return null;
}

/** `00 | salt[16] | key[32]`: PBKDF2-HMAC-SHA1 with 1,000 iterations. */
function parseVersion2(bytes: Uint8Array): IdentityHash | null {
  if (bytes.length !== 1 + 16 + 32) return null;
  const salt = bytes.slice(1, 17);
  return { layer: { hash: 'SHA-1', iterations: 1000, salt, keyLength: 32 }, key: bytes.slice(17) };
}

/** `01 | hash u32 | iterations u32 | salt length u32 | salt | key`, big-endian; the key is the rest. */
function parseVersion3(bytes: Uint8Array): IdentityHash | null {
  const HEADER_BYTES = 13;
  if (bytes.length < HEADER_BYTES) return null;
  const header = new DataView(bytes.buffer);
  const hash = HASHES[header.getUint32(1)];
  const iterations = header.getUint32(5);
  const saltLength = header.getUint32(9);
  const salt = bytes.slice(HEADER_BYTES, HEADER_BYTES + saltLength);
  const key = bytes.slice(HEADER_BYTES + saltLength);
  if (hash === undefined || iterations < 1) return null;
  if (saltLength < MIN_SALT_BYTES || saltLength > MAX_SALT_BYTES) return null;
  if (salt.length !== saltLength) return null;
  if (key.length < MIN_KEY_BYTES || key.length > MAX_KEY_BYTES) return null;
  const layer = { hash, iterations, salt, keyLength: key.length };
  return isAffordable(layer) ? { layer, key } : null;
}

/** Base64 with padding, as `Convert.FromBase64String` takes it: white space does not count. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = text.replace(/[ \t\r\n]/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(digits)) return null;
  return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
}

/** Derives the key of a password, with as many WebCrypto calls as it takes: one, or none. */
export function deriveForeignKey(password: Uint8Array, layer: ForeignLayer): Promise<Uint8Array> {
  const { hash, iterations, salt, keyLength } = layer;
  const derive = iterations > MAX_ITERATIONS_PER_CALL ? longPbkdf2 : pbkdf2;
  return derive(hash, password, salt, iterations, keyLength);
}
