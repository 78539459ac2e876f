/**
 * A foreign layer: the PBKDF2 with which another system made a key of the password. What it costs, and how to derive it.
 *
 * @module
 */
import { type TakeTurn, withoutTurns } from './hash-queue.ts';
import { MAX_ITERATIONS_PER_CALL, type Pbkdf2Hash, pbkdf2 } from './pbkdf2.ts';

export interface ForeignLayer {
  hash: Pbkdf2Hash;
  /** 1 to {@link MAX_FOREIGN_ITERATIONS}. */
  iterations: number;
  salt: Uint8Array;
  /** In bytes. */
  keyLength: number;
}

/** The part of a foreign layer that its cost depends on. Lengths are in bytes. */
export interface LayerShape {
  hash: Pbkdf2Hash;
  iterations: number;
  saltLength: number;
  keyLength: number;
}

/** With more iterations, one login would take more of the processor than Workers give to a request. */
const MAX_FOREIGN_ITERATIONS = 1_000_000;

/** The most iterations over all the blocks of a key. A key of 32 bytes has two blocks of SHA-1. */
const MAX_BLOCK_ITERATIONS = 2 * MAX_FOREIGN_ITERATIONS;

/** Every login pays for a listed shape, so a listed shape costs no more than twice the iterations of one call. */
const MAX_LISTED_BLOCK_ITERATIONS = 2 * MAX_ITERATIONS_PER_CALL;

const BLOCK_BYTES = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 };

type Cost = Pick<LayerShape, 'hash' | 'iterations' | 'keyLength'>;

/** What a layer costs: its iterations over all the blocks of its key. */
export function blockIterations({ hash, iterations, keyLength }: Cost): number {
  return iterations * Math.ceil(keyLength / BLOCK_BYTES[hash]);
}

/** Whether a login can derive a layer in the time that Workers give to a request. */
export function isAffordable(layer: Cost): boolean {
  return (
    layer.iterations <= MAX_FOREIGN_ITERATIONS && blockIterations(layer) <= MAX_BLOCK_ITERATIONS
  );
}

/** Whether every login is to derive a layer of this shape, so that the time of a login betrays no user. */
export function isListed(layer: Cost): boolean {
  return (
    layer.iterations <= MAX_ITERATIONS_PER_CALL &&
    blockIterations(layer) <= MAX_LISTED_BLOCK_ITERATIONS
  );
}

export function shapeOf({ hash, iterations, salt, keyLength }: ForeignLayer): LayerShape {
  return { hash, iterations, saltLength: salt.length, keyLength };
}

export function isOfShape(layer: ForeignLayer, shape: LayerShape): boolean {
  const own = shapeOf(layer);
  return (
    own.hash === shape.hash &&
    own.iterations === shape.iterations &&
    own.saltLength === shape.saltLength &&
    own.keyLength === shape.keyLength
  );
}

/** Makes a layer that costs what every layer of the shape costs. */
export function standInFor({ hash, iterations, saltLength, keyLength }: LayerShape): ForeignLayer {
  return { hash, iterations, salt: new Uint8Array(saltLength), keyLength };
}

/** Derives the key of a password: in one WebCrypto call, or in short pieces where the layer costs more than a listed one. */
export async function deriveForeignKey(
  passwordBytes: Uint8Array,
  layer: ForeignLayer,
  takeTurn: TakeTurn = withoutTurns,
): Promise<Uint8Array> {
  const input = { ...layer, secret: passwordBytes };
  if (!isListed(layer)) {
    // Few users have such a hash, so the library is not evaluated before one is met.
    const { longPbkdf2 } = await import('./long-pbkdf2.ts');
    return longPbkdf2(input, takeTurn);
  }
  await takeTurn(blockIterations(layer));
  return pbkdf2(input);
}
