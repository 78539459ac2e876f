/** `users invite`, `users reset` and `users set-email`: links that set a password, and what is told by mail. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { readVariable } from '../../cli/variable.ts';
import { notices, passwordLinks, users } from '../../src/db/schema.ts';
import { useLocalDatabase } from '../support/operator.ts';

const local = useLocalDatabase();
const { db, folder } = local;
const PUBLIC_URL = 'https://login.example.org';
const SET_UP = { PUBLIC_URL };

beforeEach(async () => {
  await db().delete(users).where(eq(users.userName, 'ana'));
  await db().delete(passwordLinks);
  await db().delete(notices);
});

const run = (args: string[], environment: Record<string, string> = SET_UP) =>
  local.portero(['users', ...args], '', environment);

const invite = (...options: string[]) => run(['invite', 'ana', '--role', 'Sales', ...options]);

async function find(userName = 'ana') {
  const [user] = await db().select().from(users).where(eq(users.userName, userName));
  return user;
}

const links = () => db().select().from(passwordLinks);

const HOUR_MS = 3_600_000;

function digestOfLink(output: string): string {
  const [, token = ''] = /#(\S+)/.exec(output) ?? [];
  return createHash('sha256').update(token).digest('base64');
}

describe('users invite', () => {
  test('adds a user without a password, and prints a link that is good for 72 hours', async () => {
    const { exitCode, output } = await invite('--email', 'ana@example.org');
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^Added ana \(Sales\) to the local database, without a password\.\nana sets one with this link\. It is good once, for 72 h:\nhttps:\/\/login\.example\.org\/set-password#[\w-]{43}\nPass it on by a way/,
    );
    const user = await find();
    expect(user).toMatchObject({
      passwordHash: null,
      passwordSetAt: null,
      email: 'ana@example.org',
      emailConfirmed: true,
      active: true,
    });
    const [link] = await links();
    expect(link).toMatchObject({
      tokenDigest: digestOfLink(output),
      userId: user?.id,
      kind: 'invitation',
      isMailed: false,
      endedAt: null,
    });
    expect(Number(link?.expiresAt) - Number(link?.createdAt)).toBe(72 * HOUR_MS);
  });

  test('without an address nothing is confirmed', async () => {
    await invite();
    expect(await find()).toMatchObject({ email: null, emailConfirmed: false });
  });

  test('is an event, without the link', async () => {
    const args = ['users', 'invite', 'ana', '--role', 'Sales'];
    const events = await local.eventsOf(args, '', SET_UP);
    const userId = (await find())?.id;
    expect(events).toEqual([{ event: 'link_made', link: 'invitation', userId, userName: 'ana' }]);
  });

  test.each([
    [['invite', 'ana', '--role', 'Salse'], 'There is no role Salse in'],
    [['invite', 'jdoe', '--role', 'Sales'], 'A user of the name jdoe is already in'],
    [['invite', 'ana'], 'Name a role with --role, or use --admin.'],
    [['invite', 'ana', '--role', 'Sales', '--email', 'x'], 'The e-mail address is not of'],
    [['invite', ' ', '--role', 'Sales'], 'A user name has 1 to 256 characters.'],
    [['reset', 'nobody'], 'There is no user nobody in'],
    [['reset', 'mgarcia'], 'mgarcia is inactive. Activate the user first.'],
    [['invite', 'JDOE', '--role', 'Sales'], 'To print another link: users reset jdoe'],
    [['set-email', 'jdoe', 'evil<a@b.c>'], 'The e-mail address is not of'],
    [['set-email', 'jdoe', 'a,b@c.de'], 'The e-mail address is not of'],
    [['set-email', 'jdoe', `${'x'.repeat(256)}@c.de`], 'with 256 characters at most'],
    [['set-email', 'jdoe', 'x'], 'The e-mail address is not of'],
    [['set-email', 'nobody', 'a@b.c'], 'There is no user nobody in'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { exitCode, output } = await run(args);
    expect(exitCode).toBe(1);
    expect(output).toContain(sentence);
    expect(await links()).toEqual([]);
  });
});

describe('PUBLIC_URL', () => {
  test.each([
    ['', 'PUBLIC_URL is missing: set it to'],
    ['login.example.org', 'PUBLIC_URL is not an https origin'],
    ['http://login.example.org', 'PUBLIC_URL is not an https origin'],
    ['https://login.example.org/path', 'PUBLIC_URL is not an https origin'],
    ['https://*.example.org', 'PUBLIC_URL is not an https origin'],
    ['capacitor://localhost', 'PUBLIC_URL is not an https origin'],
  ])('%j is refused with a sentence, and no user is made', async (value, sentence) => {
    const { exitCode, output } = await run(['invite', 'ana', '--role', 'Sales'], {
      PUBLIC_URL: value,
    });
    expect(exitCode).toBe(1);
    expect(output).toContain(sentence);
    expect(await find()).toBeUndefined();
  });

  test.each([
    ['https://Login.Example.org/', 'https://login.example.org/set-password#'],
    ['http://localhost:8787', 'http://localhost:8787/set-password#'],
    [' https://login.example.org:8443 ', 'https://login.example.org:8443/set-password#'],
  ])('%j makes links of %s', async (value, beginning) => {
    const { output } = await run(['reset', 'jdoe'], { PUBLIC_URL: value });
    expect(output).toContain(`\n${beginning}`);
  });

  test('may stand in wrangler.toml, and the environment wins', () => {
    const file = join(folder, 'wrangler.toml');
    writeFileSync(file, '[vars]\nPUBLIC_URL = "https://a.example"\nRESET_HOURS = 2\n');
    expect(readVariable('PUBLIC_URL', file)).toBe('https://a.example');
    expect(readVariable('RESET_HOURS', file)).toBe(2);
    process.env.PUBLIC_URL = 'https://b.example';
    try {
      expect(readVariable('PUBLIC_URL', file)).toBe('https://b.example');
    } finally {
      delete process.env.PUBLIC_URL;
    }
  });

  test('on the local database it is the address of npm run dev', async () => {
    const reset = async () => (await local.asProcess(['users', 'reset', 'jdoe'])).output;
    expect(await reset()).toContain('\nhttp://localhost:8787/set-password#');
    writeFileSync(join(folder, 'public-url'), 'http://localhost:9999');
    expect(await reset()).toContain('\nhttp://localhost:9999/set-password#');
  });
});

describe('users reset', () => {
  test('prints a link that is good for an hour, and says that the old password goes on', async () => {
    const before = await find('jdoe');
    const { exitCode, output } = await run(['reset', 'JDOE']);
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^jdoe sets a new password with this link\. It is good once, for 1 h\. The old password goes on until then:\nhttps:\/\/login\.example\.org\/set-password#[\w-]{43}\n/,
    );
    expect(await find('jdoe')).toEqual(before);
    const [link] = await links();
    expect(link).toMatchObject({ kind: 'reset', tokenDigest: digestOfLink(output) });
    expect(Number(link?.expiresAt) - Number(link?.createdAt)).toBe(HOUR_MS);
  });

  test('invites a user who has no password yet once more', async () => {
    await invite();
    const { output } = await run(['reset', 'ana']);
    expect(output).toContain(
      'ana sets the first password with this link. It is good once, for 72 h:',
    );
    const open = (await links()).filter(({ endedAt }) => endedAt === null);
    expect(open).toMatchObject([{ kind: 'invitation', tokenDigest: digestOfLink(output) }]);
  });

  test('ends the earlier links of the user, and no others', async () => {
    await invite();
    await run(['reset', 'jdoe']);
    const { output } = await run(['reset', 'jdoe']);
    const open = (await links()).filter(({ endedAt }) => endedAt === null);
    const [ofAna] = open.filter(({ kind }) => kind === 'invitation');
    expect(ofAna).toBeDefined();
    expect(open.map(({ tokenDigest }) => tokenDigest).sort()).toEqual(
      [ofAna?.tokenDigest, digestOfLink(output)].sort(),
    );
  });

  test.each([
    ['RESET_HOURS', '5', 'for 5 h.'],
    ['RESET_HOURS', '25', 'RESET_HOURS is not a whole number from 1 to 24.'],
    ['RESET_HOURS', 'x', 'RESET_HOURS is not a whole number from 1 to 24.'],
  ])('%s=%s: %s', async (setting, value, sentence) => {
    const { output } = await run(['reset', 'jdoe'], { ...SET_UP, [setting]: value });
    expect(output).toContain(sentence);
  });

  test('INVITATION_HOURS is for invitations', async () => {
    const { output } = await run(['invite', 'ana', '--role', 'Sales'], {
      ...SET_UP,
      INVITATION_HOURS: '744',
    });
    expect(output).toContain('for 744 h:');
  });
});

describe('what is told by mail later', () => {
  const queued = async () =>
    (await db().select().from(notices)).map(({ kind, userName, address }) => [
      kind,
      userName,
      address,
    ]);

  beforeEach(() => invite('--email', 'old@example.org'));

  test('another address is told to the old one', async () => {
    const { output } = await run(['set-email', 'ANA', ' new@example.org ']);
    expect(output).toBe(
      'The address of ana in the local database is new@example.org, and confirmed.\n' +
        'The open links of ana have ended. To print a new one: users reset ana\n',
    );
    expect(await find()).toMatchObject({ email: 'new@example.org', emailConfirmed: true });
    expect(await queued()).toEqual([['address_changed', 'ana', 'old@example.org']]);
  });

  test('another name, with the name before', async () => {
    await run(['rename', 'ana', 'anna']);
    expect(await queued()).toEqual([['renamed', 'ana', 'old@example.org']]);
    await db().delete(users).where(eq(users.userName, 'anna'));
  });

  test('another password', async () => {
    await local.portero(
      ['users', 'set-password', 'ana', '--password-stdin'],
      'a rather long passphrase\n',
    );
    expect(await queued()).toEqual([['password_set', 'ana', 'old@example.org']]);
  });

  test('nothing is told to an address that is not confirmed, or has not changed', async () => {
    await run(['set-email', 'ana', 'OLD@example.org']);
    await db().update(users).set({ emailConfirmed: false }).where(eq(users.userName, 'ana'));
    await run(['set-email', 'ana', 'new@example.org']);
    expect(await queued()).toEqual([]);
  });

  test('a rename that is refused tells nothing', async () => {
    expect((await run(['rename', 'ana', 'jdoe'])).exitCode).toBe(1);
    expect(await queued()).toEqual([]);
  });
});

test.each([
  ['rename', ['rename', 'ana', 'ANA']],
  ['deactivate', ['deactivate', 'ana']],
  ['set-email', ['set-email', 'ana', 'new@example.org']],
])('users %s ends the open links', async (_, args) => {
  await invite();
  expect((await run(args)).exitCode).toBe(0);
  expect((await links()).every(({ endedAt }) => endedAt !== null)).toBe(true);
  await db().delete(users).where(eq(users.userName, 'ANA'));
});
