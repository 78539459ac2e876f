/** What a caller cannot learn, and what a login costs whoever asks. */
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ITERATIONS_PER_LAYER, LAYERS } from '#password/cost.ts';
import { layerIdOf, toHashRow } from '../../cli/hash-row.ts';
import { listForeignLayers } from '../../src/db/foreign-layers.ts';
import { foreignLayers, users } from '../../src/db/schema.ts';
import { parseStoredHash } from '../../src/password/stored-hash.ts';
import { REFUSED } from '../support/answers.ts';
import { callsTo, forgetCalls, identityHash } from '../support/control.ts';
import { expectValue } from '../support/expect-value.ts';
import { addUser, database, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import type { IdentityParameters } from '../support/identity-hash.ts';
import { login, wire } from '../support/requests.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe');
  await addUser('everything', { role: 'Everything' });
  await addUser('admin', { role: 'Administrator' });
  await addUser('inactive', { active: false });
  await addUser('hashless', { passwordHash: null });
  await addUser('unreadable', { passwordHash: 'AQAAAAIAAYagAAAAEA==' });
});
beforeEach(forgetCalls);
afterEach(() => vi.restoreAllMocks());

const REFUSED_LOGINS: [string, string, object][] = [
  ['an unknown name', 'nobody', {}],
  ['another unknown name', 'zzz', {}],
  ['an inactive user', 'inactive', {}],
  ['a user without a hash', 'hashless', {}],
  ['a user with an unreadable hash', 'unreadable', {}],
  ['a wrong password', 'jdoe', { Password: 'wrong-password' }],
  ['a wrong password of an inactive user', 'inactive', { Password: 'wrong-password' }],
];

/** Logs in and lists every derivation, with what its cost depends on. */
async function derivationsOf(userName: string, members: object) {
  const deriveBits = vi.spyOn(crypto.subtle, 'deriveBits');
  await login(userName, members);
  const derivations = deriveBits.mock.calls.map(([algorithm, , bits]) => {
    const { name, hash, iterations, salt } = algorithm as SubtleCryptoDeriveKeyAlgorithm;
    return { name, hash, iterations, saltBytes: (salt as Uint8Array).byteLength, bits };
  });
  deriveBits.mockRestore();
  return derivations;
}

/** One of today's layers. `test/node/bundle.test.ts` shows how many they are, of how many iterations. */
const LAYER = {
  name: 'PBKDF2',
  hash: 'SHA-512',
  iterations: ITERATIONS_PER_LAYER,
  saltBytes: 37,
  bits: 512,
};

test('a right login derives today’s layers of PBKDF2-HMAC-SHA512, and nothing else', async () => {
  expect(await derivationsOf('jdoe', {})).toEqual(Array(LAYERS).fill(LAYER));
});

test.each(REFUSED_LOGINS)('%s makes the same derivations', async (_, userName, members) => {
  expect(await derivationsOf(userName, members)).toEqual(await derivationsOf('jdoe', {}));
});

describe('while old and new hashes stand side by side', () => {
  const MIXED = [
    'jdoe',
    'nobody',
    'inactive',
    'hashless',
    'unreadable',
    'old',
    'old2',
    'hardened',
    'hardened2',
    'salt',
    'key',
  ];

  /** Stores a user as the importer does. */
  async function importUser(
    userName: string,
    { harden, ...parameters }: IdentityParameters & { harden: boolean },
  ): Promise<void> {
    const hash = await toHashRow(
      expectValue(parseStoredHash(await identityHash(PASSWORD, parameters))),
      harden,
    );
    const shapes = hash.shape === undefined ? [] : [hash.shape];
    for (const statement of listForeignLayers(database(), shapes)) await statement;
    await addUser(userName, { passwordHash: hash.passwordHash });
    const layer = await database()
      .update(users)
      .set({ foreignLayerId: layerIdOf(hash) })
      .where(eq(users.userName, userName))
      .returning({ id: users.foreignLayerId });
    expect(layer).toEqual([{ id: expect.any(Number) }]);
  }

  beforeAll(async () => {
    await importUser('old', { harden: false });
    await importUser('old2', { prf: 'sha256', harden: false });
    await importUser('hardened', { harden: true });
    await importUser('hardened2', { prf: 'sha256', harden: true });
    // Like the one before but for one length.
    await importUser('salt', { prf: 'sha256', saltLength: 20, harden: true });
    await importUser('key', { prf: 'sha256', keyLength: 48, harden: false });
    // Which moves the first one to the end of the table.
    await database()
      .update(foreignLayers)
      .set({ hash: 'SHA-1' })
      .where(eq(foreignLayers.hash, 'SHA-1'));
  });
  afterAll(async () => {
    await database().update(users).set({ foreignLayerId: null });
    await database().delete(foreignLayers);
  });

  test.each(MIXED)('%s makes the same derivations as every other name', async (userName) => {
    expect(await derivationsOf(userName, { Password: 'wrong-password' })).toEqual([
      { name: 'PBKDF2', hash: 'SHA-1', iterations: 1000, saltBytes: 16, bits: 256 },
      { name: 'PBKDF2', hash: 'SHA-256', iterations: 10_000, saltBytes: 16, bits: 256 },
      { name: 'PBKDF2', hash: 'SHA-256', iterations: 10_000, saltBytes: 20, bits: 256 },
      { name: 'PBKDF2', hash: 'SHA-256', iterations: 10_000, saltBytes: 16, bits: 384 },
      ...Array(LAYERS).fill({ ...LAYER, saltBytes: expect.any(Number) }),
    ]);
  });
});

test('all refusals are the same bytes', async () => {
  const answers = [];
  for (const [, userName, members] of REFUSED_LOGINS) {
    answers.push(JSON.stringify(await wire(await login(userName, members))));
  }
  expect(new Set(answers).size).toBe(1);
});

describe('one siteverify call and one SQL statement, and no more, precede the answer to', () => {
  test.each<[string, string, object]>([
    ['a right password', 'jdoe', {}],
    ['200 permissions', 'everything', {}],
    ['an administrator', 'admin', {}],
    ...REFUSED_LOGINS,
  ])('%s', async (_, userName, members) => {
    // See last-login.test.ts for the one statement that comes after it.
    const response = await login(userName, members);
    expect(await callsTo('siteverify')).toHaveLength(1);
    const statements = await callsTo('database');
    const later = statements.filter(({ query }) => /set last_login_at/.test(query));
    expect(later).toHaveLength(response.status === 200 ? 1 : 0);
    expect(statements).toHaveLength(later.length + 1);
  });
});

test('a known and an unknown name run the same statement over the same rows', async () => {
  const [known, ...unknown] = await [await plan('jdoe'), await plan('nobody'), await plan('zzz')];
  expect(known).toMatchObject({ users: 3, roles: 1, role_grants: 1 });
  expect(unknown).toEqual([known, known]);
});

test('what the statement returns of the user that stands in is no more than the role', async () => {
  const { query, params } = await statementOf('nobody');
  const [row] = await database().$client.query(query, params);
  expect(row).toEqual({
    status: 'counted',
    attempts: expect.any(Number),
    shapes: [],
    isKnown: false,
    id: null,
    userName: null,
    email: null,
    passwordHash: null,
    active: null,
    roleId: expect.any(Number),
    roleName: expect.any(String),
    isAdmin: expect.any(Boolean),
    permissions: expect.any(Array),
  });
});

async function statementOf(userName: string): Promise<{ query: string; params: string[] }> {
  await forgetCalls();
  await login(userName, { Password: 'wrong-password' });
  const [call] = await callsTo('database');
  return call;
}

/** How often a login reads from each table. */
async function plan(userName: string): Promise<Record<string, number>> {
  const { query, params } = await statementOf(userName);
  const explain = `explain (analyze, format json) ${query}`;
  const [row] = await database().$client.query(explain, params);
  const reads: Record<string, number> = {};
  for (const node of nodes(row?.['QUERY PLAN'][0].Plan)) {
    const table = node['Relation Name'];
    if (table && node['Actual Loops'] > 0) reads[table] = (reads[table] ?? 0) + 1;
  }
  return reads;
}

interface PlanNode {
  'Relation Name'?: string;
  'Actual Loops': number;
  Plans?: PlanNode[];
}

function* nodes(node: PlanNode): Generator<PlanNode> {
  yield node;
  for (const child of node.Plans ?? []) yield* nodes(child);
}

test('keys are compared in constant time', async () => {
  const timingSafeEqual = vi.spyOn(crypto.subtle, 'timingSafeEqual');
  await login('nobody');
  expect(timingSafeEqual).toHaveBeenCalledTimes(1);
});

test('a database without users answers like any other', async () => {
  await resetDatabase();
  expect(await wire(await login('nobody'))).toEqual(REFUSED);
});
