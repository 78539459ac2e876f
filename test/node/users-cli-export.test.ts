/** `users export`: the file that takes all users to another system. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asc } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { importedUsers } from '../../src/db/imported-users.ts';
import { users } from '../../src/db/schema.ts';
import { normalizeUserName } from '../../src/user-name.ts';
import { startGate } from '../support/gate.ts';
import { identityHash } from '../support/identity-hash.ts';
import { useLocalDatabase } from '../support/operator.ts';
import { ROOT } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { db, databaseUrl, portero, asProcess, begin, eventsOf } = useLocalDatabase();
const SALES = 1;
const ADMINISTRATOR = 2;
const HASH = identityHash('secret');

const DOC = readFileSync(join(ROOT, 'docs/password-hash.md'), 'utf8');
const EXAMPLE = JSON.parse(/^\{"id":.*\}$/m.exec(DOC)?.[0] ?? '{}');

let folder: string;
let file: string;

beforeEach(async () => {
  folder = temporaryFolder();
  file = join(folder, 'users.jsonl');
  await db().delete(users);
  await db().delete(importedUsers);
});

type Columns = Partial<typeof users.$inferInsert>;

async function store(id: string, userName: string, columns: Columns = {}) {
  const normalizedUserName = normalizeUserName(userName);
  await db()
    .insert(users)
    .values({ id, userName, normalizedUserName, roleId: SALES, passwordHash: HASH, ...columns });
}

async function storeMany(count: number) {
  await db().execute(`
    insert into users (id, user_name, normalized_user_name, role_id)
    select 'id' || n, 'user' || n, 'USER' || n, ${SALES} from generate_series(1, ${count}) n`);
}

function exportAs(...options: string[]) {
  return portero(['users', 'export', file, ...options]);
}

/** A command of a shell, in which `portero` runs the command line on this database. */
async function inShell(command: string) {
  const script = `portero() { "${process.execPath}" cli/portero.ts "$@"; }; ${command}`;
  const env = { ...process.env, DATABASE_URL: databaseUrl(), FILE: file };
  const run = promisify(execFile)('sh', ['-c', script], { cwd: ROOT, env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

const content = () => readFileSync(file, 'utf8');
const lines = () => content().split('\n').slice(0, -1);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('the example of the documentation is what is written', async () => {
  const { role, id, userName, ...columns } = EXAMPLE;
  const [passwordSetAt, createdAt, lastLoginAt] = [
    columns.passwordSetAt,
    columns.createdAt,
    columns.lastLoginAt,
  ].map((time) => new Date(time));
  await store(id, userName, { ...columns, passwordSetAt, createdAt, lastLoginAt });
  expect(await exportAs()).toEqual({
    exitCode: 0,
    output: expect.stringContaining(
      `Exported 1 users of the local database to ${file}.\n` +
        'The export holds every password hash. Keep it as safe as the database.\n',
    ),
  });
  expect(content()).toBe(`${JSON.stringify(EXAMPLE)}\n`);
  expect(role).toBe('Sales');
  for (const member of Object.keys(EXAMPLE)) expect(DOC).toContain(`\n| \`${member}\` | `);
});

test('a line has every member, also where there is no value', async () => {
  await store('A1', 'ana', { passwordHash: null, active: false, roleId: ADMINISTRATOR });
  await exportAs();
  const line = JSON.parse(content());
  expect(Object.keys(line)).toEqual(Object.keys(EXAMPLE));
  expect(line).toEqual({
    id: 'A1',
    userName: 'ana',
    email: null,
    emailConfirmed: false,
    active: false,
    role: 'Administrator',
    passwordHash: null,
    passwordSetAt: null,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    lastLoginAt: null,
  });
});

test('every user is written once, on whatever page', async () => {
  await storeMany(2500);
  expect((await exportAs()).output).toContain('Exported 2500 users');
  const ids = lines().map((line) => JSON.parse(line).id);
  expect(new Set(ids).size).toBe(2500);
  expect(ids).toHaveLength(2500);
});

test('without users the file is empty', async () => {
  expect((await exportAs()).output).toContain('Exported 0 users');
  expect(content()).toBe('');
});

test('an import reads the file again', async () => {
  await store('A1', 'ana', { email: 'ana@example.com', emailConfirmed: true });
  await store('A2', 'abi', { email: 'abi@example.com' });
  await store('B1', 'ben "\\\u00a0x', { active: false, passwordHash: null });
  await store('Z1', 'root', { roleId: ADMINISTRATOR });
  const rows = () =>
    db()
      .select({
        id: users.id,
        userName: users.userName,
        form: users.normalizedUserName,
        email: users.email,
        emailConfirmed: users.emailConfirmed,
        active: users.active,
        roleId: users.roleId,
        passwordHash: users.passwordHash,
      })
      .from(users)
      .orderBy(asc(users.id));
  const before = await rows();
  await exportAs();
  await db().delete(users);
  const options = ['--role-column', 'role', '--admin', '--no-harden', '--unconfirmed', 'active'];
  expect(await portero(['users', 'import', file, ...options])).toMatchObject({ exitCode: 0 });
  expect(await rows()).toEqual(before);
});

test('a name that a terminal would obey is escaped, and JSON reads it as it is stored', async () => {
  await store('A1', 'ana\u001b[2J\u202e');
  await exportAs();
  expect(content()).toContain(String.raw`"ana\u001b[2J\u202e"`);
  expect(JSON.parse(content()).userName).toBe('ana\u001b[2J\u202e');
});

test('only the user who exports can read the file, whatever the umask', async () => {
  for (const umask of ['000', '777']) {
    await inShell(`umask ${umask}; portero users export "$FILE" --force`);
    expect(modeOf(file)).toBe('600');
  }
});

test('a file that is there is replaced with --force alone, and becomes private', async () => {
  await store('A1', 'ana');
  writeFileSync(file, 'mine', { mode: 0o644 });
  expect(await exportAs()).toEqual({
    exitCode: 1,
    output: `${file} is there already. Use --force to replace it.\n`,
  });
  expect(content()).toBe('mine');
  expect(await exportAs('--force')).toMatchObject({ exitCode: 0 });
  expect(lines()).toHaveLength(1);
  expect(modeOf(file)).toBe('600');
  expect(readdirSync(folder)).toEqual(['users.jsonl']);
});

test('two exports to one file at once write one of them', async () => {
  await store('A1', 'ana');
  const command = ['users', 'export', file];
  const answers = await Promise.all([asProcess(command), asProcess(command)]);
  expect(answers.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
  expect(lines()).toHaveLength(1);
});

test.each<[string, () => string, string]>([
  ['a folder', () => folder, 'is no regular file'],
  [
    'a link',
    () => {
      symlinkSync('elsewhere', join(folder, 'link'));
      return join(folder, 'link');
    },
    'is no regular file',
  ],
  [
    'a file in a folder that is missing',
    () => join(folder, 'missing', 'x'),
    'cannot be written. Its folder is missing',
  ],
])('%s is refused also with --force', async (_, makePath, reason) => {
  file = makePath();
  const before = readdirSync(folder);
  expect(await exportAs('--force')).toEqual({ exitCode: 1, output: `${file} ${reason}.\n` });
  expect(readdirSync(folder)).toEqual(before);
});

test('a disk that is full leaves no half file, and an old file as it was', async () => {
  await storeMany(100);
  const limited = (options = '') =>
    inShell(`ulimit -f 2; portero users export "$FILE" ${options} 2>&1`);
  expect((await limited()).stdout).toContain(`${file} cannot be written (EFBIG).\n`);
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(file, 'mine');
  expect((await limited('--force')).code).toBe(1);
  expect(content()).toBe('mine');
  expect(readdirSync(folder)).toEqual(['users.jsonl']);
});

test('standard output has the lines alone', async () => {
  await store('A1', 'ana');
  const { code, stdout, stderr } = await inShell('portero users export -');
  expect(JSON.parse(stdout)).toMatchObject({ id: 'A1', passwordHash: HASH });
  expect(stderr).toContain('{"event":"users_exported","exported":1}\nExported 1 users of the ');
  expect(code).toBe(0);
});

test.runIf(existsSync('/dev/full'))(
  'standard output that cannot be written is told in a sentence',
  async () => {
    await store('A1', 'ana');
    expect(await inShell('portero users export - >/dev/full')).toMatchObject({
      code: 1,
      stderr: 'Standard output cannot be written. The disk is full.\n',
    });
    await storeMany(5000);
    expect((await inShell('portero users export - | head -n 1')).stderr).toContain(
      'Standard output was closed before everything was written.\n',
    );
  },
);

test('an export that is interrupted leaves nothing behind', async () => {
  await storeMany(2500);
  const secondPage = await startGate(databaseUrl(), 'inner join "roles"');
  const environment = { DATABASE_URL: secondPage.databaseUrl };
  const command = begin(['users', 'export', file], '', environment);
  await Promise.race([secondPage.reached, command.ended]);
  expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^\.portero-/));
  command.signal('SIGINT');
  command.signal('SIGINT'); // npm passes it on once more
  expect(await command.ended).toBe(130);
  expect(command.output()).toContain(`Interrupted. ${file} was not written.\n`);
  expect(readdirSync(folder)).toEqual([]);
});

test('an export is an event', async () => {
  await storeMany(3);
  expect(await eventsOf(['users', 'export', file])).toEqual([
    { event: 'users_exported', exported: 3 },
  ]);
  expect(await eventsOf(['users', 'export', file])).toEqual([]);
});
