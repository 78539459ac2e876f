/** The operator's command line, as a process on a local database. */
import { readdirSync, readFileSync } from 'node:fs';
import { eq, like } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { recordLogin } from '../../src/db/lockout.ts';
import { beginLogin } from '../../src/db/login-statement.ts';
import { roles, users } from '../../src/db/schema.ts';
import { parseStoredHash } from '../../src/password/stored-hash.ts';
import { findUntypable, normalizeUserName } from '../../src/user-name.ts';
import { runHere } from '../support/command.ts';
import { useLocalDatabase } from '../support/operator.ts';

const PASSPHRASE = 'a perfectly good passphrase';
const { open, close, databaseUrl, db, portero, asProcess, eventsOf } = useLocalDatabase();

function addUser(args: string[], password = PASSPHRASE, environment = {}) {
  return portero(['users', 'add', ...args, '--password-stdin'], `${password}\n`, environment);
}

function addUserAsProcess(args: string[], environment = {}) {
  return asProcess(['users', 'add', ...args, '--password-stdin'], `${PASSPHRASE}\n`, environment);
}

async function find(userName: string) {
  const [row] = await db()
    .select()
    .from(users)
    .innerJoin(roles, eq(roles.id, users.roleId))
    .where(eq(users.userName, userName));
  return row;
}

describe('users add', () => {
  test('adds a user with a hash of the password', async () => {
    expect(await addUser(['ana', '--role', 'Sales', '--email', 'ana@example.com'])).toEqual({
      exitCode: 0,
      output: 'Added ana (Sales) to the local database.\n',
    });
    const row = await find('ana');
    expect(row?.users).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      normalizedUserName: 'ANA',
      email: 'ana@example.com',
      active: true,
      lastLoginAt: null,
    });
    expect(parseStoredHash(row?.users.passwordHash ?? '')).toMatchObject({ ok: true });
  });

  test('adds an administrator, with the role where there is none yet', async () => {
    expect(await addUser(['root', '--admin'])).toMatchObject({ exitCode: 0 });
    expect((await find('root'))?.roles).toMatchObject({ name: 'Administrator', isAdmin: true });
    expect(await addUser(['chief', '--admin', '--role', 'Chiefs'])).toMatchObject({ exitCode: 0 });
    expect((await find('chief'))?.roles).toMatchObject({ name: 'Chiefs', isAdmin: true });
  });

  test('makes another role only when told so', async () => {
    expect(await addUser(['eve', '--role', 'Salse'])).toEqual({
      exitCode: 1,
      output: expect.stringMatching(
        /^There is no role Salse in the local database \(roles: .*Sales\)\. Use --create-role/,
      ),
    });
    expect(await addUser(['eve', '--role', 'Support', '--create-role'])).toMatchObject({
      exitCode: 0,
    });
    expect((await find('eve'))?.roles).toMatchObject({ name: 'Support', isAdmin: false });
  });

  test.each<[string, string[], string, string]>([
    [
      'a name that is taken',
      ['JDOE', '--role', 'Sales'],
      PASSPHRASE,
      'A user of the name JDOE is already in the local database.',
    ],
    ['no role', ['bob'], PASSPHRASE, 'Name a role with --role, or use --admin.'],
    [
      "an administrator's role in passing",
      ['bob', '--role', 'Administrator'],
      PASSPHRASE,
      "Administrator is an administrator's role: use --admin to say so.",
    ],
    [
      'another role for an administrator',
      ['bob', '--admin', '--role', 'Sales'],
      PASSPHRASE,
      "Sales is not an administrator's role.",
    ],
    ['a blank name', [' ', '--role', 'Sales'], PASSPHRASE, 'A user name has 1 to 256 characters.'],
    [
      'a padded name that is taken',
      ['JDOE\u00a0', '--role', 'Sales'],
      PASSPHRASE,
      'A user of the name JDOE is already in the local database.',
    ],
    [
      'a name of white space that JavaScript does not know',
      ['\u0085', '--role', 'Sales'],
      PASSPHRASE,
      'A user name has 1 to 256 characters.',
    ],
    [
      'an option for a role',
      ['bob', '--role', '--admin'],
      PASSPHRASE,
      'A role name does not begin with a hyphen.',
    ],
    [
      'a role that people cannot type',
      ['bob', '--role', 'Sa\u200bles', '--create-role'],
      PASSPHRASE,
      'The role name has the character U+200B. Leave it out, because people cannot see it or type it.',
    ],
    [
      'an e-mail address that is none',
      ['bob', '--role', 'Sales', '--email', 'bob at home'],
      PASSPHRASE,
      'The e-mail address is not of the form name@host, with 256 characters at most.',
    ],
    [
      'a password of two lines',
      ['bob', '--role', 'Sales'],
      `${PASSPHRASE}\n${PASSPHRASE}`,
      'The password has more than one line.',
    ],
    [
      'endless input',
      ['bob', '--role', 'Sales'],
      'y\n'.repeat(20_000),
      'Standard input is no password.',
    ],
    [
      'a short password',
      ['bob', '--role', 'Sales'],
      'short',
      'The password has fewer than 15 characters.',
    ],
    [
      'an empty password',
      ['bob', '--role', 'Sales'],
      '',
      'The password has fewer than 15 characters.',
    ],
    [
      'a common password',
      ['bob', '--role', 'Sales'],
      'passwordpassword',
      'The password is among the commonest, which are guessed first.',
    ],
    [
      'a password with U+0000',
      ['bob', '--role', 'Sales'],
      'a perfectly\0good passphrase',
      'The password holds the character U+0000.',
    ],
  ])('refuses %s', async (_, args, password, sentence) => {
    expect(await addUser(args, password)).toEqual({ exitCode: 1, output: `${sentence}\n` });
    expect(await find('bob')).toBeUndefined();
  });

  test.each([
    ['U+200B', 'bo\u200bb'],
    ['U+200B', 'bob\u200b'], // no white space, so it is not taken off
    ['U+001B', 'bo\u001b[2Jb'],
    ['U+009B', 'bo\u009b2Jb'],
    ['U+000A', 'bo\nb'],
    ['U+0085', 'bo\u0085b'],
    ['U+2028', 'bo\u2028b'],
    ['U+202E', '\u202ebob'],
    ['U+00AD', 'bo\u00adb'],
    ['U+FEFF', 'bo\ufeffb'],
    ['U+0378', 'bo\u0378b'],
    ['U+E0041', 'bo\u{e0041}b'],
    ['U+FFFD', 'bo\ufffdb'],
  ])('refuses a name and an e-mail address with %s: %j', async (codePoint, text) => {
    const output = (kind: string) =>
      `The ${kind} has the character ${codePoint}. Leave it out, because people cannot see it or type it.\n`;
    expect(await addUser([text, '--role', 'Sales'])).toEqual({
      exitCode: 1,
      output: output('user name'),
    });
    expect(await addUser(['bob', '--role', 'Sales', '--email', `${text}@example.com`])).toEqual({
      exitCode: 1,
      output: output('e-mail address'),
    });
    expect(await db().$count(users, like(users.userName, '%bo%'))).toBe(0);
  });

  test.each([' kim ', 'kim\t', 'kim\r\n', '\u00a0kim', 'kim\u3000', '\ufeffkim', 'kim\u0085'])(
    'takes the white space off %j, and off everything beside it',
    async (name) => {
      const email = name.replace('kim', 'kim@example.com');
      const args = [name, '--role', name.replace('kim', 'Sales'), '--email', email];
      expect(await addUser(args)).toEqual({
        exitCode: 0,
        output: 'Added kim (Sales) to the local database.\n',
      });
      const row = (await find('kim'))?.users;
      expect(row).toMatchObject({ normalizedUserName: 'KIM', email: 'kim@example.com' });
      await db().delete(users).where(eq(users.userName, 'kim'));
    },
  );

  test('keeps the white space within a name, and letters of every script', async () => {
    for (const name of ['ana maría', 'DOMAIN\\bob', '名前', 'عمر', '😀'.repeat(2)]) {
      expect(await addUser([name, '--role', 'Sales'])).toMatchObject({
        output: `Added ${name} (Sales) to the local database.\n`,
      });
      await db().delete(users).where(eq(users.userName, name));
    }
  });

  test('asks for a password only at a terminal', async () => {
    expect(await portero(['users', 'add', 'bob', '--role', 'Sales'])).toEqual({
      exitCode: 1,
      output: 'There is no terminal to ask for a password: use --password-stdin.\n',
    });
  });

  test('takes a shorter password where the setting allows it, though never under 8', async () => {
    const args = ['carl', '--role', 'Sales'];
    expect(await addUser(args, 'h7#kQ2!x', { PASSWORD_MIN_LENGTH: '7' })).toEqual({
      exitCode: 1,
      output: 'PASSWORD_MIN_LENGTH is not a number from 8 to 1024.\n',
    });
    expect(await addUser(args, 'h7#kQ2!x', { PASSWORD_MIN_LENGTH: '8' })).toMatchObject({
      exitCode: 0,
    });
  });
});

test('each change that matters to security is logged as an event, without the password', async () => {
  const args = ['users', 'add', 'ida', '--role', 'Sales', '--password-stdin'];
  const events = await eventsOf(args, `${PASSPHRASE}\n`);
  const userId = (await find('ida'))?.users.id;
  expect(events).toEqual([{ event: 'password_set', userId, userName: 'ida' }]);
});

describe('users unlock', () => {
  const attempt = async (userName: string) => {
    const { status } = await beginLogin(
      db(),
      { normalizedUserName: normalizeUserName(userName), attemptId: crypto.randomUUID() },
      { failures: 1, minutes: 5 },
    );
    return status;
  };

  /** The one becomes the other within seconds. */
  const REFUSED = /undecided|locked/;

  test.each(['jdoe', 'nobody'])(
    'ends the lock of %s, whatever the case, and no other',
    async (name) => {
      expect(await attempt(name)).toBe('counted');
      await attempt('another');
      expect(await attempt(name)).toMatch(REFUSED);
      expect(await portero(['users', 'unlock', name.toUpperCase()])).toEqual({
        exitCode: 0,
        output: `Unlocked ${name.toUpperCase()} in the local database.\n`,
      });
      expect(await attempt(name)).toBe('counted');
      expect(await attempt('another')).toMatch(REFUSED);
    },
  );

  test('says so where there is nothing to unlock', async () => {
    const login = { normalizedUserName: 'INNOCENT', attemptId: crypto.randomUUID() };
    await beginLogin(db(), login, { failures: 1, minutes: 5 });
    await recordLogin(db(), login, 'the id of nobody');
    expect(await portero(['users', 'unlock', 'innocent'])).toEqual({
      exitCode: 0,
      output: 'Nothing to unlock: no failed login of innocent counts in the local database.\n',
    });
  });
});

test('users unlock refuses a name that cannot be one', async () => {
  expect(await portero(['users', 'unlock', ' '])).toEqual({
    exitCode: 1,
    output: 'A user name has 1 to 256 characters.\n',
  });
});

test('users unlock takes the white space around a name off', async () => {
  await beginLogin(
    db(),
    { normalizedUserName: 'PADDED', attemptId: crypto.randomUUID() },
    { failures: 1, minutes: 5 },
  );
  expect(await portero(['users', 'unlock', ' padded\u2003'])).toEqual({
    exitCode: 0,
    output: 'Unlocked padded in the local database.\n',
  });
});

describe('a database elsewhere', () => {
  test('is the one of DATABASE_URL', async () => {
    const environment = { DATABASE_URL: databaseUrl(), PORTERO_LOCAL_FOLDER: '/nonexistent' };
    expect(await addUserAsProcess(['dora', '--role', 'Sales'], environment)).toEqual({
      exitCode: 0,
      output: 'Added dora (Sales) to the database at 127.0.0.1.\n',
    });
  });

  test.each([
    ['no URL', 'DATABASE_URL is not of the form postgresql://user:password@host/database.'],
    ['postgresql://app:db-secret@127.0.0.1:1/x', 'The database at 127.0.0.1 cannot be reached.'],
  ])('that is %s is told in a sentence', async (url, sentence) => {
    const answer = await runHere(['migrate'], { DATABASE_URL: url });
    expect(answer).toEqual({ exitCode: 1, output: `${sentence}\n` });
  });
});

test('migrate says what it did', async () => {
  expect(await asProcess(['migrate'])).toEqual({
    exitCode: 0,
    output: 'Nothing to migrate: the local database is up to date.\n',
  });
});

test('migrate refuses tables that it did not make', async () => {
  await db().execute('alter schema drizzle rename to hidden');
  const answer = await portero(['migrate']);
  await db().execute('drop schema drizzle cascade');
  await db().execute('alter schema hidden rename to drizzle');
  expect(answer).toEqual({
    exitCode: 1,
    output:
      'The local database already has tables that db:migrate did not make. Migrate an empty one.\n',
  });
});

const HOSTILE = '\u001b]0;owned\u0007\u009b2J';

test.each([
  [['users', `show${HOSTILE}`], "error: unknown command 'show"],
  [['users', 'show', 'x', `--json${HOSTILE}`], "error: unknown option '--json"],
  [['users', 'show', 'x', `y${HOSTILE}`], 'error: too many arguments for'],
  [[`users${HOSTILE}\nerror`], "error: unknown command 'users"],
])('the wrong usage %j is quoted with escapes, on one line', async (args, beginning) => {
  const { exitCode, output } = await portero(args);
  expect(exitCode).toBe(2);
  const [first = ''] = output.split('\n');
  expect(first.startsWith(beginning)).toBe(true);
  expect(first).toContain(String.raw`\u001b]0;owned\u0007\u009b2J`);
  expect(findUntypable(output.replaceAll('\n', ''))).toBeUndefined();
});

test("commander's suggestion stays on a line of its own", async () => {
  const { output } = await portero(['users', 'ad']);
  expect(output).toMatch(/^error: unknown command 'ad'\n\(Did you mean add\?\)\n/);
});

test('a fault that nobody has foreseen is printed with escapes too, with exit code 1', async () => {
  const environment = { PORTERO_LOCAL_FOLDER: `/dev/null/${HOSTILE}` };
  const { exitCode, output } = await asProcess(['users', 'list'], '', environment);
  expect(output).toContain(String.raw`/dev/null/\u001b]0;owned\u0007\u009b2J`);
  expect(findUntypable(output.replaceAll('\n', ''))).toBeUndefined();
  expect(exitCode).toBe(1);
});

test('nothing is printed past the one module that escapes', () => {
  const files = readdirSync('cli', { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && name !== 'print.ts',
  );
  const printing = files.filter((name) => /\bconsole\b/.test(readFileSync(`cli/${name}`, 'utf8')));
  expect(printing).toEqual([]);
});

test.each([
  [['users', 'add']],
  [['users', 'ad']],
  [['nonsense']],
  [['users', 'add', 'x', '--nonsense']],
  [[]],
])('the wrong usage %j explains the right one, with exit code 2', async (args) => {
  const { exitCode, output } = await portero(args);
  expect(output).toContain('Usage: npm run portero -- ');
  expect(exitCode).toBe(2);
});

test('commands open the local database themselves where nothing else has it, one after the other', async () => {
  await close();
  const names = ['frida', 'gina', 'hugo'];
  const added = await Promise.all(names.map((name) => addUserAsProcess([name, '--role', 'Sales'])));
  expect(added.map(({ output }) => output)).toEqual(
    names.map((name) => `Added ${name} (Sales) to the local database.\n`),
  );
  await open();
  expect(await find('frida')).toBeDefined();
});

test('help is no error', async () => {
  expect(await portero(['users', 'add', '--help'])).toMatchObject({ exitCode: 0 });
});

test('the scripts of package.json are these commands', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(scripts).toMatchObject({
    portero: 'exec node cli/portero.ts',
    'db:migrate': 'exec node cli/portero.ts migrate',
  });
});
