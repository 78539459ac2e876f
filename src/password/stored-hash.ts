/**
 * The string that stores a password hash. It describes itself, in the style of the PHC string
 * format; `docs/password-hash.md` has the grammar.
 *
 * @module
 */
import { ITERATIONS_PER_LAYER, LAYERS } from './layers.ts';

/** A stored hash, taken apart. */
export interface StoredHash {
  salt: Uint8Array;
  key: Uint8Array;
}

/**
 * Today's parameters. A hash that names others would take another time to verify, which tells that
 * its user exists: whoever changes them has to even that out for the hashes that are stored already.
 */
const PREFIX = `$portero$v=1$p=sha512,i=${ITERATIONS_PER_LAYER},n=${LAYERS},s=`;

/** The salt's 16 bytes and the key's 32 in base64 without padding. */
const SALT_AND_KEY = /^([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** Writes a hash as `$portero$v=1$p=sha512,i=10000,n=22,s=<salt>$<key>`, base64 without padding. */
export function formatStoredHash({ salt, key }: StoredHash): string {
  return `${PREFIX}${encode(salt)}$${encode(key)}`;
}

/** Reads what {@link formatStoredHash} wrote; `null` for anything else. */
export function parseStoredHash(stored: string): StoredHash | null {
  if (!stored.startsWith(PREFIX)) return null;
  const [, salt, key] = SALT_AND_KEY.exec(stored.slice(PREFIX.length)) ?? [];
  if (salt === undefined || key === undefined) return null;
  const hash = { salt: decode(salt), key: decode(key) };
  // A string whose unused last bits are set decodes to the same bytes: one hash, one spelling.
  return formatStoredHash(hash) === stored ? hash : null;
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('=', '');
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
