/**
 * The string that stores a password hash. It describes itself, in the style of the PHC string
 * format; `docs/password-hash.md` has the grammar.
 *
 * @module
 */
import { KEY_BYTES, type LayerParameters, SALT_BYTES } from './layers.ts';
import { MAX_ITERATIONS_PER_CALL } from './pbkdf2.ts';

/** A stored hash, taken apart. */
export interface StoredHash extends LayerParameters {
  salt: Uint8Array;
  key: Uint8Array;
}

const FORMAT =
  /^\$portero\$v=1\$p=sha512,i=([1-9]\d{0,5}),n=([1-9]\d{0,2}),s=([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** Writes a hash as `$portero$v=1$p=sha512,i=10000,n=22,s=<salt>$<key>`, base64 without padding. */
export function formatStoredHash({ iterations, layers, salt, key }: StoredHash): string {
  return `$portero$v=1$p=sha512,i=${iterations},n=${layers},s=${encode(salt)}$${encode(key)}`;
}

/** Reads what {@link formatStoredHash} wrote; `null` for anything else. */
export function parseStoredHash(stored: string): StoredHash | null {
  const [, iterations, layers, salt, key] = FORMAT.exec(stored) ?? [];
  if (!iterations || !layers || !salt || !key) return null;
  const hash = {
    iterations: Number(iterations),
    layers: Number(layers),
    salt: decode(salt),
    key: decode(key),
  };
  if (hash.iterations > MAX_ITERATIONS_PER_CALL) return null;
  if (hash.salt.length !== SALT_BYTES || hash.key.length !== KEY_BYTES) return null;
  // A string whose unused last bits are set decodes to the same bytes: one hash, one spelling.
  return formatStoredHash(hash) === stored ? hash : null;
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('=', '');
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
