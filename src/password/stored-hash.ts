/**
 * The string that stores a password hash. It describes itself, in the style of the PHC string
 * format; `docs/password-hash.md` has the grammar. An imported one may still be ASP.NET Core Identity's.
 *
 * @module
 */
import { type ForeignLayer, isAffordable, parseIdentityHash } from './identity-hash.ts';
import { ITERATIONS_PER_LAYER, LAYERS } from './layers.ts';

/** Today's layers over a password, or over the key that another system has made of it. */
export interface LayeredHash {
  /** The foreign layer below today's; `undefined` where there is none. */
  foreign?: ForeignLayer;
  salt: Uint8Array;
  key: Uint8Array;
}

/** What can be stored: today's layers, or another system's key with none of them over it. */
export type StoredHash =
  | ({ kind: 'layered' } & LayeredHash)
  | { kind: 'foreign'; foreign: ForeignLayer; key: Uint8Array };

const VERSION = '$portero$v=1$';

/**
 * Today's parameters. A hash that names others would take another time to verify, which tells that
 * its user exists: whoever changes them has to even that out for the hashes that are stored already.
 */
const PARAMETERS = `p=sha512,i=${ITERATIONS_PER_LAYER},n=${LAYERS},s=`;

/** The salt's 16 bytes and the key's 32 in base64 without padding. */
const SALT_AND_KEY = /^([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** The hash function, the iterations, the key's length in bytes and the salt of a foreign layer. */
const FOREIGN =
  /^f=(sha1|sha256|sha512),i=([1-9]\d{0,6}),k=([1-9]\d{0,4}),s=((?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,4})\$/;

const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const;

/** Writes a hash as `$portero$v=1$[<foreign>$]p=sha512,i=10000,n=22,s=<salt>$<key>`. */
export function formatLayeredHash({ foreign, salt, key }: LayeredHash): string {
  const below = foreign === undefined ? '' : formatForeign(foreign);
  return `${VERSION}${below}${PARAMETERS}${encode(salt)}$${encode(key)}`;
}

function formatForeign({ hash, iterations, keyLength, salt }: ForeignLayer): string {
  const name = hash.replace('-', '').toLowerCase();
  return `f=${name},i=${iterations},k=${keyLength},s=${encode(salt)}$`;
}

/** Reads what {@link formatLayeredHash} wrote, or an Identity hash; `null` for anything else. */
export function parseStoredHash(stored: string): StoredHash | null {
  if (stored.startsWith(VERSION)) return parseLayeredHash(stored);
  const identity = parseIdentityHash(stored);
  return identity && { kind: 'foreign', foreign: identity.layer, key: identity.key };
}

function parseLayeredHash(stored: string): StoredHash | null {
  const text = stored.slice(VERSION.length);
  const [foreignText = '', name, iterations, keyLength, foreignSalt] = FOREIGN.exec(text) ?? [];
  const layers = text.slice(foreignText.length);
  if (!layers.startsWith(PARAMETERS)) return null;
  const [, salt, key] = SALT_AND_KEY.exec(layers.slice(PARAMETERS.length)) ?? [];
  if (salt === undefined || key === undefined) return null;

  const hash: LayeredHash = { salt: decode(salt), key: decode(key) };
  if (foreignSalt !== undefined) {
    hash.foreign = {
      hash: HASHES[name as keyof typeof HASHES],
      iterations: Number(iterations),
      keyLength: Number(keyLength),
      salt: decode(foreignSalt),
    };
    if (!isAffordable(hash.foreign)) return null;
  }
  // A string whose unused last bits are set decodes to the same bytes: one hash, one spelling.
  return formatLayeredHash(hash) === stored ? { kind: 'layered', ...hash } : null;
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('=', '');
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
