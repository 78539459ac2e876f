/** Mails that tell a user what was changed (ASVS 5.0, requirement 6.3.7). */
import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { insertNotice } from '../../src/db/notices.ts';
import { notices, users } from '../../src/db/schema.ts';
import worker from '../../src/index.ts';
import { breakNext } from '../support/control.ts';
import { addUser, database, PASSWORD, resetDatabase } from '../support/fixtures.ts';
import { NEW_PASSWORD } from '../support/links.ts';
import { recordLog } from '../support/log.ts';
import { Mailbox } from '../support/mailbox.ts';
import { ORIGIN, sendWith } from '../support/requests.ts';
import { forge } from '../support/tokens.ts';

const ID = 'id-of-jdoe';
let mailbox: Mailbox;

beforeAll(resetDatabase);
beforeEach(async () => {
  await database().delete(users);
  await addUser('jdoe', { id: ID, email: 'old@example.org', emailConfirmed: true });
  mailbox = new Mailbox();
});
afterEach(() => vi.restoreAllMocks());

const tick = (settings: Partial<Env> = mailbox.settings) =>
  worker.scheduled(createScheduledController(), { ...env, ...settings });

/** What `users rename` does. */
const rename = () =>
  database().batch([
    database().execute(insertNotice(ID, 'renamed')),
    database().update(users).set({ userName: 'john' }),
  ]);

async function changePassword(language = 'en'): Promise<Response> {
  const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
  const headers = {
    Authorization: `Bearer ${await forge()}`,
    'Content-Type': 'application/json',
    'Accept-Language': language,
  };
  const init = { method: 'POST', body: JSON.stringify(body), headers };
  return sendWith(mailbox.settings, new Request(`${ORIGIN}/api/Users/me/password`, init));
}

test('a changed password is told by mail, in the language of the request', async () => {
  await changePassword('es');
  const [mail] = mailbox.mails;
  expect(mail).toMatchObject({
    to: 'old@example.org',
    subject: 'Se ha cambiado tu contraseña de login.example.org',
  });
  expect(mail?.text).toMatch(
    /^El \d{4}-\d\d-\d\d \d\d:\d\d UTC se guardó .* para el usuario jdoe en/,
  );
  expect(mail?.text).toContain('https://login.example.org/forgotten-password');
  expect(mail?.text).not.toContain(NEW_PASSWORD);
});

test.each([
  ['no address', { email: null, emailConfirmed: false }],
  ['an unconfirmed address', { emailConfirmed: false }],
])('a user with %s gets none', async (_, columns) => {
  await database().update(users).set(columns);
  expect((await changePassword()).status).toBe(204);
  expect(mailbox.mails).toEqual([]);
});

test('a password that was not changed is not told', async () => {
  await breakNext('database', 'passes', 'unreachable');
  expect((await changePassword()).status).toBe(503);
  expect(mailbox.mails).toEqual([]);
});

test('a mail service that fails does not undo the change', async () => {
  mailbox.faults = ['refused'];
  const log = recordLog();
  expect((await changePassword()).status).toBe(204);
  expect(log.events('mail_not_sent')).toMatchObject([{ mail: 'password_set', userId: ID }]);
});

test('the cron trigger sends what the command line has left, to the old address and in both languages', async () => {
  await database().execute(insertNotice(ID, 'address_changed'));
  await database().update(users).set({ email: 'new@example.org' });
  await rename();
  const log = recordLog();
  await tick();
  expect(mailbox.mails.map(({ to, subject }) => [to, subject])).toEqual([
    [
      'old@example.org',
      'Your e-mail address for login.example.org was changed · Tu dirección de correo en login.example.org ha cambiado',
    ],
    [
      'new@example.org',
      'Your user name for login.example.org was changed · Tu nombre de usuario en login.example.org ha cambiado',
    ],
  ]);
  const [address, name] = mailbox.mails;
  expect(address?.text).not.toContain('new@example.org');
  expect(name?.text).toContain('The user jdoe at login.example.org was renamed');
  expect(name?.text).toContain('log in as john');
  expect(name?.text).toContain('inicia sesión como john');
  expect(log.events('mail_sent')).toEqual([
    { event: 'mail_sent', mail: 'address_changed', userId: ID },
    { event: 'mail_sent', mail: 'renamed', userId: ID },
  ]);
  await tick();
  expect(mailbox.mails).toHaveLength(2);
});

test('a notice that was not sent waits for the next run', async () => {
  await rename();
  mailbox.faults = ['refused'];
  await tick();
  expect(mailbox.mails).toEqual([]);
  await tick();
  expect(mailbox.mails).toHaveLength(1);
});

test('every notice is sent in one run, however many of them the service refuses', async () => {
  const names = Array.from({ length: 45 }, (_, index) => `user-${index}`);
  for (const name of names) {
    await addUser(name, { id: name, email: `${name}@example.org`, emailConfirmed: true });
    await database().execute(insertNotice(name, 'password_set'));
  }
  mailbox.faults = Array(25).fill('refused');
  await tick();
  expect(mailbox.mails.map(({ to }) => to)).toEqual(
    names.slice(25).map((name) => `${name}@example.org`),
  );
  await tick();
  expect(mailbox.mails).toHaveLength(45);
});

test('a mail that the service may have taken is not sent again', async () => {
  await rename();
  vi.spyOn(scheduler, 'wait').mockResolvedValue();
  mailbox.faults = ['hangs'];
  await tick();
  await tick();
  expect(mailbox.mails).toEqual([]);
  expect(await database().$count(notices)).toBe(0);
});

test('a notice is no news after three days, where mail is not set up', async () => {
  await rename();
  await tick({});
  expect(await database().$count(notices)).toBe(1);
  await database().update(notices).set({ createdAt: sql`now() - interval '73 hours'` });
  const log = recordLog();
  await tick({});
  expect(await database().$count(notices)).toBe(0);
  expect(log.events('pruned')).toMatchObject([{ notices: 1 }]);
});

test('a user without a confirmed address leaves no notice', async () => {
  await database().update(users).set({ emailConfirmed: false });
  await rename();
  expect(await database().$count(notices)).toBe(0);
});

test('a database that fails is a line in the log', async () => {
  await rename();
  await breakNext('database', 'unreachable', 'unreachable');
  const log = recordLog();
  await tick();
  expect(log.events('notices_not_sent')).toEqual([
    { event: 'notices_not_sent', fault: 'database_unreachable' },
  ]);
});
