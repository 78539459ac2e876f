/**
 * Passwords: hashing a new one, and verifying a typed one.
 *
 * A password is text until it is encoded. From there on its UTF-8 bytes are called `passwordBytes`.
 *
 * @module
 */
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import {
  deriveForeignKey,
  type ForeignLayer,
  isOfShape,
  type LayerShape,
  shapeOf,
  standInFor,
} from './foreign-layer.ts';
import type { TakeTurn } from './hash-queue.ts';
import { deriveKey, KEY_BYTES, SALT_BYTES } from './layers.ts';
import {
  type ForeignHash,
  formatLayeredHash,
  parseStoredHash,
  type StoredHash,
} from './stored-hash.ts';

/**
 * Hashes a new password with a fresh salt. {@link verifyPassword} reads the result.
 *
 * ```ts
 * const passwordHash = await hashPassword('correct horse battery staple');
 * ```
 *
 * @param takeTurn from the queue of the isolate. The command line has none
 */
export async function hashPassword(password: string, takeTurn?: TakeTurn): Promise<string> {
  const salt = freshSalt();
  const key = await deriveKey({ secret: utf8(password), input: 'direct', salt }, takeTurn);
  return formatLayeredHash({ salt, key });
}

/**
 * Puts today's layers over the key of an imported hash. The password is not needed. The result is as hard to crack as any
 * other hash.
 */
export async function hardenHash({ foreign, key: foreignKey }: ForeignHash): Promise<string> {
  const salt = freshSalt();
  const key = await deriveKey({ secret: foreignKey, input: 'wrapped', salt });
  return formatLayeredHash({ foreign, salt, key });
}

/** The hash that a password matched. */
export interface PasswordMatch {
  /** As it is stored. */
  hash: string;
  /** Whether the hash has another system's layer: then today's hash should take its place. */
  isOutdated: boolean;
}

/** Why a password did not match the stored hash. */
export type PasswordReason = 'wrong_password' | 'no_password' | 'unreadable_hash';

export interface VerifyPasswordOptions {
  /** The shapes to derive, in an order that is the same for every name. */
  shapes: LayerShape[];
  /** From the queue of the isolate. */
  takeTurn?: TakeTurn;
}

/**
 * Verifies a typed password against the stored hash.
 *
 * The same derivations run whatever is stored: one foreign layer of each given shape, then today's layers. For each shape
 * the user's own layer is derived if it has that shape, and a stand-in if not. Without a user, only stand-ins are derived.
 * So the time of an answer tells nothing about the user.
 *
 * A layer of another shape is not derived, and then no password is right: see {@link unlistedShape}.
 *
 * @param password as it was sent. It is not normalised, because ASP.NET Core Identity does not normalise it either
 * @param stored `null` where there is no such user, or where the user has no password
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  { shapes, takeTurn }: VerifyPasswordOptions,
): Promise<Result<PasswordMatch, PasswordReason>> {
  const passwordBytes = utf8(password);
  const parsed = stored === null ? undefined : parseStoredHash(stored);
  const hash = parsed?.ok ? parsed.value : undefined;
  const foreignKey = await deriveForeignLayers(passwordBytes, hash?.foreign, { shapes, takeTurn });
  const isEqual = await matchesKeys(passwordBytes, foreignKey, { hash, takeTurn });

  if (parsed === undefined) return fail('no_password');
  if (!parsed.ok) return parsed;
  const { text, foreign } = parsed.value;
  const isCompared = foreign === undefined || foreignKey !== undefined;
  if (!isCompared || !isEqual || !isPossiblePassword(password)) return fail('wrong_password');
  return succeed({ hash: text, isOutdated: foreign !== undefined });
}

/**
 * Finds the layer that a stored hash begins with, where its shape is not listed: it costs more than every login can bear. Only
 * {@link verifyPassword} with this shape alone tells whether a password is right.
 */
export function unlistedShape(stored: string, listed: LayerShape[]): LayerShape | undefined {
  const parsed = parseStoredHash(stored);
  const foreign = parsed.ok ? parsed.value.foreign : undefined;
  if (foreign === undefined || listed.some((shape) => isOfShape(foreign, shape))) return undefined;
  return shapeOf(foreign);
}

/**
 * Whether a text can be a password at all. HMAC pads a short key with zero bytes, so a password with U+0000 behind it has the
 * same key as without. UTF-8 has no lone surrogates, so each of them becomes U+FFFD, and different texts become one. A new
 * password has neither: see policy.ts. It is looked at after the hash, so that it costs what every other password costs.
 */
function isPossiblePassword(password: string): boolean {
  return !password.includes('\0') && password.isWellFormed();
}

/** @returns the key of the user's own foreign layer, where the hash has one of the given shapes */
async function deriveForeignLayers(
  passwordBytes: Uint8Array,
  own: ForeignLayer | undefined,
  { shapes, takeTurn }: VerifyPasswordOptions,
): Promise<Uint8Array | undefined> {
  let ownKey: Uint8Array | undefined;
  for (const shape of shapes) {
    const isOwn = own !== undefined && isOfShape(own, shape);
    const key = await deriveForeignKey(passwordBytes, isOwn ? own : standInFor(shape), takeTurn);
    if (isOwn) ownKey = key;
  }
  return ownKey;
}

async function matchesKeys(
  passwordBytes: Uint8Array,
  foreignKey: Uint8Array | undefined,
  { hash, takeTurn }: { hash: StoredHash | undefined; takeTurn?: TakeTurn },
): Promise<boolean> {
  if (hash?.kind === 'layered' && foreignKey !== undefined) {
    const wrapped = { secret: foreignKey, input: 'wrapped', salt: hash.salt } as const;
    return isSame(await deriveKey(wrapped, takeTurn), hash.key);
  }
  const { salt, key } = hash?.kind === 'layered' ? hash : STAND_IN;
  const direct = { secret: passwordBytes, input: 'direct', salt } as const;
  const isEqual = isSame(await deriveKey(direct, takeTurn), key);
  if (hash?.kind === 'foreign' && foreignKey !== undefined) return isSame(foreignKey, hash.key);
  return isEqual;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return crypto.subtle.timingSafeEqual(one, other);
}

/** It costs what a real hash costs. Whether it matches is never used. */
const STAND_IN = { salt: new Uint8Array(SALT_BYTES), key: new Uint8Array(KEY_BYTES) };

function freshSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
