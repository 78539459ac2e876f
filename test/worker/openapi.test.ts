/** `openapi.json` says what the Worker answers: each answer is produced here, and no route is left out. */
import { beforeAll, describe, expect, test } from 'vitest';
import document from '../../public/openapi.json';
import { app } from '../../src/app.ts';
import { loginAttempts } from '../../src/db/schema.ts';
import { breakNext } from '../support/control.ts';
import { addUser, database, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import { LIMIT_OF_THREE } from '../support/limit-of-three.ts';
import { addLink, passwordRequest, setPassword } from '../support/links.ts';
import { Mailbox } from '../support/mailbox.ts';
import { login, ORIGIN, post, send, sendWith } from '../support/requests.ts';
import { forge } from '../support/tokens.ts';

beforeAll(async () => {
  await resetDatabase();
  await addUser('jdoe', { id: 'id-of-jdoe' });
  await addUser('locked', { id: 'id-of-locked' });
  await addUser('linked', { id: 'id-of-linked' });
});

const UNCONFIGURED = { JWT_SECRET: '' };
const CONFIGURATION = '/.well-known/openid-configuration';

async function request(
  path: string,
  init: RequestInit = {},
  claims: object = {},
): Promise<Request> {
  const headers = { Authorization: `Bearer ${await forge(claims)}`, ...init.headers };
  return new Request(`${ORIGIN}${path}`, { ...init, headers });
}

const get = async (path: string, claims?: object) => sendWith({}, await request(path, {}, claims));

async function change(body: BodyInit, claims?: object, type = 'application/json') {
  const init = { method: 'POST', body, headers: { 'Content-Type': type } };
  return sendWith({}, await request('/api/Users/me/password', init, claims));
}

const passwords = (currentPassword: string, newPassword: string) =>
  JSON.stringify({ currentPassword, newPassword });

const NEW = 'a new and rather long passphrase';

async function lock(): Promise<void> {
  const attempts = Array.from({ length: 5 }, () => crypto.randomUUID());
  await login('locked', { Password: 'wrong-password' });
  await database().update(loginAttempts).set({ attempts });
}

const FORGOTTEN = '/api/Password/Forgotten';
const mailbox = new Mailbox();

const forget = async (members: object, settings = mailbox.settings) =>
  sendWith(settings, await passwordRequest(FORGOTTEN, members));

async function tooMany(path: string, members: object): Promise<Response> {
  const settings = { ...mailbox.settings, LOGINS_PER_ADDRESS: LIMIT_OF_THREE };
  const headers = { 'CF-Connecting-IP': `198.51.100.${path.length}` };
  for (;;) {
    const response = await sendWith(settings, await passwordRequest(path, members, headers));
    if (response.status === 429) return response;
  }
}

/** By operation and status. */
const ANSWERS: Record<string, () => Promise<Response>> = {
  'login 200': () => login('jdoe'),
  'login 400': () => post('{'),
  'login 401': () => login('nobody'),
  'login 413': () => post('x'.repeat(16 * 1024 + 1)),
  'login 415': () => post('{}', { 'Content-Type': 'text/plain' }),
  'login 429': async () => {
    await lock();
    return login('locked');
  },
  'login 503': async () => {
    await breakNext('siteverify', 'unreachable', 'unreachable');
    return login('jdoe');
  },
  'setPassword 204': async () => setPassword(await addLink('id-of-linked')),
  'setPassword 400': () => setPassword('no token'),
  'setPassword 401': () => setPassword('no token', { captchaToken: 'invented' }),
  'setPassword 413': () => setPassword('x'.repeat(16 * 1024 + 1)),
  'setPassword 415': () => send('/api/Password', { method: 'POST', body: '{}' }),
  'setPassword 429': () => tooMany('/api/Password', { token: 'no token' }),
  'setPassword 503': async () => {
    await breakNext('siteverify', 'unreachable', 'unreachable');
    return setPassword('no token');
  },
  'forgetPassword 202': () => forget({ userName: 'jdoe' }),
  'forgetPassword 400': () => forget({}),
  'forgetPassword 401': () => forget({ captchaToken: 'invented' }),
  'forgetPassword 404': () => forget({ userName: 'jdoe' }, {}),
  'forgetPassword 413': () => forget({ userName: 'x'.repeat(16 * 1024 + 1) }),
  'forgetPassword 415': () =>
    sendWith(mailbox.settings, new Request(ORIGIN + FORGOTTEN, { method: 'POST', body: '{}' })),
  'forgetPassword 429': () => tooMany(FORGOTTEN, { userName: 'jdoe' }),
  'forgetPassword 503': async () => {
    await breakNext('siteverify', 'unreachable', 'unreachable');
    return forget({ userName: 'jdoe' });
  },
  'readConfig 200': () => send('/api/Config'),
  'readConfig 503': () => sendWith(UNCONFIGURED, new Request(`${ORIGIN}/api/Config`)),
  'readKeySet 200': () => send('/.well-known/jwks.json'),
  'readKeySet 503': () => sendWith(UNCONFIGURED, new Request(`${ORIGIN}/.well-known/jwks.json`)),
  'readOpenIdConfiguration 200': () => send(CONFIGURATION),
  'readOpenIdConfiguration 404': () =>
    sendWith({ JWT_ISSUER: 'portero' }, new Request(`${ORIGIN}${CONFIGURATION}`)),
  'readOpenIdConfiguration 503': () =>
    sendWith(UNCONFIGURED, new Request(`${ORIGIN}${CONFIGURATION}`)),
  'readMe 200': () => get('/api/Users/me'),
  'readMe 401': () => send('/api/Users/me'),
  'readMe 503': async () => sendWith(UNCONFIGURED, await request('/api/Users/me')),
  'changePassword 204': () => change(passwords(PASSWORD, NEW)),
  'changePassword 400': () => change(passwords(PASSWORD, 'short')),
  'changePassword 401': () => send('/api/Users/me/password', { method: 'POST' }),
  'changePassword 403': () => change(passwords(PASSWORD, NEW), { sub: 'another' }),
  'changePassword 413': () => change('x'.repeat(16 * 1024 + 1)),
  'changePassword 415': () => change('{}', {}, 'text/plain'),
  'changePassword 429': async () => {
    await lock();
    return change(passwords(PASSWORD, NEW), { sub: 'id-of-locked', name: 'locked' });
  },
  'changePassword 503': async () => {
    await breakNext('database', 'unreachable');
    return change(passwords(PASSWORD, NEW));
  },
  'listUsers 200': () => get('/api/Users'),
  'listUsers 400': () => get('/api/Users?limit=0'),
  'listUsers 401': () => send('/api/Users'),
  'listUsers 403': () => get('/api/Users', { permissions: [] }),
  'listUsers 503': async () => {
    await breakNext('database', 'unreachable', 'unreachable');
    return get('/api/Users');
  },
  'readUser 200': () => get('/api/Users/id-of-jdoe'),
  'readUser 401': () => send('/api/Users/id-of-jdoe'),
  'readUser 403': () => get('/api/Users/id-of-jdoe', { permissions: [] }),
  'readUser 404': () => get('/api/Users/nobody'),
  'readUser 503': async () => {
    await breakNext('database', 'unreachable', 'unreachable');
    return get('/api/Users/id-of-jdoe');
  },
};

interface DocumentedAnswer {
  headers?: object;
  content?: Record<string, { schema: { properties?: object } }>;
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

const documented = operations.flatMap(({ operationId, responses }) =>
  Object.entries<DocumentedAnswer>(responses).map(
    ([status, answer]) => [`${operationId} ${status}`, answer] as const,
  ),
);

test('every documented answer is produced here, and no other', () => {
  expect(documented.map(([name]) => name).sort()).toEqual(Object.keys(ANSWERS).sort());
});

describe('the answer is as documented:', () => {
  test.each(documented)('%s', async (name, { headers = {}, content = {} }) => {
    const response = (await ANSWERS[name]?.()) as Response;
    expect(response.status).toBe(Number(name.split(' ')[1]));
    for (const header of Object.keys(headers)) {
      expect(response.headers.get(header)).not.toBeNull();
    }
    const [type = null] = Object.keys(content);
    expect(response.headers.get('Content-Type')).toBe(type);
    const text = await response.text();
    if (type === null) return expect(text).toBe('');
    if (type !== 'application/json') {
      return expect(JSON.parse(text)).toMatchObject({
        type: 'about:blank',
        status: response.status,
      });
    }
    const known = Object.keys(content[type]?.schema.properties ?? {});
    for (const member of Object.keys(JSON.parse(text))) expect(known).toContain(member);
  });
});

test('every route is documented, and no other', () => {
  const routes = app.routes
    .filter(({ method, path }) => method !== 'ALL' && /^\/(api|\.well-known)\//.test(path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path}`);
  const paths = operations.map(
    ({ method, path }) => `${method} ${path.toLowerCase().replace('{id}', ':id')}`,
  );
  expect(new Set(routes)).toEqual(new Set(paths));
});

test('a request body names the members of the contract', () => {
  const { schema } = document.paths['/api/Auth'].post.requestBody.content['application/json'];
  expect(Object.keys(schema.properties)).toEqual(['UserName', 'Password', 'CaptchaToken']);
});
