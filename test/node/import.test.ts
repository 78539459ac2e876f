/** `users import` and `users harden`, as processes on a local database. */
import { linkSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq, like, not } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { batchRows } from '../../cli/batch-rows.ts';
import { storeHashes, toHashRow } from '../../cli/hash-row.ts';
import { importedUsers } from '../../src/db/imported-users.ts';
import { foreignLayers, users } from '../../src/db/schema.ts';
import { parseStoredHash } from '../../src/password/stored-hash.ts';
import { expectValue } from '../support/expect-value.ts';
import { startGate } from '../support/gate.ts';
import { type IdentityParameters, identityHash, PRFS } from '../support/identity-hash.ts';
import { useLocalDatabase } from '../support/operator.ts';
import { startPlainWrangler } from '../support/plain-wrangler.ts';

const operator = useLocalDatabase();
const { db, temporaryFiles } = operator;
/** Starts a command as a process, which stops where it would run a statement once more. */
async function beginUntil(statement: string, args: string[], options = {}) {
  const gate = await startGate(operator.databaseUrl(), statement, options);
  const environment = { DATABASE_URL: gate.databaseUrl };
  const command = operator.begin(['users', ...args], '', environment);
  await Promise.race([gate.reached, command.ended]);
  return { ...command, open: gate.open };
}
const portero = (args: string[]) => operator.portero(['users', ...args]);
const asProcess = (args: string[], input?: string) => operator.asProcess(['users', ...args], input);

beforeEach(async () => {
  await db().delete(users);
  await db().delete(importedUsers);
  await db().delete(foreignLayers);
});

function file(text: string | Buffer, name = 'users'): string {
  const path = join(operator.folder, name);
  writeFileSync(path, text);
  return path;
}

/** Without hardening, which takes its time. */
const importAs = (path: string, ...options: string[]) =>
  portero(['import', path, '--no-harden', ...(options.length > 0 ? options : ['--role', 'Sales'])]);

async function rows() {
  const all = await db().select().from(users).orderBy(users.userName);
  return all.map(({ id, userName, email, active, passwordHash }) => [
    id,
    userName,
    email,
    active,
    passwordHash,
  ]);
}

const HASH = identityHash('P@ssw0rd!');

/** Users whom one transaction stores, where they are hardened. */
const BATCH = batchRows(true);
const STORE = 'insert into "users"';
const HARDEN = 'update "users"';

test('users are read from standard input, of which no copy is left', async () => {
  const text = `{"Id":"A1","UserName":"ana","PasswordHash":"${HASH}"}\n{"Id":2,"UserName":"ben","PasswordHash":null}`;
  const answer = await asProcess(['import', '-', '--role', 'Sales', '--no-harden'], text);
  expect(answer).toEqual({
    exitCode: 0,
    output:
      'Read 2 rows for the local database. 2 created, 0 updated, 0 unchanged, 0 rejected.\n' +
      'All users are active, because no column says who is not.\n' +
      'The source has no LockoutEnd, EmailConfirmed, TwoFactorEnabled. Users whom the old system keeps out by it can log in.\n' +
      '1 user has no password in the source.\n',
  });
  expect((await rows()).map(([id]) => id)).toEqual(['A1', '2']);
  expect(temporaryFiles()).toEqual([]);
});

test('a file that cannot be read is told in a sentence', async () => {
  const { exitCode, output } = await importAs(join(operator.folder, 'none'));
  expect(output).toContain('none cannot be read: there is no such file.\n');
  expect(exitCode).toBe(1);
});

test('bad rows are reported by line and reason, on the screen and in a file, and the rest goes in', async () => {
  const path = file(
    [
      'Id,UserName,PasswordHash,Activo',
      'A1,ana,,1',
      ',nobody,,1',
      'A2,,,1',
      'A3,"two words",NULL,maybe',
      'A4,dora,AQAAAAEAACcQ,1',
      'A5,ANA,,1',
      'A1,twin,,1',
      'A6,eva',
      'A7,fay,,1',
    ].join('\n'),
  );
  const rejects = join(operator.folder, 'rejects');
  const { exitCode, output } = await importAs(path, '--role', 'Sales', '--rejects', rejects);
  const reasons = [
    [3, 'Id is missing'],
    [4, 'UserName is missing'],
    [5, 'Activo is none of 1, 0, true and false'],
    [
      6,
      'PasswordHash was cut or changed: it is not as long as it has to be. Export the whole column',
    ],
    [7, 'has the UserName or the Id of line 2'],
    [8, 'has the UserName or the Id of line 2'],
    [9, 'has 2 columns instead of 4'],
  ];
  const told = [
    'line 3: Id is missing',
    'line 4: UserName is missing',
    'line 5: Activo is none of 1, 0, true and false',
    `line 6: ${reasons[3]?.[1]}`,
    '2 rows: has the UserName or the Id of line 2 (line 7, line 8)',
    'line 9: has 2 columns instead of 4',
    'Read 9 rows for the local database. 2 created, 0 updated, 0 unchanged, 7 rejected.',
  ];
  expect(output.split('\n').slice(0, told.length)).toEqual(told);
  expect(exitCode).toBe(1);
  const written = readFileSync(rejects, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(written).toMatchObject(reasons.map(([line, reason]) => ({ line, reason })));
  expect((await rows()).map(([, userName]) => userName)).toEqual(['ana', 'fay']);
});

test('of rows that are alike only those are rejected that are like one that goes in', async () => {
  const rows = [
    ['A1', 'ana'],
    ['A1', 'ben'],
    ['A2', 'ben'],
  ].map(([Id, UserName]) => JSON.stringify({ Id, UserName, PasswordHash: null }));
  const { output } = await importAs(file(rows.join('\n')));
  expect(output).toContain('line 2: has the UserName or the Id of line 1\nRead 3 rows');
  expect(output).toContain(' 2 created,');
});

test('hashes of many shapes, which would slow down every login, are told before they are in', async () => {
  const rows = [100_000, 99_999, 99_998].map((iterations, index) => {
    const PasswordHash = identityHash('p', { prf: 'sha512', iterations });
    return JSON.stringify({ Id: `A${index}`, UserName: `u${index}`, PasswordHash });
  });
  const path = file(rows.join('\n'));
  expect((await importAs(path, '--role', 'Sales', '--dry-run')).output).toMatch(
    /^The hashes have 3 different shapes\. .* every login of anybody takes about 330 ms longer\.\n/,
  );
});

test('a file that is cut short while its users are written goes in as it was read', async () => {
  const total = 3 * BATCH;
  const path = usersOf(total, { Notes: 'x'.repeat(10_000) }); // more than is read at once
  const command = await beginUntil(STORE, ['import', path, '--role', 'Sales']);
  expect(await db().$count(users)).toBe(BATCH);
  truncateSync(path, 0);
  command.open();
  expect(await command.ended).toBe(0);
  expect(command.output()).toMatch(new RegExp(`^Read ${total} rows for .* ${total} created,`, 'm'));
});

test('a second run leaves alone what is there, and a name of somebody else is rejected', async () => {
  const path = file(
    '{"Id":"A1","UserName":"ana","PasswordHash":null}\n{"Id":"A2","UserName":"ben","PasswordHash":null}\n',
  );
  await importAs(path);
  await db().update(users).set({ email: 'changed@example.com' }).where(eq(users.id, 'A1'));
  const more = file(
    '{"Id":"A1","UserName":"ana","PasswordHash":null}\n{"Id":"A3","UserName":"cleo","PasswordHash":null}\n{"Id":"A4","UserName":"BEN","PasswordHash":null}\n',
  );
  expect(await importAs(more)).toEqual({
    exitCode: 1,
    output: expect.stringContaining(
      'line 3: the UserName is that of another user in the database\n' +
        'Read 3 rows for the local database. 1 created, 0 updated, 1 unchanged, 1 rejected.\n',
    ),
  });
  expect((await rows()).map(([id, userName, email]) => [id, userName, email])).toEqual([
    ['A1', 'ana', 'changed@example.com'],
    ['A2', 'ben', null],
    ['A3', 'cleo', null],
  ]);
});

test('of two names that differ only in the white space around them, the first goes in', async () => {
  const path = file(
    '{"Id":"A1","UserName":"ana ","PasswordHash":null}\n{"Id":"A2","UserName":"\u00a0ANA","PasswordHash":null}',
  );
  expect((await importAs(path)).output).toContain(
    'line 2: has the UserName or the Id of line 1\nRead 2 rows for the local database. 1 created,',
  );
  expect((await rows()).map(([, userName]) => userName)).toEqual(['ana']);
  // The user of a padded name is the user who is there already.
  expect((await importAs(path)).output).toContain(' 1 unchanged, 1 rejected.');
});

describe('GUIDs in capital letters', () => {
  const ANA = '0F8FAD5B-D9CB-469F-A165-70867728950E';
  const BEN = '7C9E6679-7425-40DE-944B-E07FC1F90AE7';
  const DIGITS = '11111111-2222-3333-4444-555555555555';
  const jsonl = (...users: [string, string][]) =>
    file(
      users
        .map(([Id, UserName]) => JSON.stringify({ Id, UserName, PasswordHash: null }))
        .join('\n'),
    );
  const withOption = (path: string, ...options: string[]) =>
    importAs(path, '--role', 'Sales', '--lower-case-ids', ...options);
  const ids = async () => (await rows()).map(([id]) => id);
  const STAY =
    /^2 ids are GUIDs in capital letters\. .* --lower-case-ids makes them small letters\.$/gm;

  test('stay as they are, which is said once, in a dry run too', async () => {
    const path = jsonl([ANA, 'ana'], [BEN, 'ben'], [DIGITS, 'cleo'], ['A1', 'dora']);
    const dryRun = await importAs(path, '--role', 'Sales', '--dry-run');
    expect(dryRun.output.match(STAY)).toHaveLength(1);
    const { exitCode, output } = await importAs(path);
    expect(output.match(STAY)).toHaveLength(1);
    expect(exitCode).toBe(0);
    expect(await ids()).toEqual([ANA, BEN, DIGITS, 'A1']);
  });

  test('become small letters with --lower-case-ids, and no other id does', async () => {
    const path = jsonl([ANA, 'ana'], [DIGITS, 'ben'], ['A1', 'cleo'], [`{${BEN}}`, 'dora']);
    const { exitCode, output } = await withOption(path);
    expect(output).toMatch(
      /^1 id is a GUID in capital letters\. It becomes small letters, as \.NET writes it\.\nRead 4/,
    );
    expect(exitCode).toBe(0);
    expect(await ids()).toEqual([ANA.toLowerCase(), DIGITS, 'A1', `{${BEN}}`]);
    // A second run finds them again.
    expect((await withOption(path)).output).toContain(' 0 created, 0 updated, 4 unchanged,');
  });

  test('are not told of where there are none', async () => {
    const path = jsonl([ANA.toLowerCase(), 'ana'], [DIGITS, 'ben'], ['B2', 'cleo']);
    expect((await withOption(path)).output).toMatch(/^Read 3 rows/);
  });

  test('of a file never become one silently', async () => {
    const path = jsonl([ANA, 'ana'], [ANA.toLowerCase(), 'ben']);
    expect((await importAs(path, '--role', 'Sales', '--dry-run')).output).toContain(
      'It would be 1 created,',
    );
    expect(await withOption(path)).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(
        /^line 2: has the UserName or the Id of line 1\n.*\nRead 2 .* 1 created, .* 1 rejected\.\n/,
      ),
    });
  });

  test('never become the id of another user in the database silently', async () => {
    await importAs(jsonl([ANA.toLowerCase(), 'ana']));
    await db().delete(importedUsers); // as an older import has left it
    expect(await withOption(jsonl([ANA, 'somebody']))).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining(
        'line 1: the Id in small letters is that of another UserName in the database\n',
      ),
    });
  });

  test.each<[string, [string, string], [string, string], string[]]>([
    ['with the option after without', [ANA, 'ana'], [ANA, 'ana'], ['--lower-case-ids']],
    ['renamed, with the option after without', [ANA, 'ana'], [ANA, 'anna'], ['--lower-case-ids']],
    ['without the option after with', [ANA.toLowerCase(), 'ana'], [ANA, 'ana'], []],
    ['of other ids', ['a1', 'ana'], ['A1', 'ana '], []],
  ])('do not double a user: %s', async (_, first, second, options) => {
    await importAs(jsonl(first));
    expect(await importAs(jsonl(second), '--role', 'Sales', ...options)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('line 1: the Id is in the database in another case\n'),
    });
    expect(await ids()).toEqual([first[0]]);
  });
});

test('a dry run writes nothing', async () => {
  expect(
    await importAs(
      file('{"Id":"A1","UserName":"ana","PasswordHash":null}'),
      '--role',
      'Sales',
      '--dry-run',
    ),
  ).toEqual({
    exitCode: 0,
    output: expect.stringMatching(
      /^Read 1 row for the local database\. It would be 1 created, 0 updated, 0 unchanged, 0 rejected\. Nothing was written\.\n/,
    ),
  });
  expect(await rows()).toEqual([]);
});

test('no message holds what is in a row', async () => {
  for (const text of [
    `[{"Id":"A1","UserName":"ana","PasswordHash":"${HASH}" "x"}]`,
    `Id,UserName,PasswordHash\nA1,ana,"${HASH}\n`,
    `{"Id":"A1","UserName":"ana","PasswordHash":"${HASH}","Rol":["${HASH}"]}`,
  ]) {
    const { output } = await importAs(file(text), '--role-column', 'passwordhash');
    expect(output).not.toContain(HASH.slice(0, 20));
    expect(output).not.toContain('    at ');
  }
});

test('the rejected rows never overwrite the file itself, and go nowhere that cannot be written', async () => {
  const path = file('{"Id":"A1","UserName":"ana","PasswordHash":null}');
  const { output } = await importAs(path, '--role', 'Sales', '--rejects', path);
  expect(output).toBe(`${path} is a file that is imported. It would be overwritten.\n`);
  expect(readFileSync(path, 'utf8')).toContain('ana');
  const link = join(operator.folder, 'link');
  linkSync(path, link);
  expect((await importAs(path, '--role', 'Sales', '--rejects', link, '--force')).output).toContain(
    'is a file that is imported.',
  );
  expect(readFileSync(path, 'utf8')).toContain('ana');
  const nowhere = await importAs(
    path,
    '--role',
    'Sales',
    '--rejects',
    join(operator.folder, 'none', 'rejects'),
  );
  expect(nowhere).toMatchObject({
    exitCode: 1,
    output: expect.stringContaining('cannot be written.\n'),
  });
});

describe('the role', () => {
  const text =
    'Id,UserName,PasswordHash,Rol\nA1,ana,,Sales\nA2,ben,,Administrator\nA3,cleo,,None\nA4,dora,,None\n';

  test("can come from a column, an administrator's only when told so", async () => {
    const { output } = await importAs(file(text), '--role-column', 'rol');
    expect(output).toContain(
      "line 3: the role Administrator is an administrator's, and --admin is missing\n" +
        '2 rows: there is no role None in Portero (line 4, line 5)\n' +
        'Read 4 rows for the local database. 1 created, 0 updated, 0 unchanged, 3 rejected.\n',
    );
    const again = await importAs(file(text), '--role-column', 'ROL', '--admin');
    expect(again.output).toContain(' 1 created, 0 updated, 1 unchanged, 2 rejected.');
  });

  test('is read without the white space around it', async () => {
    const padded = 'Id,UserName,PasswordHash,Rol\nA1,ana,,"Sales  "\nA2,ben,,\u00a0Sales\n';
    expect((await importAs(file(padded), '--role-column', ' rol ')).output).toContain(' 2 created');
    const more = '{"Id":"A3","UserName":"cleo","PasswordHash":null}';
    expect((await importAs(file(more), '--role', 'Sales ')).output).toContain(' 1 created');
  });

  test('that is the same for all has to be there', async () => {
    expect(await importAs(file(text), '--role', 'Nobody')).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('- There is no role Nobody in Portero. roles add makes it.'),
    });
  });

  test('of users who have none in the column is that of --role', async () => {
    const some = 'Id,UserName,PasswordHash,Rol\nA1,ana,,\nA2,ben,,Sales\n';
    expect(await importAs(file(some), '--role-column', 'Rol')).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('- 1 user has no role. --role ROLE gives them one.'),
    });
    expect(await rows()).toEqual([]);
    const { output } = await importAs(file(some), '--role-column', 'Rol', '--role', 'Sales');
    expect(output).toContain(' 2 created');
  });
});

describe('hashes', () => {
  const sha512 = identityHash('P@ssw0rd!', {
    prf: 'sha512',
    iterations: 99_999,
    saltLength: 17,
    keyLength: 20,
  });
  const long = identityHash('P@ssw0rd!', { prf: 'sha256', iterations: 100_001 });
  const text = [HASH, identityHash('other'), sha512, long]
    .map((PasswordHash, index) =>
      JSON.stringify({ Id: `A${index}`, UserName: `u${index}`, PasswordHash }),
    )
    .join('\n');

  async function state() {
    const all = await db().select().from(users).orderBy(users.id);
    const layers = await db().select().from(foreignLayers);
    return {
      kinds: all.map(({ passwordHash }) => {
        const hash = parseStoredHash(passwordHash ?? '');
        return hash.ok ? hash.value.kind : undefined;
      }),
      layers: layers
        .map(({ hash, iterations, saltLength, keyLength }) =>
          [hash, iterations, saltLength, keyLength].join(),
        )
        .sort(),
      isListed: all.map(({ foreignLayerId }) => foreignLayerId !== null),
    };
  }
  // One of more iterations than every login can be burdened with is not listed.
  const listed = {
    layers: ['SHA-1,1000,16,32', 'SHA-512,99999,17,20'],
    isListed: [true, true, true, false],
  };

  test("get layers of today's at once, and their foreign ones are listed", async () => {
    expect((await portero(['import', file(text), '--role', 'Sales'])).exitCode).toBe(0);
    expect(await state()).toEqual({ kinds: Array(4).fill('layered'), ...listed });
  });

  test('stay as they are when told so, until they are hardened', async () => {
    await importAs(file(text));
    expect(await state()).toEqual({ kinds: Array(4).fill('foreign'), ...listed });
    await db()
      .update(users)
      .set({ passwordHash: 'unreadable', foreignLayerId: null })
      .where(eq(users.id, 'A1'));
    expect(await portero(['harden'])).toEqual({
      exitCode: 0,
      output:
        'Hardened 3 hashes in the local database.\n1 are no hashes of ASP.NET Core Identity.\n',
    });
    const { kinds } = await state();
    expect(kinds).toEqual(['layered', undefined, 'layered', 'layered']);
    expect((await portero(['harden'])).output).toContain('Hardened 0 hashes');
  });
});

test('who is imported logs in over HTTP with the old password, and with no other', async () => {
  const passwords = [
    'p',
    'P@ssw0rd!',
    'contraseña',
    'contrasen\u0303a',
    '😀👩‍👩‍👧',
    'x'.repeat(1000),
  ];
  const shapes: IdentityParameters[] = [
    {},
    ...PRFS.flatMap((prf) => [
      { prf, iterations: 1_000 }, // every login derives all of these
      { prf, iterations: 2_000, saltLength: 33, keyLength: 20 },
    ]),
    { prf: 'sha256', iterations: 10_000 },
    { prf: 'sha512', iterations: 100_000 },
    { prf: 'sha256', iterations: 100_001 }, // more than one call may have
  ];
  const people = shapes.map((shape, index) => {
    const password = passwords[index % passwords.length] as string;
    const userName = `${index % 2 ? 'José' : 'jose'}${index}`;
    return { userName, password, hash: identityHash(password, shape) };
  });
  const text = people.map(({ userName, hash }, index) =>
    JSON.stringify({ Id: `A${index}`, UserName: userName, PasswordHash: hash, Activo: 1 }),
  );
  expect((await portero(['import', file(text.join('\n')), '--role', 'Sales'])).exitCode).toBe(0);

  const url = await startPlainWrangler([], {
    DATABASE_URL: operator.databaseUrl(),
    TURNSTILE_SECRET_KEY: '1x0000000000000000000000000000000AA',
    JWT_SECRET: 'a-secret-of-the-test-0123456789-0123456789',
  });
  const login = async (UserName: string, Password: string) => {
    const body = { UserName, Password, CaptchaToken: 'XXXX.DUMMY.TOKEN.XXXX' };
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${url}/api/Auth`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  };
  for (const { userName, password } of people) {
    expect([userName, await login(userName.toUpperCase(), password)]).toEqual([userName, 200]);
  }
  expect(await login('jose0', 'px')).toBe(401);
});

const INTERRUPTED = 'Interrupted. Run the same command again to go on.\n';

function usersOf(count: number, columns: object = {}): string {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ Id: `A${index}`, UserName: `user${index}`, PasswordHash: HASH, ...columns }),
  );
  return file(lines.join('\n'));
}

/** Interrupts a command within its second batch, as Ctrl-C does. It may come to the third before it is told. */
async function interrupt(statement: string, ...args: string[]) {
  const command = await beginUntil(statement, args);
  command.signal('SIGINT');
  command.signal('SIGINT'); // npm passes it on once more
  command.open();
  expect(await command.ended).toBe(130);
  expect(command.output()).toContain(INTERRUPTED);
}

test('an interrupted import or hardening says how to go on, and a second run completes it', async () => {
  const total = 8 * BATCH + 1;
  const path = usersOf(total);
  const count = () => db().$count(users);
  const countBare = () => db().$count(users, not(like(users.passwordHash, '$portero$%')));

  await interrupt(STORE, 'import', path, '--role', 'Sales');
  const half = await count();
  expect(half).toBeGreaterThan(0);
  expect(half).toBeLessThan(total);
  expect((await importAs(path)).output).toContain(
    ` ${total - half} created, 0 updated, ${half} unchanged, 0 rejected.\n`,
  );
  expect(await count()).toBe(total);

  const bare = await countBare();
  await interrupt(HARDEN, 'harden');
  const left = await countBare();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(bare);
  const { output } = await portero(['harden']);
  const progress = /^\d+ of \d+ rows, .* left\n/gm; // a slow machine shows it
  expect(output.replace(progress, '')).toBe(`Hardened ${left} hashes in the local database.\n`);
  expect(await countBare()).toBe(0);
});

test('a password that changes while its hash is hardened is not overwritten', async () => {
  await importAs(usersOf(10));
  const command = await beginUntil(HARDEN, ['harden'], { passes: 0 });
  const passwordHash = identityHash('changed');
  await db().update(users).set({ passwordHash }).where(eq(users.id, 'A5'));
  command.open();
  expect(await command.ended).toBe(0);
  expect(command.output()).toContain('Hardened 9 hashes');
  const [user] = await db().select().from(users).where(eq(users.id, 'A5'));
  expect(user?.passwordHash).toBe(passwordHash);
});

test('two imports of one file at a time double nobody', async () => {
  const path = usersOf(8);
  const command = ['import', path, '--role', 'Sales'];
  const answers = await Promise.all([asProcess(command), asProcess(command)]);
  expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const added = answers.map(({ output }) => Number(/ (\d+) created/.exec(output)?.[1]));
  expect((added[0] ?? 0) + (added[1] ?? 0)).toBe(8);
  expect(await db().$count(users)).toBe(8);
});

test('two imports of the same names with other ids at a time reject what the other one has added', async () => {
  const imports = ['A', 'B'].map((letter) => {
    const rows = Array.from({ length: 8 }, (_, index) =>
      JSON.stringify({ Id: `${letter}${index}`, UserName: `user${index}`, PasswordHash: HASH }),
    );
    return asProcess(['import', file(rows.join('\n'), letter), '--role', 'Sales']);
  });
  const answers = await Promise.all(imports);
  expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
  const outputs = answers.map(({ output }) => output).join('');
  expect(outputs).toContain('8 rows: the UserName is that of another user in the database');
  expect(outputs.match(/ 0 unchanged/g)).toHaveLength(2);
});

test('a layer is listed in the transaction that stores the hashes, or not at all', async () => {
  const hash = await toHashRow(expectValue(parseStoredHash(HASH)), false);
  const row = { id: 'A1', userName: 'ana', normalizedUserName: 'ANA', roleId: -1 };
  await expect(storeHashes(db(), [hash], [db().insert(users).values(row)])).rejects.toThrow();
  expect(await db().select().from(foreignLayers)).toEqual([]);
});
