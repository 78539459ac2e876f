/** What commands refuse because of `TOKEN_CLAIMS`, and how long a token really becomes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import { ACTIONS } from '#portero/internal/permission.ts';
import { readTokenClaims } from '../../cli/token-claims.ts';
import { permissionBudget, permissionBytes, permissionCosts } from '../../cli/token-size.ts';
import { modules, roles } from '../../src/db/schema.ts';
import { readAddedClaims } from '../../src/token/added-claims.ts';
import { buildClaims } from '../../src/token/build-claims.ts';
import { longestTokenLength } from '../../src/token/longest-token.ts';
import { expectValue } from '../support/expect-value.ts';
import { useLocalDatabase } from '../support/operator.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { portero, db } = useLocalDatabase();

const LIST = { each: '{module}.{action}', actions: { read: 'detalle' } };
const TOKEN_CLAIMS = JSON.stringify({ id: '{user.id}', permiso: LIST });

beforeEach(async () => {
  await db().delete(modules).where(sql`key <> 'users'`);
  await db().delete(roles).where(eq(roles.name, 'Broad'));
  await portero(['roles', 'add', 'Broad']);
});

const keysOf = (count: number) => Array.from({ length: count }, (_, index) => `module-${index}`);

async function addModules(keys: string[]): Promise<void> {
  await db()
    .insert(modules)
    .values(keys.map((key) => ({ key, name: key })));
}

test('a grant counts the lists of TOKEN_CLAIMS', async () => {
  const keys = keysOf(200);
  await addModules(keys);
  const args = ['roles', 'grant', 'Broad', ...keys.map((key) => `${key}.read`)];
  expect(await portero(args, '', { TOKEN_CLAIMS })).toEqual({
    exitCode: 1,
    output:
      'With that, a token of Broad could have more than 8192 characters. Nothing was granted.\n',
  });
  expect((await portero(args)).exitCode).toBe(0);
});

test('added claims that leave no room for any permission are named', async () => {
  const settings = { TOKEN_CLAIMS: JSON.stringify({ x: '{user.name}'.repeat(18) }) };
  expect(await portero(['roles', 'grant', 'Broad', 'users.read'], '', settings)).toEqual({
    exitCode: 1,
    output:
      'Without any permission, a token of Broad could have more than 8192 characters: TOKEN_CLAIMS adds too much.\n',
  });
});

test('a new module counts in the list of an administrator', async () => {
  const add = (key: string, settings = {}) =>
    portero(['modules', 'add', key, '--name', key], '', settings);
  await addModules(keysOf(10));
  expect((await add('eleven', { TOKEN_CLAIMS })).exitCode).toBe(0);
  await addModules(keysOf(60).slice(10));
  expect(await add('last', { TOKEN_CLAIMS })).toEqual({
    exitCode: 1,
    output:
      'With that, a token of Administrator could have more than 8192 characters, because TOKEN_CLAIMS lists every permission. Nothing was added.\n',
  });
  expect((await add('last')).exitCode).toBe(0);
});

test('a faulty TOKEN_CLAIMS is told in a sentence, and nothing is granted', async () => {
  const result = await portero(['roles', 'grant', 'Broad', 'users.read'], '', {
    TOKEN_CLAIMS: '{"name":"x"}',
  });
  expect(result).toEqual({
    exitCode: 1,
    output: "TOKEN_CLAIMS claim 1 is one of Portero's own: give it another name.\n",
  });
});

describe('without the environment, wrangler.toml is read:', () => {
  const TABLE = '[vars.TOKEN_CLAIMS]\nid = "{user.id}"\npermiso = { each = "{module}.{action}" }\n';

  test.each<[string, string, number]>([
    ['a table', TABLE, 2],
    ['a text', `[vars]\nTOKEN_CLAIMS = '{"id":"{user.id}"}'\n`, 1],
    ['an empty text', '[vars]\nTOKEN_CLAIMS = ""\n', 0],
    ['no such variable', 'name = "portero"\n', 0],
  ])('%s', (_, toml, count) => {
    const { texts, lists } = readTokenClaims(fileOf(toml));
    expect(texts.length + lists.length).toBe(count);
  });

  test.each<[string, string, string]>([
    ['a faulty claim', '[vars.TOKEN_CLAIMS]\nsub = "x"\n', "claim 1 is one of Portero's own"],
    ['a file that is cut short', '[vars.TOKEN', 'wrangler.toml cannot be read'],
  ])('%s is told in a sentence', (_, toml, sentence) => {
    expect(() => readTokenClaims(fileOf(toml))).toThrow(sentence);
  });

  function fileOf(toml: string): string {
    const file = join(temporaryFolder(), 'wrangler.toml');
    writeFileSync(file, toml);
    return file;
  }
});

describe('what is granted within the budget fits into every token:', () => {
  test.each<[string, object]>([
    ['without added claims', {}],
    ['with a list', { permiso: LIST }],
    [
      'with lists that need escapes and more bytes',
      { a: { each: '"{module}"ñ{module}{action}' }, b: LIST },
    ],
    ['with texts and a constant role', { role: 'authenticated', x: '{user.name}{user.name}' }],
  ])('%s', (_, setting) => {
    const claims = expectValue(readAddedClaims(setting));
    const user = { id: 'x'.repeat(36), userName: 'é'.repeat(500) };
    const role = { id: 2 ** 31 - 1, name: 'Röle', isAdmin: false };
    const budget = permissionBudget(role, [user], claims);
    const all = keysOf(500).flatMap((key) => ACTIONS.map((action) => `${key}.${action}`));
    const costs = permissionCosts(claims);
    let count = 0;
    while (permissionBytes(all.slice(0, count + 1), costs) <= budget) count++;
    const issuance = { issuer: 'x'.repeat(200), audience: 'x'.repeat(200) };
    const lengthWith = (permissions: string[]) => {
      const subject = { ...user, role: { ...role, permissions } };
      const instance = { now: Date.now(), id: crypto.randomUUID() };
      return longestTokenLength(buildClaims(subject, issuance, instance, claims));
    };
    expect(lengthWith(all.slice(0, count))).toBeLessThanOrEqual(MAX_TOKEN_LENGTH);
    expect(lengthWith(all.slice(0, count + 1))).toBeGreaterThan(MAX_TOKEN_LENGTH - 200);
    expect(count).toBeGreaterThan(50);
  });
});
