/**
 * The text that stores a password hash. It describes itself, in the style of the PHC string format.
 * `docs/password-hash.md` has its grammar. An imported hash may still be ASP.NET Core Identity's.
 *
 * @module
 */
import { ITERATIONS_PER_LAYER, LAYERS } from '#password/cost.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { type ForeignLayer, isAffordable } from './foreign-layer.ts';
import { parseIdentityHash } from './identity-hash.ts';

/** Today's layers over a password, or over the key that another system has made of it. */
export interface LayeredHash {
  kind: 'layered';
  /** The foreign layer below today's layers. `undefined` where there is none. */
  foreign?: ForeignLayer;
  salt: Uint8Array;
  key: Uint8Array;
}

/** The key of another system, without today's layers over it. */
export interface ForeignHash {
  kind: 'foreign';
  foreign: ForeignLayer;
  key: Uint8Array;
}

/** A stored hash and the text that it was read from. */
export type StoredHash = (LayeredHash | ForeignHash) & { text: string };

const VERSION = '$portero$v=1$';

/**
 * Today's parameters. A hash with other parameters would take another time to verify, and that tells that its user
 * exists. Before you change them, even out the time of the hashes that are stored already.
 */
const PARAMETERS = `p=sha512,i=${ITERATIONS_PER_LAYER},n=${LAYERS},s=`;

/** The 16 bytes of the salt and the 32 bytes of the key, in base64 without padding. */
const SALT_AND_KEY = /^([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** The hash function, the iterations, the key length in bytes and the salt of a foreign layer. */
const FOREIGN =
  /^f=(sha1|sha256|sha512),i=([1-9]\d{0,6}),k=([1-9]\d{0,4}),s=((?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,4})\$/;

const HASHES = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const;

/** Writes a hash as `$portero$v=1$[<foreign>$]p=sha512,i=10000,n=22,s=<salt>$<key>`. */
export function formatLayeredHash({ foreign, salt, key }: Omit<LayeredHash, 'kind'>): string {
  const below = foreign === undefined ? '' : formatForeign(foreign);
  return `${VERSION}${below}${PARAMETERS}${encode(salt)}$${encode(key)}`;
}

function formatForeign({ hash, iterations, keyLength, salt }: ForeignLayer): string {
  const name = hash.replace('-', '').toLowerCase();
  return `f=${name},i=${iterations},k=${keyLength},s=${encode(salt)}$`;
}

/** Reads a text that {@link formatLayeredHash} has written, or a hash of ASP.NET Core Identity. */
export function parseStoredHash(text: string): Result<StoredHash, 'unreadable_hash'> {
  if (text.startsWith(VERSION)) return parseLayeredHash(text);
  const identity = parseIdentityHash(text);
  if (!identity.ok) return identity;
  const { layer, key } = identity.value;
  return succeed({ kind: 'foreign', foreign: layer, key, text });
}

function parseLayeredHash(text: string): Result<StoredHash, 'unreadable_hash'> {
  const unreadable = fail('unreadable_hash');
  const body = text.slice(VERSION.length);
  const [foreignText = '', name, iterations, keyLength, foreignSalt] = FOREIGN.exec(body) ?? [];
  const layers = body.slice(foreignText.length);
  if (!layers.startsWith(PARAMETERS)) return unreadable;
  const [, salt, key] = SALT_AND_KEY.exec(layers.slice(PARAMETERS.length)) ?? [];
  if (salt === undefined || key === undefined) return unreadable;

  const hash: LayeredHash = { kind: 'layered', salt: decode(salt), key: decode(key) };
  if (foreignSalt !== undefined) {
    hash.foreign = {
      hash: HASHES[name as keyof typeof HASHES],
      iterations: Number(iterations),
      keyLength: Number(keyLength),
      salt: decode(foreignSalt),
    };
    if (!isAffordable(hash.foreign)) return unreadable;
  }
  // A text whose unused last bits are set decodes to the same bytes. A hash has one spelling, so it is refused.
  return formatLayeredHash(hash) === text ? succeed({ ...hash, text }) : unreadable;
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('=', '');
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
