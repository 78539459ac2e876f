/** `TOKEN_CLAIMS`: claims under the names that existing services read. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { inArray, ne } from 'drizzle-orm';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSecretVerifier } from '#portero/secret-verifier.ts';
import { modules, roles } from '../../src/db/schema.ts';
import { TokenVerifier } from '../../src/token-verifier.ts';
import { addUser, database, resetDatabase } from '../support/fixtures.ts';
import { recordLog } from '../support/log.ts';
import { loginBody, loginRequest, ORIGIN, sendWith } from '../support/requests.ts';
import { forge } from '../support/tokens.ts';

type Settings = Partial<Env> & Record<string, unknown>;

const OF_THE_OLD_SYSTEM = {
  perfilId: '{role.id}',
  esAdmin: '{admin}',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': '{user.id}',
  permiso: {
    each: '{module}.{action}',
    actions: {
      create: 'agregar',
      update: 'editar',
      delete: 'eliminar',
      list: 'consultar',
      read: 'detalle',
    },
  },
};

beforeAll(async () => {
  await resetDatabase();
  await database().delete(modules).where(ne(modules.key, 'users')); // so that a token can list all
  await addUser('jdoe', { id: 'id-of-jdoe' });
  await addUser('root', { id: 'id-of-root', role: 'Administrator' });
});
afterEach(() => vi.restoreAllMocks());

async function tokenWith(claims: unknown, userName = 'jdoe'): Promise<string> {
  const TOKEN_CLAIMS = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const settings: Settings = { TOKEN_CLAIMS };
  const response = await sendWith(settings, loginRequest(await loginBody(userName)));
  expect(response.status).toBe(200);
  return (await response.json<{ token: string }>()).token;
}

const claimsOf = async (claims: unknown, userName?: string): Promise<JWTPayload> =>
  decodeJwt(await tokenWith(claims, userName));

describe('the claims of the old system', () => {
  test('stand beside those of Portero', async () => {
    const plain = await claimsOf({});
    const { perfilId, esAdmin, permiso, ...rest } = await claimsOf(OF_THE_OLD_SYSTEM);
    const [role] = await database().select().from(roles);
    expect([perfilId, esAdmin, permiso]).toEqual([
      String(role?.id),
      'false',
      ['users.consultar', 'users.detalle'],
    ]);
    expect(rest).toMatchObject({
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': 'id-of-jdoe',
      role: 'Sales',
      permissions: ['users.list', 'users.read'],
    });
    expect(Object.keys(rest)).toEqual(expect.arrayContaining(Object.keys(plain)));
  });

  test('list every permission of every module for an administrator', async () => {
    const { esAdmin, permiso, admin, permissions } = await claimsOf(OF_THE_OLD_SYSTEM, 'root');
    expect([esAdmin, admin, permissions]).toEqual(['true', true, undefined]);
    const actions = ['agregar', 'consultar', 'detalle', 'editar', 'eliminar'];
    const all = await database().select().from(modules);
    const every = all.flatMap(({ key }) => actions.map((action) => `${key}.${action}`));
    expect(permiso).toEqual(every.sort());
  });

  test('are not there where nothing is set, and an administrator lists nothing then', async () => {
    for (const name of ['jdoe', 'root']) {
      expect(Object.keys(await claimsOf('', name))).not.toContain('permiso');
    }
    const texts = await claimsOf({ nombre: '{user.name} ({role.name})' }, 'root');
    expect(texts).toMatchObject({ nombre: 'root (Administrator)', admin: true });
    expect(texts).not.toHaveProperty('permissions');
  });

  test('may be a table of wrangler.toml', async () => {
    const settings = { TOKEN_CLAIMS: OF_THE_OLD_SYSTEM } as unknown as Settings;
    const response = await sendWith(settings, loginRequest(await loginBody('jdoe')));
    const { token } = await response.json<{ token: string }>();
    expect(decodeJwt(token)).toMatchObject({ esAdmin: 'false' });
  });

  test('an action that has no other name keeps its own', async () => {
    const list = { each: 'x:{action}:{module}', actions: { read: 'view' } };
    expect(await claimsOf({ scp: list })).toMatchObject({ scp: ['x:list:users', 'x:view:users'] });
  });

  test('two actions of one name are one', async () => {
    const list = { each: '{module}.{action}', actions: { list: 'ver', read: 'ver' } };
    expect(await claimsOf({ scp: list })).toMatchObject({ scp: ['users.ver'] });
  });

  test('a name that looks like a placeholder stays as it is', async () => {
    await addUser('{admin}');
    expect(await claimsOf({ who: '{user.name}/{admin}' }, '{admin}')).toMatchObject({
      who: '{admin}/false',
    });
  });
});

describe('a constant role, which a database reads', () => {
  const CONSTANT = { role: 'authenticated' };

  test('stands in role, and every verifier still tells the name of the role', async () => {
    const token = await tokenWith(CONSTANT);
    expect(decodeJwt(token)).toMatchObject({ role: 'authenticated', portero_role: 'Sales' });
    const headers = { Authorization: `Bearer ${token}` };
    const me = await sendWith({}, new Request(`${ORIGIN}/api/Users/me`, { headers }));
    expect(await me.json()).toMatchObject({ role: 'Sales' });
    const { JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
    for (const verifier of [
      new TokenVerifier(createExecutionContext(), env),
      createSecretVerifier({ secret, issuer, audience }),
    ]) {
      const verification = await verifier.verify(token);
      expect(verification).toMatchObject({ ok: true, value: { role: 'Sales' } });
      expect(verification.ok && verification.value).not.toHaveProperty('portero_role');
    }
  });

  test.each([null, '', 1, ['x'], {}])('portero_role is never %j', async (value) => {
    const token = await forge({ portero_role: value });
    const headers = { Authorization: `Bearer ${token}` };
    const me = await sendWith({}, new Request(`${ORIGIN}/api/Users/me`, { headers }));
    expect(me.status).toBe(401);
  });
});

describe('claims that would make a token too long', () => {
  test('are left out and logged, and the role stays constant', async () => {
    const db = database();
    const keys = Array.from({ length: 90 }, (_, index) => `one-of-many-${index}`);
    await db.insert(modules).values(keys.map((key) => ({ key, name: key })));
    onTestFinished(async () => void (await db.delete(modules).where(inArray(modules.key, keys))));
    const log = recordLog();
    const claims = { role: 'authenticated', id: '{user.id}', all: { each: '{module}.{action}' } };
    expect(await claimsOf(claims, 'jdoe')).toMatchObject({ id: 'id-of-jdoe' });
    expect(log.events('claims_left_out')).toEqual([]);
    const { role, portero_role, ...rest } = await claimsOf(claims, 'root');
    expect([role, portero_role, rest.admin]).toEqual(['authenticated', 'Administrator', true]);
    expect(rest).not.toHaveProperty('id');
    expect(rest).not.toHaveProperty('all');
    expect(log.events('claims_left_out')).toEqual([
      { event: 'claims_left_out', userId: 'id-of-root' },
    ]);
  });
});

describe('a setting that says too much is a 503, and the log says what is wrong', () => {
  const OWN = "claim 1 is one of Portero's own: give it another name";
  const ROLE = 'claim 1 is the role, which can only be a constant text';
  const TEXT =
    'claim 1 is no text that holds only {user.id}, {user.name}, {role.id}, {role.name}, {admin}';
  const LIST = 'claim 1 is neither a text nor {"each": …, "actions": …} with {module}, {action}';
  const NAME = 'claim 1 has a name that cannot be used';
  const OBJECT = 'is not a JSON object of claims';

  test.each<[unknown, string]>([
    ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'name', 'admin', 'permissions'].map(
      (name): [unknown, string] => [{ [name]: 'x' }, OWN],
    ),
    ...['Sub', 'EXP', 'Permissions', 'Portero_Role', 'Role', 'ROLE'].map(
      (name): [unknown, string] => [{ [name]: 'x' }, OWN],
    ),
    ...['sub ', ' role', '\u017fub', 'ѕub', 'su\u200bb', 'sub\u0000', 'a\ud800'].map(
      (name): [unknown, string] => [{ [name]: 'x' }, NAME],
    ),
    [{ portero_role: 'Administrator' }, OWN],
    [{ role: '{role.name}' }, ROLE],
    [{ role: '' }, ROLE],
    [{ role: { each: '{module}' } }, ROLE],
    ['{"__proto__":"x"}', NAME],
    [{ '': 'x' }, NAME],
    [{ ['x'.repeat(201)]: 'x' }, NAME],
    [{ x: '{user.password}' }, TEXT],
    [{ x: '{admin' }, TEXT],
    [{ x: '{{admin}}' }, TEXT],
    [{ x: '{ad{role.id}min}' }, TEXT],
    [{ x: '{module}' }, TEXT],
    [{ x: '' }, TEXT],
    [{ x: 'x'.repeat(201) }, TEXT],
    ['{"x":"\\ud800"}', TEXT],
    [{ x: 1 }, LIST],
    [{ x: true }, LIST],
    [{ x: null }, LIST],
    [{ x: ['x'] }, LIST],
    [{ x: {} }, LIST],
    [{ x: { each: '{user.id}' } }, LIST],
    [{ x: { each: '{module}', more: 1 } }, LIST],
    [{ x: { each: '{module}', actions: { fly: 'x' } } }, LIST],
    [{ x: { each: '{module}', actions: { read: '{module}' } } }, LIST],
    [
      Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`x${n}`, 'x'])),
      'has more than 20 claims',
    ],
    ['[]', OBJECT],
    ['x', OBJECT],
    ['"x"', OBJECT],
    ['{"x":', OBJECT],
  ])('%j', async (claims, problem) => {
    const log = recordLog();
    const TOKEN_CLAIMS = typeof claims === 'string' ? claims : JSON.stringify(claims);
    const settings: Settings = { TOKEN_CLAIMS };
    const response = await sendWith(settings, new Request(`${ORIGIN}/api/Config`));
    expect(response.status).toBe(503);
    expect(log.events('settings_refused')).toEqual([
      { event: 'settings_refused', faults: [{ setting: 'TOKEN_CLAIMS', problem }] },
    ]);
  });
});
