/**
 * Passwords: hashing a new one, verifying a typed one.
 *
 * @module
 */
import { deriveKey, KEY_BYTES, SALT_BYTES } from './layers.ts';
import { formatStoredHash, parseStoredHash, type StoredHash } from './stored-hash.ts';

/** Hashes a new password with a fresh salt; {@link verifyPassword} reads the result. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await deriveKey(utf8(password), 'direct', salt);
  return formatStoredHash({ salt, key });
}

/** What a verification found; anything but `match` is a failed login. */
export type PasswordVerdict = 'match' | 'wrong_password' | 'no_password' | 'unreadable_hash';

/**
 * Verifies a typed password against the stored hash.
 *
 * Without a hash to verify (`null`: no such user, or one who has no password) and with an unreadable
 * one, the same derivations run on a stand-in: how long an answer takes says nothing of the user.
 *
 * @param password as it was sent; no Unicode normalisation, because ASP.NET Core Identity does none
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
): Promise<PasswordVerdict> {
  const hash = stored === null ? null : parseStoredHash(stored);
  const { salt, key } = hash ?? STAND_IN;
  const typed = await deriveKey(utf8(password), 'direct', salt);
  const isEqual = crypto.subtle.timingSafeEqual(typed, key);

  if (stored === null) return 'no_password';
  if (hash === null) return 'unreadable_hash';
  // HMAC pads a short key with zero bytes, so that U+0000 behind a right password changes nothing.
  // No password holds one: see policy.ts.
  return isEqual && !password.includes('\0') ? 'match' : 'wrong_password';
}

/** Costs what a real hash costs; its verdict is never used. */
const STAND_IN: StoredHash = {
  salt: new Uint8Array(SALT_BYTES),
  key: new Uint8Array(KEY_BYTES),
};

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
