/**
 * Passwords: hashing a new one, verifying a typed one.
 *
 * @module
 */
import { deriveForeignKey, type ForeignLayer } from './identity-hash.ts';
import { deriveKey, KEY_BYTES, SALT_BYTES } from './layers.ts';
import type { Pbkdf2Hash } from './pbkdf2.ts';
import { formatLayeredHash, parseStoredHash, type StoredHash } from './stored-hash.ts';
import { giveOtherRequestsATurn } from './turns.ts';

/** Hashes a new password with a fresh salt; {@link verifyPassword} reads the result. */
export async function hashPassword(password: string): Promise<string> {
  const salt = freshSalt();
  const key = await deriveKey(utf8(password), 'direct', salt);
  return formatLayeredHash({ salt, key });
}

/**
 * Puts today's layers over the key of an imported hash, without its password: what is stored is then
 * worth no more to a thief than any other hash.
 *
 * @returns `null` where the hash is not another system's, or already has them
 */
export async function hardenHash(stored: string): Promise<string | null> {
  const hash = parseStoredHash(stored);
  if (hash?.kind !== 'foreign') return null;
  const salt = freshSalt();
  const key = await deriveKey(hash.key, 'wrapped', salt);
  return formatLayeredHash({ foreign: hash.foreign, salt, key });
}

/** What the cost of a foreign layer depends on. Lengths are in bytes. */
export interface LayerShape {
  hash: Pbkdf2Hash;
  iterations: number;
  saltLength: number;
  keyLength: number;
}

/** What a verification found; anything but a match is a failed login. */
export type PasswordVerdict =
  | 'match'
  /** Right, but stored with another system's layer: to be hashed anew. */
  | 'outdated_match'
  | 'wrong_password'
  | 'no_password'
  | 'unreadable_hash';

/**
 * Verifies a typed password against the stored hash.
 *
 * Whatever is stored, and without anything (`null`: no such user, or one who has no password), the
 * same derivations run: each foreign layer that any user's hash begins with, then today's layers. The
 * user's own takes its place among them, stand-ins take the others: how long an answer takes says
 * nothing of the user.
 *
 * @param password as it was sent; no Unicode normalisation, because ASP.NET Core Identity does none
 * @param shapes of the foreign layers in the database, in any order that is the same for every name
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  shapes: LayerShape[],
): Promise<PasswordVerdict> {
  const typed = utf8(password);
  const hash = stored === null ? null : parseStoredHash(stored);
  const foreignKey = await deriveForeignLayers(typed, hash?.foreign, shapes);
  const isEqual = await matchesKeys(typed, foreignKey, hash);

  if (stored === null) return 'no_password';
  if (hash === null) return 'unreadable_hash';
  // HMAC pads a short key with zero bytes, so that U+0000 behind a right password changes nothing.
  // No password holds one: see policy.ts.
  if (!isEqual || password.includes('\0')) return 'wrong_password';
  return hash.foreign === undefined ? 'match' : 'outdated_match';
}

/** @returns the key of the user's own foreign layer, where the hash begins with one */
async function deriveForeignLayers(
  password: Uint8Array,
  own: ForeignLayer | undefined,
  shapes: LayerShape[],
): Promise<Uint8Array | undefined> {
  let ownKey: Uint8Array | undefined;
  for (const shape of shapes) {
    if (own !== undefined && hasShape(own, shape)) ownKey = await deriveForeignKey(password, own);
    else await deriveForeignKey(password, standIn(shape));
    await giveOtherRequestsATurn();
  }
  // One that is not in the list stands out: it has too many iterations to burden every login with it.
  if (own !== undefined && ownKey === undefined) ownKey = await deriveForeignKey(password, own);
  return ownKey;
}

async function matchesKeys(
  password: Uint8Array,
  foreignKey: Uint8Array | undefined,
  hash: StoredHash | null,
): Promise<boolean> {
  if (hash?.kind === 'layered' && foreignKey !== undefined) {
    return isSame(await deriveKey(foreignKey, 'wrapped', hash.salt), hash.key);
  }
  const { salt, key } = hash?.kind === 'layered' ? hash : STAND_IN;
  const isEqual = isSame(await deriveKey(password, 'direct', salt), key);
  if (hash?.kind === 'foreign' && foreignKey !== undefined) return isSame(foreignKey, hash.key);
  return isEqual;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return crypto.subtle.timingSafeEqual(one, other);
}

function hasShape({ hash, iterations, salt, keyLength }: ForeignLayer, shape: LayerShape): boolean {
  return (
    hash === shape.hash &&
    iterations === shape.iterations &&
    salt.length === shape.saltLength &&
    keyLength === shape.keyLength
  );
}

function standIn({ hash, iterations, saltLength, keyLength }: LayerShape): ForeignLayer {
  return { hash, iterations, salt: new Uint8Array(saltLength), keyLength };
}

/** Costs what a real hash costs; its verdict is never used. */
const STAND_IN = { salt: new Uint8Array(SALT_BYTES), key: new Uint8Array(KEY_BYTES) };

function freshSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
