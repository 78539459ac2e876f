/** `POST /api/Password/Forgotten`, and the mails that follow it. */

import { env } from 'cloudflare:workers';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makePasswordLink } from '../../src/account/password-link.ts';
import { addForgottenLink } from '../../src/db/password-links.ts';
import { passwordLinks, users } from '../../src/db/schema.ts';
import { HEADERS, problem, REFUSED } from '../support/answers.ts';
import { breakNext, callsTo, forgetCalls, releaseHeldUp, untilCalled } from '../support/control.ts';
import { addUser, database, forgetAttempts, resetDatabase } from '../support/fixtures.ts';
import { LIMIT_OF_THREE, TOO_MANY } from '../support/limit-of-three.ts';
import { NEW_PASSWORD, passwordRequest, setPassword } from '../support/links.ts';
import { recordLog } from '../support/log.ts';
import { Mailbox, PUBLIC_URL } from '../support/mailbox.ts';
import { ADDRESS, login, ORIGIN, send, sendAndLeave, sendWith, wire } from '../support/requests.ts';

const PATH = '/api/Password/Forgotten';
const ID = 'id-of-jdoe';
let mailbox: Mailbox;

beforeAll(resetDatabase);
beforeEach(async () => {
  await database().delete(users);
  await addUser('jdoe', { id: ID, email: 'JDoe@Example.org', emailConfirmed: true });
  await addUser('unconfirmed', { email: 'unconfirmed@example.org' });
  await addUser('inactive', { email: 'inactive@example.org', emailConfirmed: true, active: false });
  await addUser('addressless');
  await forgetCalls();
  mailbox = new Mailbox();
});
afterEach(() => vi.restoreAllMocks());

const requestFor = (userName: unknown, headers?: Record<string, string>) =>
  passwordRequest(PATH, { userName }, headers);

const forget = async (userName: unknown, headers?: Record<string, string>) =>
  sendWith(mailbox.settings, await requestFor(userName, headers));

const ACCEPTED = { status: 202, headers: HEADERS, body: '' };

/** What people and attackers type, and the reason why no mail follows. */
const WITHOUT_MAIL: [string, string][] = [
  ['nobody', 'unknown_user'],
  ['nobody@example.org', 'unknown_user'],
  ['unconfirmed', 'address_not_confirmed'],
  ['unconfirmed@example.org', 'unknown_user'],
  ['inactive', 'inactive'],
  ['inactive@example.org', 'unknown_user'],
  ['addressless', 'no_address'],
  ['%', 'unknown_user'],
  ['x'.repeat(257), 'impossible_user_name'],
  ['jdoe\0', 'impossible_user_name'],
  ['jdoe\ud83d', 'impossible_user_name'],
];
const WITH_MAIL = ['jdoe', ' JDOE\u00a0', 'jdoe@example.org', 'JDOE@EXAMPLE.ORG'];
const EVERY_NAME = [...WITH_MAIL, ...WITHOUT_MAIL.map(([name]) => name)];

test('a link comes by mail, and sets a new password', async () => {
  const log = recordLog();
  expect(await wire(await forget('jdoe'))).toEqual(ACCEPTED);
  const [mail] = mailbox.mails;
  expect(mail).toMatchObject({
    from: { name: 'Example', email: 'login@example.org' },
    to: 'JDoe@Example.org',
    subject: 'A new password for login.example.org',
  });
  const [link = ''] = mailbox.links;
  expect(link).toMatch(/^https:\/\/login\.example\.org\/set-password#[\w-]{43}$/);
  expect(mail?.html).toContain(`<a href="${link}">${link}</a>`);
  expect(log.lines.map((line) => JSON.parse(line))).toEqual([
    { event: 'password_forgotten', status: 202, reason: 'accepted', address: ADDRESS },
    { event: 'link_made', link: 'forgotten', userId: ID },
    { event: 'mail_sent', mail: 'forgotten', userId: ID },
  ]);
  expect((await setPassword(mailbox.tokens[0])).status).toBe(204);
  expect((await login('jdoe', { Password: NEW_PASSWORD })).status).toBe(200);
  expect((await setPassword(mailbox.tokens[0])).status).toBe(400);
});

test.each(WITH_MAIL)('%j finds the user, and the mail goes to the stored address', async (name) => {
  await forget(name);
  expect(mailbox.mails.map(({ to }) => to)).toEqual(['JDoe@Example.org']);
});

test.each(WITHOUT_MAIL)('%j gets no mail, and the log says why: %s', async (name, reason) => {
  const log = recordLog();
  expect(await wire(await forget(name))).toEqual(ACCEPTED);
  expect(mailbox.mails).toEqual([]);
  expect(log.events('link_not_made')).toMatchObject([{ reason }]);
});

describe('nothing tells whether a user exists', () => {
  test.each(EVERY_NAME)('%j gets the same answer', async (name) => {
    expect(await wire(await forget(name))).toEqual(ACCEPTED);
  });

  test('the calls and statements before the answer are the same for every name', async () => {
    /** Everything that the Worker sends before it logs its answer, without what was typed. */
    async function beforeTheAnswer(name: string) {
      const request = await requestFor(name);
      await forgetAttempts();
      const trace: unknown[] = [];
      const send = globalThis.fetch;
      vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
        const { query, params = [] } = JSON.parse(String(init?.body ?? '{}'));
        trace.push([String(input), query, params.map((value: unknown) => String(value).length)]);
        return send(input, init);
      });
      const log = vi.spyOn(console, 'log').mockImplementation((line) => {
        trace.push(JSON.parse(line).event);
      });
      expect((await sendWith(mailbox.settings, request)).status).toBe(202);
      expect(log).toHaveBeenCalled();
      vi.restoreAllMocks();
      return trace.slice(0, trace.indexOf('password_forgotten') + 1);
    }
    const known = await beforeTheAnswer('jdoe');
    expect(known).toEqual([
      ['https://challenges.cloudflare.com/turnstile/v0/siteverify', undefined, []],
      [expect.stringContaining('neon'), expect.stringContaining('forgotten_requests'), [44]],
      'password_forgotten',
    ]);
    for (const name of EVERY_NAME) expect(await beforeTheAnswer(name)).toEqual(known);
  });

  test('one row is written for every name, and it does not hold the name', async () => {
    for (const name of EVERY_NAME) {
      await forgetAttempts();
      await forget(name);
      const { rows } = await database().execute(sql`select * from forgotten_requests`);
      expect(rows).toEqual([
        {
          name_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          requests: 1,
          first_counted_at: expect.anything(),
        },
      ]);
    }
  });
});

describe('an address', () => {
  test('of several users gets a mail for each of them, and three at most', async () => {
    const columns = { email: 'family@example.org', emailConfirmed: true };
    for (const name of ['dora', 'ana', 'cleo', 'ben']) await addUser(name, columns);
    await addUser('eve', { email: 'family@example.org' });
    await forget('family@example.org');
    const named = mailbox.mails.map(({ text }) => /the user (\w+)/.exec(text)?.[1]);
    expect(named.sort()).toEqual(['ana', 'ben', 'cleo']);
    expect(new Set(mailbox.links).size).toBe(3);
  });

  test('that is the name of a user is looked for as a name first', async () => {
    await addUser('ana', { email: 'shared@example.org', emailConfirmed: true });
    await addUser('shared@example.org', { email: 'other@example.org', emailConfirmed: true });
    await forget('shared@example.org');
    expect(mailbox.mails.map(({ to }) => to)).toEqual(['other@example.org']);
  });

  test('that is the same in lower case only here gets nothing: the stored one does', async () => {
    await addUser('kelvin', { email: 'kelvin@example.org', emailConfirmed: true });
    await forget('\u212aelvin@example.org'); // the Kelvin sign
    expect(mailbox.mails.every(({ to }) => to === 'kelvin@example.org')).toBe(true);
  });

  test('that was changed before the mail goes gets no link', async () => {
    const request = await requestFor('jdoe');
    await breakNext('database', 'passes', 'passes', 'is held up');
    const { rest } = await sendAndLeave(request, { ...env, ...mailbox.settings } as Env);
    await untilCalled('database', 3);
    await database().update(users).set({ email: 'new@example.org' }).where(eq(users.id, ID));
    await releaseHeldUp();
    await rest();
    expect(mailbox.mails).toEqual([]);
    expect(await database().$count(passwordLinks)).toBe(0);
  });
});

describe('the link', () => {
  test('leads to PUBLIC_URL, whatever host the request names', async () => {
    const request = await requestFor('jdoe');
    const elsewhere = new Request('https://evil.example/api/Password/Forgotten', request);
    elsewhere.headers.set('Host', 'evil.example');
    elsewhere.headers.set('X-Forwarded-Host', 'evil.example');
    await sendWith(mailbox.settings, elsewhere);
    expect(mailbox.links).toEqual([expect.stringMatching(/^https:\/\/login\.example\.org\//)]);
    expect(JSON.stringify(mailbox.mails)).not.toContain('evil');
  });

  test('ends no other link', async () => {
    await forget('jdoe');
    await forget('jdoe');
    expect((await setPassword(mailbox.tokens[0])).status).toBe(204);
  });

  test.each([
    [{}, 1],
    [{ RESET_HOURS: '5' }, 5],
  ])('is good for the hours of %j', async (settings, hours) => {
    const request = await requestFor('jdoe');
    await sendWith({ ...mailbox.settings, ...settings }, request);
    const [link] = await database().select().from(passwordLinks);
    const { createdAt, expiresAt } = link ?? { createdAt: 0, expiresAt: 0 };
    expect(Number(expiresAt) - Number(createdAt)).toBe(hours * 3_600_000);
    expect(mailbox.mails[0]?.text).toContain(hours === 1 ? 'for an hour' : 'for 5 hours');
  });
});

describe('the mail', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'en'],
    ['es-MX', 'es'],
    ['en;q=0.3, es;q=0.7', 'es'],
    ['es;q=0, en;q=0.1', 'en'],
    ['ES', 'es'],
    ['esperanto, en', 'en'],
    [`${'x,'.repeat(2000)}es`, 'es'],
  ])('for Accept-Language %j is in %s', async (header, language) => {
    await forget('jdoe', header === undefined ? {} : { 'Accept-Language': header });
    const [{ html, subject } = { html: '', subject: '' }] = mailbox.mails;
    expect(html).toContain(`<div lang="${language}">`);
    expect(subject).toContain(language === 'es' ? 'Una contraseña nueva' : 'A new password');
  });

  test('shows a name as it is, whatever is in it', async () => {
    await addUser('<b>"&\'', { email: 'b@example.org', emailConfirmed: true });
    await forget('b@example.org');
    const [mail] = mailbox.mails;
    expect(mail?.text).toContain('the user <b>"&\' at');
    expect(mail?.html).toContain('the user &#60;b&#62;&#34;&#38;&#39; at');
  });

  test('has nothing that tells when it is read', async () => {
    await forget('jdoe');
    expect(mailbox.mails[0]?.html).not.toMatch(/<img|<link|<style|url\(|src=/i);
  });
});

describe('a mail service', () => {
  test('that refuses is a line in the log, and the user can ask again at once', async () => {
    const log = recordLog();
    mailbox.faults = ['refused', 'refused', 'refused', new Error('JDoe@Example.org')];
    for (let time = 0; time < 4; time++) expect(await wire(await forget('jdoe'))).toEqual(ACCEPTED);
    const line = { event: 'mail_not_sent', mail: 'forgotten', userId: ID, fault: 'mail_refused' };
    const coded = { ...line, code: 'E_SENDER_NOT_VERIFIED' };
    expect(log.events('mail_not_sent')).toEqual([coded, coded, coded, line]);
    expect(log.lines.join()).not.toContain('Example.org');
    await forget('jdoe');
    expect(mailbox.mails).toHaveLength(1);
  });

  test('that does not answer is a line in the log after ten seconds, and never another answer', async () => {
    const log = recordLog();
    const waits: unknown[] = [];
    vi.spyOn(scheduler, 'wait').mockImplementation(async (ms) => {
      waits.push(ms);
      if (ms !== 10_000) await new Promise(() => {});
    });
    mailbox.faults = ['hangs'];
    expect(await wire(await forget('jdoe'))).toEqual(ACCEPTED);
    expect(waits).toContain(10_000);
    expect(log.events('mail_not_sent')).toMatchObject([{ fault: 'mail_timeout' }]);
    // It may come after all, so its link is good.
    expect(await database().$count(passwordLinks)).toBe(1);
  });
});

describe('a database that fails', () => {
  test('before the answer is a 503', async () => {
    await breakNext('database', 'unreachable');
    expect(await wire(await forget('jdoe'))).toEqual(
      problem(503, 'Service Unavailable', {
        detail: 'Passwords cannot be reset at the moment.',
        headers: { 'retry-after': '5' },
      }),
    );
    expect(mailbox.mails).toEqual([]);
  });

  test.each([
    [['passes', 'unreachable', 'unreachable'], undefined],
    [['passes', 'passes', 'unreachable'], ID],
  ] as const)('after the answer (%j) is a line in the log', async ([...faults], userId) => {
    const log = recordLog();
    await breakNext('database', ...faults);
    expect(await wire(await forget('jdoe'))).toEqual(ACCEPTED);
    expect(log.events('link_not_made')).toEqual([
      { event: 'link_not_made', ...(userId && { userId }), reason: 'database_unreachable' },
    ]);
    expect(mailbox.mails).toEqual([]);
  });
});

describe('a flood', () => {
  test('of 200 for one user sends three mails', async () => {
    const names = ['jdoe', 'jdoe@example.org', 'JDOE', 'jdoe@EXAMPLE.org'];
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => wire(await forget(names[index % 4]))),
    );
    for (const answer of answers) expect(answer).toEqual(ACCEPTED);
    expect(mailbox.mails).toHaveLength(3);
    expect(await database().$count(passwordLinks)).toBe(3);
  });

  test('that reaches the links 200 times at once makes three of them', async () => {
    const made = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const { tokenDigest } = await makePasswordLink(PUBLIC_URL);
        const link = { userId: ID, tokenDigest, hours: 1, address: 'JDoe@Example.org' };
        return addForgottenLink(database(), link);
      }),
    );
    expect(made.filter(Boolean)).toHaveLength(3);
    expect(await database().$count(passwordLinks)).toBe(3);
  });

  test('goes on after an hour, and a used link does not shorten it', async () => {
    for (let time = 0; time < 3; time++) await forget('jdoe');
    await setPassword(mailbox.tokens[0]);
    await forget('jdoe');
    expect(mailbox.mails).toHaveLength(3);
    await database().update(passwordLinks).set({ createdAt: sql`now() - interval '61 minutes'` });
    await forget('jdoe');
    expect(mailbox.mails).toHaveLength(4);
  });

  test('leaves no more than three links open, however long they are good', async () => {
    const settings = { ...mailbox.settings, RESET_HOURS: '24' };
    for (let time = 0; time < 3; time++) await sendWith(settings, await requestFor('jdoe'));
    await database().update(passwordLinks).set({ createdAt: sql`now() - interval '2 hours'` });
    await sendWith(settings, await requestFor('jdoe'));
    expect(mailbox.mails).toHaveLength(3);
  });

  test('on one name looks nobody up after the tenth within an hour', async () => {
    const log = recordLog();
    for (let time = 0; time < 12; time++) await forget('nobody');
    const reasons = log.events('link_not_made').map(({ reason }) => reason);
    expect(reasons).toEqual([
      ...Array(10).fill('unknown_user'),
      ...Array(2).fill('asked_too_often'),
    ]);
    await database().execute(
      sql`update forgotten_requests set first_counted_at = now() - interval '61 minutes'`,
    );
    await forget('nobody');
    expect(log.events('link_not_made').at(-1)).toMatchObject({ reason: 'unknown_user' });
  });

  test.each<[keyof Env, string]>([
    ['LOGINS_PER_ADDRESS', 'address_limit_exceeded'],
    ['LOGINS_PER_NAME', 'name_limit_exceeded'],
  ])('meets the limit %s of logins', async (binding, reason) => {
    const log = recordLog();
    const settings = { ...mailbox.settings, [binding]: LIMIT_OF_THREE };
    for (let time = 0; time < TOO_MANY; time++) {
      const headers = { 'CF-Connecting-IP': '198.51.100.78' };
      await sendWith(settings, await requestFor('of-this-flood-alone', headers));
    }
    const events = log.events('password_forgotten');
    expect(events.slice(0, 3).map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(events).toContainEqual(expect.objectContaining({ status: 429, reason }));
  });
});

describe('what is refused', () => {
  test.each([undefined, ' ', 'invented', 'x'.repeat(2049)])(
    'a captcha token %j is the 401 of a login, and nothing is written',
    async (captchaToken) => {
      const request = await passwordRequest(PATH, { userName: 'jdoe', captchaToken });
      expect(await wire(await sendWith(mailbox.settings, request))).toEqual(REFUSED);
      expect(await callsTo('database')).toEqual([]);
    },
  );

  test.each([undefined, null, '', '  '])('a userName %j is missing', async (userName) => {
    const { status, body } = await wire(await forget(userName));
    expect(status).toBe(400);
    expect(JSON.parse(body).errors).toEqual([{ member: 'userName', detail: 'is missing' }]);
    expect(await callsTo('database')).toEqual([]);
  });

  test.each([
    ['application/json', '{', 400],
    ['application/json', '{"userName": 1}', 400],
    ['text/plain', '{}', 415],
    ['application/json', 'x'.repeat(16 * 1024 + 1), 413],
  ])('a body of %s that is no request (%s)', async (type, body, status) => {
    const init = { method: 'POST', body, headers: { 'Content-Type': type } };
    const response = await sendWith(mailbox.settings, new Request(`${ORIGIN}${PATH}`, init));
    expect(response.status).toBe(status);
    expect(await callsTo('siteverify')).toEqual([]);
  });

  test('another method is a 405', async () => {
    const response = await send(PATH);
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST']);
  });
});

describe('mail is not set up', () => {
  const NOT_FOUND = problem(404, 'Not Found');

  test.each([
    ['without a binding', { EMAIL: undefined }],
    ['without a sender', { MAIL_FROM: '' }],
    ['without PUBLIC_URL', { PUBLIC_URL: ' ' }],
  ] as [string, Partial<Env>][])(
    '%s: the route is a 404, and /api/Config offers nothing',
    async (_, missing) => {
      const settings = { ...mailbox.settings, ...missing };
      const log = recordLog();
      expect(await wire(await sendWith(settings, await requestFor('jdoe')))).toEqual(NOT_FOUND);
      expect(await callsTo('siteverify')).toEqual([]);
      const config = await sendWith(settings, new Request(`${ORIGIN}/api/Config`));
      expect(await config.json()).not.toHaveProperty('forgottenPassword');
      const [setting] = Object.keys(missing);
      const problem = 'is missing, so no mail is sent';
      expect(log.events('settings_left_out')[0].faults).toEqual([{ setting, problem }]);
    },
  );

  test('nothing of it is there: nothing is left out either', async () => {
    const log = recordLog();
    await sendWith({}, new Request(`${ORIGIN}/api/Config`));
    expect(log.events('settings_left_out')).toEqual([]);
  });

  test('where it is, /api/Config says so', async () => {
    const config = await sendWith(mailbox.settings, new Request(`${ORIGIN}/api/Config`));
    expect(await config.json()).toMatchObject({ forgottenPassword: true });
  });
});
