/** The password hash: its layers, its string, and the production limit. */
import { describe, expect, test, vi } from 'vitest';
import vectors from '../../docs/password-hash-vectors.json';
import { deriveForeignKey, standInFor } from '../../src/password/foreign-layer.ts';
import { deriveKey, type LayerInput } from '../../src/password/layers.ts';
import { hashPassword, unlistedShape, verifyPassword } from '../../src/password/password.ts';
import { pbkdf2 } from '../../src/password/pbkdf2.ts';
import {
  formatLayeredHash,
  type LayeredHash,
  parseStoredHash,
} from '../../src/password/stored-hash.ts';
import { expectValue } from '../support/expect-value.ts';

const WRONG = { ok: false, reason: 'wrong_password' };
const match = (hash: string, isOutdated: boolean) => ({ ok: true, value: { hash, isOutdated } });
const parse = (stored: string) => expectValue(parseStoredHash(stored)) as LayeredHash;

const fromHex = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const toHex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const derive = async (secret: string, input: string, salt: string) => {
  const bytes = { secret: fromHex(secret), salt: fromHex(salt) };
  return toHex(await deriveKey({ ...bytes, input: input as LayerInput }));
};
/** As a login does, where the shape of the hash is listed. */
const verify = (password: string, stored: string) => {
  const shape = unlistedShape(stored, []);
  return verifyPassword(password, stored, { shapes: shape === undefined ? [] : [shape] });
};

describe('PBKDF2', () => {
  const INPUT = {
    hash: 'SHA-512',
    secret: new Uint8Array([1]),
    salt: new Uint8Array(16),
    keyLength: 32,
  } as const;

  test('takes 100,000 iterations in one call', async () => {
    const key = await pbkdf2({ ...INPUT, iterations: 100_000 });
    expect(key).toHaveLength(32);
  });

  test('refuses more with the error of the production runtime', async () => {
    const derivation = pbkdf2({ ...INPUT, iterations: 100_001 });
    await expect(derivation).rejects.toMatchObject({
      name: 'NotSupportedError',
      message: 'Pbkdf2 failed: iteration counts above 100000 are not supported (requested 100001).',
    });
  });
});

describe('the layers agree with the published vectors', () => {
  test.each(vectors.layers)('$input, "$note"', async ({ input, secret, salt, key }) => {
    expect(await derive(secret, input, salt)).toBe(key);
  });

  test.each(vectors.hashes)('$hash', async ({ password, hash }) => {
    expect(await verify(password, hash)).toEqual(match(hash, false));
    expect(await verify(`${password} `, hash)).toEqual(WRONG);
  });
});

test.each(vectors.wrapped)('so does $hash', async ({ password, hash }) => {
  expect(await verify(password, hash)).toEqual(match(hash, true));
  expect(await verify(`${password} `, hash)).toEqual(WRONG);
  expect(formatLayeredHash(parse(hash))).toBe(hash);
});

describe('a turn is taken for', () => {
  test('each layer, with its cost', async () => {
    const takeTurn = vi.fn(async () => {});
    await hashPassword('correct horse battery staple', takeTurn);
    expect(takeTurn.mock.calls).toEqual(Array(22).fill([10_000]));
  });

  test("each of the other systems' layers, with the cost of all blocks of its key", async () => {
    const takeTurn = vi.fn(async () => {});
    const shapes = [
      { hash: 'SHA-1', iterations: 1, saltLength: 16, keyLength: 16 } as const,
      { hash: 'SHA-1', iterations: 2, saltLength: 16, keyLength: 32 } as const,
    ];
    await verifyPassword('correct horse battery staple', null, { shapes, takeTurn });
    expect(takeTurn.mock.calls).toEqual([[1], [4], ...Array(22).fill([10_000])]);
  });

  test('each short piece of a layer that is too long for the list', async () => {
    const takeTurn = vi.fn(async () => {});
    const layer = { hash: 'SHA-1', iterations: 100_001, saltLength: 16, keyLength: 16 } as const;
    await deriveForeignKey(new Uint8Array(1), standInFor(layer), takeTurn);
    expect(takeTurn.mock.calls).toEqual(Array(51).fill([2_000]));
  });
});

test('a hash with a layer of another shape matches no password', async () => {
  const { password, hash } = vectors.wrapped[0] as (typeof vectors.wrapped)[0];
  expect(await verifyPassword(password, hash, { shapes: [] })).toEqual(WRONG);
});

describe('a stored hash', () => {
  test('describes itself', async () => {
    expect(await hashPassword('correct horse battery staple')).toMatch(
      /^\$portero\$v=1\$p=sha512,i=10000,n=22,s=[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/,
    );
  });

  test('has a salt of its own', async () => {
    const [one, two] = await Promise.all([hashPassword('same'), hashPassword('same')]);
    const salts = [one, two].map((stored) => parse(stored).salt);
    expect(salts[0]).not.toEqual(salts[1]);
  });

  test('is compared from the first bit of its key to the last', async () => {
    const { salt, key } = parse(vectors.hashes[0]?.hash ?? '');
    for (const [index, bit] of [
      [0, 0x80],
      [15, 0x10],
      [31, 0x01],
    ] as const) {
      const other = key.with(index, (key[index] ?? 0) ^ bit);
      const stored = formatLayeredHash({ salt, key: other });
      expect(await verify('password', stored)).toEqual(WRONG);
    }
  });

  const salt = 'AAAAAAAAAAAAAAAAAAAAAA';
  const key = `${'A'.repeat(42)}A`;
  test.each([
    '',
    '$portero$',
    `$portero$v=2$p=sha512,i=10000,n=22,s=${salt}$${key}`,
    `$portero$v=1$p=sha256,i=10000,n=22,s=${salt}$${key}`,
    `$portero$v=1$p=sha512,i=9999,n=22,s=${salt}$${key}`,
    `$portero$v=1$p=sha512,i=10000,n=23,s=${salt}$${key}`,
    `$portero$v=1$p=sha512,i=010000,n=22,s=${salt}$${key}`,
    `$portero$v=1$n=22,i=10000,p=sha512,s=${salt}$${key}`,
    `$portero$v=1$p=sha512,i=10000,n=22,s=${salt}==$${key}`,
    `$portero$v=1$p=sha512,i=10000,n=22,s=${salt}$${key.slice(1)}`,
    `$portero$v=1$p=sha512,i=10000,n=22,s=${salt}$${key.slice(1)}B`,
    `$portero$v=1$p=sha512,i=10000,n=22,s=${salt}$${key}\n`,
    ` $portero$v=1$p=sha512,i=10000,n=22,s=${salt}$${key}`,
    `$portero$v=1$$p=sha512,i=10000,n=22,s=${salt}$${key}`,
    ...[
      'f=md5,i=1000,k=32,s=AAAA',
      'f=sha1,i=0,k=32,s=AAAA',
      'f=sha1,i=01000,k=32,s=AAAA',
      'f=sha1,i=1000001,k=32,s=AAAA',
      'f=sha1,i=1000,k=0,s=AAAA',
      'f=sha1,i=1000,k=32,s=',
      'f=sha1,i=1000,k=32,s=AAAAA',
      'f=sha1,i=1000,k=32,s=AB',
      'f=sha1,i=1000,k=32,s=AA==',
    ].map((foreign) => `$portero$v=1$${foreign}$p=sha512,i=10000,n=22,s=${salt}$${key}`),
  ])('is unreadable as %j', async (stored) => {
    expect(parseStoredHash(stored)).toEqual({ ok: false, reason: 'unreadable_hash' });
  });
});
