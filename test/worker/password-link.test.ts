/** `POST /api/Password`. */
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { digestOfToken, makePasswordLink } from '../../src/account/password-link.ts';
import { replaceLinks, takeLink } from '../../src/db/password-links.ts';
import { passwordLinks, users } from '../../src/db/schema.ts';
import { replacePassword } from '../../src/db/stored-passwords.ts';
import { hashQueue } from '../../src/password/hash-queue.ts';
import { HEADERS, problem, REFUSED } from '../support/answers.ts';
import { breakNext, callsTo, forgetCalls, untilCalled } from '../support/control.ts';
import { addUser, database, resetDatabase } from '../support/fixtures.ts';
import { holdQueue } from '../support/hold-queue.ts';
import { LIMIT_OF_THREE, TOO_MANY } from '../support/limit-of-three.ts';
import { addLink, NEW_PASSWORD, passwordRequest, setPassword } from '../support/links.ts';
import { recordLog } from '../support/log.ts';
import { Mailbox, PUBLIC_URL } from '../support/mailbox.ts';
import { ADDRESS, login, send, sendWith, wire } from '../support/requests.ts';
import { raceRounds } from '../support/rounds.ts';

const ID = 'id-of-jdoe';

beforeAll(resetDatabase);
beforeEach(async () => {
  await database().delete(users);
  await addUser('jdoe', { id: ID, email: 'jdoe@example.org', updatedAt: new Date(0) });
  await forgetCalls();
});
afterEach(() => vi.restoreAllMocks());

const badMember = (member: string, detail: string) => ({
  status: 400,
  body: JSON.stringify({
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'The password is not set.',
    errors: [{ member, detail }],
  }),
});
const LINK_REFUSED = badMember('token', 'is not good, or not any more');

async function stored() {
  const [user] = await database().select().from(users).where(eq(users.id, ID));
  return user;
}

const openLinks = () => database().$count(passwordLinks, sql`ended_at is null`);

test('a link sets the password: the new one logs in from then on, and the old one does not', async () => {
  const token = await addLink(ID);
  const log = recordLog();
  expect(await wire(await setPassword(token))).toEqual({ status: 204, headers: HEADERS, body: '' });
  expect(log.events('password_link')).toEqual([
    { event: 'password_link', status: 204, reason: 'success', userId: ID, address: ADDRESS },
  ]);
  expect((await login('jdoe', { Password: NEW_PASSWORD })).status).toBe(200);
  expect((await login('jdoe')).status).toBe(401);
  // No later import overwrites it.
  expect((await stored())?.passwordSetAt).toEqual((await stored())?.updatedAt);
});

test('a user without a password gets the first one', async () => {
  await addUser('ana', { id: 'id-of-ana', passwordHash: null });
  const token = await addLink('id-of-ana', { kind: 'invitation' });
  expect((await setPassword(token)).status).toBe(204);
  expect((await login('ana', { Password: NEW_PASSWORD })).status).toBe(200);
});

test('it asks siteverify once, reads once and writes once', async () => {
  const token = await addLink(ID);
  await forgetCalls();
  await setPassword(token);
  expect(await callsTo('siteverify')).toHaveLength(1);
  expect(await callsTo('database')).toHaveLength(2);
});

test('the database has the digest of the token alone', async () => {
  const token = await addLink(ID);
  const [link] = await database().select().from(passwordLinks);
  expect(JSON.stringify(link)).not.toContain(token);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  expect(link?.tokenDigest).toBe(btoa(String.fromCharCode(...new Uint8Array(digest))));
});

test('a lock of the name ends, because the owner of a link does not guess', async () => {
  for (let time = 0; time < 5; time++) await login('jdoe', { Password: 'wrong-password' });
  expect((await login('jdoe')).status).toBe(429);
  await setPassword(await addLink(ID));
  expect((await login('jdoe', { Password: NEW_PASSWORD })).status).toBe(200);
});

test('a mailed link confirms the address, and no other link does', async () => {
  await setPassword(await addLink(ID));
  expect((await stored())?.emailConfirmed).toBe(false);
  await setPassword(await addLink(ID, { isMailed: true }));
  expect((await stored())?.emailConfirmed).toBe(true);
});

test('the change is told to a confirmed address by mail, and to no other', async () => {
  const mailbox = new Mailbox();
  await setPassword(await addLink(ID), {}, mailbox.settings);
  expect(mailbox.mails).toEqual([]);
  await database().update(users).set({ emailConfirmed: true });
  const log = recordLog();
  await setPassword(await addLink(ID), {}, mailbox.settings);
  expect(mailbox.mails).toMatchObject([
    { to: 'jdoe@example.org', subject: 'Your password for login.example.org was set' },
  ]);
  expect(log.events('mail_sent')).toEqual([
    { event: 'mail_sent', mail: 'password_set', userId: ID },
  ]);
});

describe('a link that is not good', () => {
  /** By the reason in the log. */
  const BAD_LINKS: [string, () => Promise<unknown>][] = [
    ['link_malformed', async () => 'no token'],
    ['link_malformed', async () => undefined],
    ['link_malformed', async () => null],
    ['link_malformed', async () => '  '],
    ['link_malformed', async () => `${await addLink(ID)}A`],
    ['link_malformed', async () => 'ü'.repeat(43)],
    ['link_unknown', async () => 'A'.repeat(43)],
    [
      'link_unknown',
      async () => {
        await addUser('gone', { id: 'gone' });
        const token = await addLink('gone');
        await database().delete(users).where(eq(users.id, 'gone'));
        return token;
      },
    ],
    [
      'link_ended',
      async () => {
        const token = await addLink(ID);
        await setPassword(token);
        return token;
      },
    ],
    [
      'link_expired',
      async () => {
        const token = await addLink(ID);
        await database().update(passwordLinks).set({ expiresAt: new Date() });
        return token;
      },
    ],
    [
      'link_of_inactive_user',
      async () => {
        const token = await addLink(ID);
        await database().update(users).set({ active: false });
        // Whatever way the flag went.
        await database().update(passwordLinks).set({ endedAt: null });
        return token;
      },
    ],
  ];

  test.each(BAD_LINKS)('%s gets one answer, and no hash: %#', async (reason, makeToken) => {
    const token = await makeToken();
    const before = await stored();
    const log = recordLog();
    const deriveBits = vi.spyOn(crypto.subtle, 'deriveBits');
    const first = await wire(await setPassword(token));
    expect(first).toMatchObject(LINK_REFUSED);
    // Where the password is bad too, the answer is that of the link.
    expect(await wire(await setPassword(token, { newPassword: 'short' }))).toEqual(first);
    expect(await wire(await setPassword(token, { newPassword: undefined }))).toEqual(first);
    expect(deriveBits).not.toHaveBeenCalled();
    expect(log.events('password_link').map((event) => event.reason)).toEqual(Array(3).fill(reason));
    expect(await stored()).toEqual(before);
  });

  test('of no possible form costs no query', async () => {
    await setPassword('no token');
    expect(await callsTo('database')).toEqual([]);
  });
});

describe('a link ends', () => {
  const ENDINGS: [string, () => Promise<unknown>][] = [
    ['when another one is used', async () => setPassword(await addLink(ID))],
    [
      'when the password is set elsewhere',
      () => database().update(users).set({ passwordSetAt: sql`now()` }),
    ],
    ['when the user is deactivated', () => database().update(users).set({ active: false })],
    ['when the user gets another name', () => database().update(users).set({ userName: 'ben' })],
    ['when the user gets another address', () => database().update(users).set({ email: 'b@c.de' })],
    ['when the user gets no address', () => database().update(users).set({ email: null })],
    [
      'when the address is not confirmed any more',
      () => database().update(users).set({ emailConfirmed: false }),
    ],
    [
      'when an operator makes another one',
      async () => {
        const { tokenDigest } = await makePasswordLink(PUBLIC_URL);
        const link = { userId: ID, kind: 'reset', tokenDigest, hours: 1, isMailed: false } as const;
        expect(await replaceLinks(database(), link)).toBe(true);
      },
    ],
  ];
  test.each(ENDINGS)('%s', async (_, end) => {
    await database().update(users).set({ emailConfirmed: true });
    const token = await addLink(ID, { kind: 'forgotten' });
    const other = await addLink(ID, { kind: 'invitation' });
    await end();
    await database().update(users).set({ active: true, emailConfirmed: true });
    expect(await wire(await setPassword(token))).toMatchObject(LINK_REFUSED);
    expect(await wire(await setPassword(other))).toMatchObject(LINK_REFUSED);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['a login', () => login('jdoe')],
    ['a wrong password', () => login('jdoe', { Password: 'wrong-password' })],
    ['a new hash of the same password', () => database().update(users).set({ passwordHash: 'x' })],
    ['an activation', () => database().update(users).set({ active: true })],
    ['a confirmation of the address', () => database().update(users).set({ emailConfirmed: true })],
    ['another role', () => database().update(users).set({ roleId: 2 })],
    ['the link of another user', async () => setPassword(await addLink('id-of-ana'))],
  ])('but not by %s', async (_, happen) => {
    await addUser('ana', { id: 'id-of-ana' });
    const token = await addLink(ID);
    await happen();
    expect((await setPassword(token)).status).toBe(204);
  });
});

test('an inactive user gets no link from an operator', async () => {
  await database().update(users).set({ active: false });
  const { tokenDigest } = await makePasswordLink(PUBLIC_URL);
  const link = { userId: ID, kind: 'reset', tokenDigest, hours: 1, isMailed: false } as const;
  expect(await replaceLinks(database(), link)).toBe(false);
});

describe('a new password that is refused', () => {
  test.each([
    [undefined, 'is missing'],
    [null, 'is missing'],
    ['', 'has fewer than 15 characters'],
    ['short', 'has fewer than 15 characters'],
    [' '.repeat(20), 'is nothing but white space'],
    ['passwordpassword', 'is among the commonest, which are guessed first'],
    ['JDOE@example.org', "is the user's own name or e-mail address"],
    ['a perfectly\ud83dgood passphrase', 'is not valid Unicode'],
    ['x'.repeat(1025), 'has more than 1024 characters'],
  ])('%j is named, and leaves the link good', async (newPassword, detail) => {
    const token = await addLink(ID);
    const log = recordLog();
    const answer = await wire(await setPassword(token, { newPassword }));
    expect(answer).toMatchObject(badMember('newPassword', detail));
    expect(log.events('password_link')).toMatchObject([
      { status: 400, reason: 'new_password_refused', userId: ID },
    ]);
    expect((await setPassword(token)).status).toBe(204);
  });

  test('a name of the user is compared as well', async () => {
    await addUser('my-long-user-name', { id: 'long' });
    const token = await addLink('long');
    const answer = await wire(await setPassword(token, { newPassword: 'My-Long-User-Name' }));
    expect(answer.body).toContain("is the user's own name");
  });
});

describe('the captcha comes first', () => {
  test.each([
    ['missing', undefined],
    ['blank', ' '],
    ['of no widget', 'invented'],
    ['too long', 'x'.repeat(2049)],
  ])('one that is %s is the 401 of a login, and nothing is read', async (_, captchaToken) => {
    const token = await addLink(ID);
    await forgetCalls();
    expect(await wire(await setPassword(token, { captchaToken }))).toEqual(REFUSED);
    expect(await wire(await setPassword('no token', { captchaToken }))).toEqual(REFUSED);
    expect(await callsTo('database')).toEqual([]);
    expect((await setPassword(token)).status).toBe(204);
  });

  test.each([
    ['application/json', '{', 400],
    ['application/json', '[]', 400],
    ['application/json', '{"token": 1}', 400],
    ['application/json', '{"newPassword": {}}', 400],
    ['application/json', '{"captchaToken": 1}', 400],
    ['text/plain', '{}', 415],
    ['application/json', 'x'.repeat(16 * 1024 + 1), 413],
  ])('but a body of %s that is no request (%s) does not spend it', async (type, body, status) => {
    const headers = { 'Content-Type': type };
    const response = await send('/api/Password', { method: 'POST', body, headers });
    expect(response.status).toBe(status);
    expect(await callsTo('siteverify')).toEqual([]);
  });
});

test('paths and member names match without regard to case', async () => {
  const token = await addLink(ID);
  const members = { TOKEN: token, NewPassword: NEW_PASSWORD };
  expect((await sendWith({}, await passwordRequest('/API/password/', members))).status).toBe(204);
});

test('another method is a 405', async () => {
  const response = await send('/api/Password');
  expect([response.status, response.headers.get('Allow')]).toEqual([405, 'POST']);
});

describe('what fails', () => {
  test.each([
    ['siteverify', ['unreachable', 'unreachable']],
    ['database', ['unreachable', 'unreachable']],
    ['database', ['passes', 'unreachable']],
  ] as const)('%s (%j) is a 503, and the link stays good', async (service, [...faults]) => {
    const token = await addLink(ID);
    await breakNext(service, ...faults);
    expect(await wire(await setPassword(token))).toEqual(
      problem(503, 'Service Unavailable', {
        detail: 'Passwords cannot be set at the moment.',
        headers: { 'retry-after': '5' },
      }),
    );
    expect((await login('jdoe')).status).toBe(200);
    expect((await setPassword(token)).status).toBe(204);
  });

  test('a read is tried twice', async () => {
    const token = await addLink(ID);
    await breakNext('database', 'unreachable');
    expect((await setPassword(token)).status).toBe(204);
  });

  test('an isolate that hashes all it can is a 503, and the link stays good', async () => {
    const settings = { HASH_CAPACITY: '1' };
    await addUser('ana', { id: 'id-of-ana' });
    const [token, other] = [await addLink(ID), await addLink('id-of-ana')];
    const release = holdQueue(hashQueue);
    const held = setPassword(token, {}, settings);
    await untilCalled('database', 1);
    expect((await setPassword(token, {}, settings)).status).toBe(503);
    expect((await setPassword(other, {}, settings)).status).toBe(503);
    await release();
    expect((await held).status).toBe(204);
    expect((await setPassword(other)).status).toBe(204);
  });
});

test.each<[keyof Env, string]>([
  ['LOGINS_PER_ADDRESS', 'address_limit_exceeded'],
  ['LOGINS_PER_NAME', 'link_limit_exceeded'],
])('the limit %s of logins holds for it too', async (binding, reason) => {
  const token = `${crypto.randomUUID()}AAAAAAA`;
  const settings = { [binding]: LIMIT_OF_THREE };
  const log = recordLog();
  for (let time = 0; time < TOO_MANY; time++) {
    const headers = { 'CF-Connecting-IP': '198.51.100.77' };
    await sendWith(settings, await passwordRequest('/api/Password', { token }, headers));
  }
  const events = log.events('password_link');
  expect(events.slice(0, 3).map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(events).toContainEqual(expect.objectContaining({ status: 429, reason }));
});

describe('of what comes at a time', () => {
  const ROUNDS = raceRounds(10);

  test('fifty uses of a link set one password', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const token = await addLink(ID);
      const statuses = await Promise.all(
        Array.from({ length: 50 }, async (_, index) => {
          const newPassword = `the passphrase number ${index} of many`;
          const { status } = await setPassword(token, { newPassword });
          return { status, newPassword };
        }),
      );
      const winners = statuses.filter(({ status }) => status === 204);
      expect(winners).toHaveLength(1);
      const others = statuses.filter(({ status }) => status !== 204);
      expect(others.every(({ status }) => status === 400 || status === 503)).toBe(true);
      const [{ newPassword } = { newPassword: '' }] = winners;
      expect((await login('jdoe', { Password: newPassword })).status).toBe(200);
      expect(await openLinks()).toBe(0);
    }
  });

  test('fifty statements that take a link take it once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const tokenDigest = (await digestOfToken(await addLink(ID))) ?? '';
      const taken = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          takeLink(database(), { tokenDigest, passwordHash: `hash ${index}` }),
        ),
      );
      const winner = taken.findIndex((result) => result !== undefined);
      expect(taken.filter((result) => result !== undefined)).toHaveLength(1);
      expect((await stored())?.passwordHash).toBe(`hash ${winner}`);
    }
  });

  test('a use and a change of the password: the last of the two counts, and no link is open', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const tokenDigest = (await digestOfToken(await addLink(ID))) ?? '';
      const current = (await stored())?.passwordHash ?? '';
      const attemptId = crypto.randomUUID();
      const [taken, replaced] = await Promise.all([
        takeLink(database(), { tokenDigest, passwordHash: `by link ${round}` }),
        replacePassword(
          database(),
          { normalizedUserName: 'JDOE', attemptId },
          { userId: ID, current, fresh: `by hand ${round}` },
        ),
      ]);
      // Who comes second finds the other one's work: another hash, or an ended link.
      expect([taken, replaced].filter((result) => result !== undefined)).toHaveLength(1);
      const winner = taken === undefined ? 'by hand' : 'by link';
      expect((await stored())?.passwordHash).toBe(`${winner} ${round}`);
      expect(await openLinks()).toBe(0);
    }
  });

  test('a use and a deletion of the user: nothing is left', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await addUser('gone', { id: 'gone' });
      const token = await addLink('gone');
      const [used] = await Promise.all([
        setPassword(token),
        database().delete(users).where(eq(users.id, 'gone')),
      ]);
      expect([204, 400]).toContain(used.status);
      expect(await database().$count(passwordLinks, eq(passwordLinks.userId, 'gone'))).toBe(0);
    }
  });

  test('a use and a new link of an operator: the new link is good only where it came last', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const token = await addLink(ID);
      const { link, tokenDigest } = await makePasswordLink(PUBLIC_URL);
      const [, newToken] = link.split('#');
      const [used] = await Promise.all([
        setPassword(token, { newPassword: `the passphrase of round ${round}` }),
        replaceLinks(database(), {
          userId: ID,
          kind: 'reset',
          tokenDigest,
          hours: 1,
          isMailed: false,
        }),
      ]);
      const isUsed = used.status === 204;
      expect([204, 400]).toContain(used.status);
      const isOpen = (await openLinks()) === 1;
      // Not used: the new link has ended the old one. Used: it came before, and was ended, or after.
      if (!isUsed) expect(isOpen).toBe(true);
      expect((await setPassword(newToken)).status).toBe(isOpen ? 204 : 400);
    }
  });

  test('two new links of operators: one is open', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        Array.from({ length: 5 }, async () => {
          const { tokenDigest } = await makePasswordLink(PUBLIC_URL);
          const link = {
            userId: ID,
            kind: 'reset',
            tokenDigest,
            hours: 1,
            isMailed: false,
          } as const;
          await replaceLinks(database(), link);
        }),
      );
      expect(await openLinks()).toBe(1);
    }
  });

  test('a use and a deactivation: nobody is inactive with an open link', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const token = await addLink(ID);
      await Promise.all([
        setPassword(token),
        database().update(users).set({ active: false }).where(eq(users.id, ID)),
      ]);
      expect(await openLinks()).toBe(0);
      await database().update(users).set({ active: true });
    }
  });
});
