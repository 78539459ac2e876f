/** The hashes of ASP.NET Core Identity, made here by Node's own crypto. */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { deriveForeignKey } from '../../src/password/foreign-layer.ts';
import { withoutTurns } from '../../src/password/hash-queue.ts';
import { parseIdentityHash } from '../../src/password/identity-hash.ts';
import { longPbkdf2 } from '../../src/password/long-pbkdf2.ts';
import { expectValue } from '../support/expect-value.ts';
import { identityHash, PRFS, version3Header } from '../support/identity-hash.ts';

afterEach(() => vi.restoreAllMocks());

async function verifies(password: string, stored: string): Promise<boolean> {
  const hash = parseIdentityHash(stored);
  if (!hash.ok) return false;
  const key = await deriveForeignKey(new TextEncoder().encode(password), hash.value.layer);
  return Buffer.compare(key, hash.value.key) === 0;
}

const PASSWORDS = [
  'p',
  'P@ssw0rd!',
  'contraseña',
  'contrasen\u0303a',
  '😀 emoji 👩‍👩‍👧',
  'x'.repeat(64),
  'x'.repeat(128),
  'x'.repeat(1000),
];

describe('a password verifies against its own hash, and no other one does', () => {
  test.each(PASSWORDS)('%s, version 2', async (password) => {
    const stored = identityHash(password);
    expect(await verifies(password, stored)).toBe(true);
    expect(await verifies(`${password}!`, stored)).toBe(false);
  });

  const shapes = PRFS.flatMap((prf) => [
    ...[1, 1000].flatMap((iterations) =>
      [
        [16, 32],
        [17, 16],
        [64, 20],
        [16, 65],
        [255, 128],
        [256, 129],
      ].map(([salt, key]) => [prf, iterations, salt as number, key as number] as const),
    ),
    [prf, 10_000, 16, 32] as const,
    [prf, 100_000, 16, 32] as const,
  ]);
  test.each(shapes)(
    'version 3, %s, %i iterations, a salt of %i bytes and a key of %i',
    async (prf, iterations, saltLength, keyLength) => {
      const password = PASSWORDS[
        (iterations + saltLength + keyLength) % PASSWORDS.length
      ] as string;
      const stored = identityHash(password, { prf, iterations, saltLength, keyLength });
      expect(await verifies(password, stored)).toBe(true);
      expect(await verifies(`${password} `, stored)).toBe(false);
    },
  );
});

test('composed and decomposed letters are two passwords: .NET normalises none', async () => {
  expect(await verifies('contrasen\u0303a', identityHash('contraseña'))).toBe(false);
});

describe('more iterations than production allows in one call', () => {
  test.each(PRFS)('verify, with %s', async (prf) => {
    const deriveBits = vi.spyOn(crypto.subtle, 'deriveBits');
    const stored = identityHash('P@ssw0rd!', { prf, iterations: 100_001, keyLength: 20 });
    expect(await verifies('P@ssw0rd!', stored)).toBe(true);
    expect(deriveBits).not.toHaveBeenCalled();
  });

  test('take a turn every 2,000, in each block of the key', async () => {
    const takeTurn = vi.fn(async () => {});
    const secret = randomBytes(9);
    const salt = randomBytes(16);
    await longPbkdf2({ hash: 'SHA-1', secret, salt, iterations: 4_001, keyLength: 40 }, takeTurn);
    expect(takeTurn.mock.calls).toEqual(Array(2 * 3).fill([2_000]));
  });

  test.each(['SHA-1', 'SHA-256', 'SHA-512'] as const)(
    'make a key of more than one block, with %s',
    async (hash) => {
      const [secret, salt] = [randomBytes(9), randomBytes(16)];
      const derived = await longPbkdf2(
        { hash, secret, salt, iterations: 3_000, keyLength: 140 },
        withoutTurns,
      );
      expect(Buffer.from(derived)).toEqual(pbkdf2Sync(secret, salt, 3_000, 140, hash));
    },
  );

  test('are readable up to a million', () => {
    const withIterations = (iterations: number) =>
      Buffer.concat([version3Header(1, iterations, 16), randomBytes(48)]).toString('base64');
    const { layer } = expectValue(parseIdentityHash(withIterations(1_000_000)));
    expect(layer.iterations).toBe(1_000_000);
    expect(parseIdentityHash(withIterations(1_000_001)).ok).toBe(false);
  });
});

const SALT = randomBytes(16);
const KEY = randomBytes(32);

describe('what is no Identity hash is unreadable, and no exception:', () => {
  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['an unknown version', Buffer.concat([Buffer.from([2]), SALT, KEY])],
    [
      'a version 2 hash that is cut short',
      Buffer.concat([Buffer.from([0]), SALT, KEY]).subarray(0, -1),
    ],
    [
      'a version 2 hash with a byte behind it',
      Buffer.concat([Buffer.from([0]), SALT, KEY, Buffer.from([0])]),
    ],
    ['a version 3 hash without all of its header', version3Header(1, 10_000, 16).subarray(0, 12)],
    ['a version 3 hash with nothing behind its header', version3Header(1, 10_000, 16)],
    ['an unknown hash function', Buffer.concat([version3Header(3, 10_000, 16), SALT, KEY])],
    ['no iterations', Buffer.concat([version3Header(1, 0, 16), SALT, KEY])],
    [
      'a negative number of iterations',
      Buffer.concat([version3Header(1, 2 ** 32 - 1, 16), SALT, KEY]),
    ],
    ['a salt of 15 bytes', Buffer.concat([version3Header(1, 10_000, 15), SALT, KEY])],
    [
      'a key of 15 bytes',
      Buffer.concat([version3Header(1, 10_000, 16), SALT, KEY.subarray(0, 15)]),
    ],
    [
      'a salt that is longer than the hash',
      Buffer.concat([version3Header(1, 10_000, 2 ** 32 - 1), SALT, KEY]),
    ],
    ['a salt that leaves no key', Buffer.concat([version3Header(1, 10_000, 48), SALT, KEY])],
  ])('%s', (_, bytes) => {
    expect(parseIdentityHash(bytes.toString('base64')).ok).toBe(false);
  });

  test.each(['%', 'AA', 'AAA=A', 'A===', '=', 'AQ-_', '$portero$v=1$', 'ñ'])('%j', (stored) => {
    expect(parseIdentityHash(stored).ok).toBe(false);
  });

  test('a hash without its padding', () => {
    expect(parseIdentityHash(identityHash('p').replace(/=+$/, '')).ok).toBe(false);
  });
});

test('white space within does not count, as in .NET', async () => {
  const stored = identityHash('P@ssw0rd!', { prf: 'sha256', iterations: 1000 });
  expect(await verifies('P@ssw0rd!', ` ${stored.slice(0, 40)}\r\n\t${stored.slice(40)}\n`)).toBe(
    true,
  );
});

test('bytes behind a version 3 hash belong to its key, which then is another one', async () => {
  const bytes = Buffer.from(identityHash('p', { prf: 'sha256', iterations: 1000 }), 'base64');
  const longer = Buffer.concat([bytes, Buffer.alloc(16)]);
  expect(await verifies('p', longer.toString('base64'))).toBe(false);
});
