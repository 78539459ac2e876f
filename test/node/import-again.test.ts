/** `users import`, side by side with the old system: what a second run tells, brings and leaves alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { importedUsers } from '../../src/db/imported-users.ts';
import { passwordLinks, users } from '../../src/db/schema.ts';
import { hashPassword } from '../../src/password/password.ts';
import { startGate } from '../support/gate.ts';
import { identityHash } from '../support/identity-hash.ts';
import { HASH, stockUser, useImports } from '../support/old-tables.ts';

const old = useImports();
const { db, stored } = old;
const OTHER_HASH = identityHash('another password');

beforeEach(() => old.reset());

const importUsers = (rows: object[], ...options: string[]) =>
  old.importTables({ AspNetUsers: rows }, '--role', 'Sales', ...options);

async function user(id: string) {
  const [found] = await db().select().from(users).where(eq(users.id, id));
  return found;
}

const change = (id: string, columns: Partial<typeof users.$inferInsert>) =>
  db().update(users).set(columns).where(eq(users.id, id));

async function addresses(): Promise<Record<string, [string | null, boolean]>> {
  const all = await stored();
  return Object.fromEntries(
    all.map(({ id, email, emailConfirmed }) => [id, [email, emailConfirmed]]),
  );
}

const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('a second run without --update', () => {
  test('says who differs, brings nothing, and fails', async () => {
    await importUsers([stockUser('a'), stockUser('b'), stockUser('c')]);
    const { output, exitCode } = await importUsers([
      stockUser('a', { SecurityStamp: 'new', PasswordHash: OTHER_HASH }),
      stockUser('b', { LockoutEnd: '9999-12-31', Email: 'new@example.com' }),
      stockUser('c'),
    ]);
    expect(output).toContain(
      'Read 3 rows for the local database. 0 created, 0 updated, 3 unchanged, 0 rejected.\n',
    );
    expect(output).toContain(
      '2 users differ from the source (1 in Email, 1 in active, 1 in password). --update brings what has changed there.\n',
    );
    expect(exitCode).toBe(1);
    expect(await user('a')).toMatchObject({ passwordHash: HASH });
    expect(await user('b')).toMatchObject({ active: true, email: 'user-b@example.com' });
  });

  test('of the same rows says nothing, and does nothing', async () => {
    const rows = [stockUser('a'), stockUser('b', { PasswordHash: null })];
    await importUsers(rows);
    const before = await stored();
    const { output, exitCode } = await importUsers(rows);
    expect([exitCode, output]).toEqual([0, expect.not.stringContaining('differ')]);
    expect(await stored()).toEqual(before);
  });
});

describe('--update', () => {
  test('brings name, address, active flag, role and password', async () => {
    const tables = (roleId: string, row: object) => ({
      AspNetUsers: [row],
      AspNetRoles: [
        { Id: 'r1', Name: 'Ventas' },
        { Id: 'r2', Name: 'Compras' },
      ],
      AspNetUserRoles: [{ UserId: GUID, RoleId: roleId }],
    });
    await old.importTables(tables('r1', stockUser(GUID)));
    const changed = stockUser(GUID, {
      UserName: 'new name',
      Email: 'new@example.com',
      LockoutEnd: '9999-12-31',
      SecurityStamp: 'new',
      PasswordHash: OTHER_HASH,
    });
    const report = join(old.folder, 'report-update');
    const { output, exitCode } = await old.importTables(
      tables('r2', changed),
      '--update',
      '--report',
      report,
    );
    expect([exitCode, output]).toEqual([
      0,
      expect.stringContaining(' 0 created, 1 updated, 0 unchanged, 0 rejected.\n'),
    ]);
    expect(output).toContain('1 user has another UserName in the source than before.\n');
    expect(output).toContain(
      'Changed in the source: 1 in UserName, 1 in Email, 1 in active, 1 in role, 1 in password.\n',
    );
    expect(await user(GUID)).toMatchObject({
      userName: 'new name',
      normalizedUserName: 'NEW NAME',
      email: 'new@example.com',
      active: false,
      passwordHash: OTHER_HASH,
    });
    expect(await old.rolesOfUsers()).toEqual({ [GUID]: 'Compras' });
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      outcome: 'updated',
      why: [`brought: UserName (before: user-${GUID}), Email, inactive, role, password`],
    });
    expect((await old.importTables(tables('r2', changed), '--update')).output).toContain(
      ' 0 updated, 1 unchanged,',
    );
  });

  test('brings whether the address is confirmed, together with the address', async () => {
    // EmailConfirmed is true, and says it of nothing.
    const withoutAddress = stockUser('d', { Email: null });
    const tables = (columns: Record<string, object>) =>
      ['a', 'b', 'c'].map((id) => stockUser(id, columns[id])).concat(withoutAddress);
    const options = ['--unconfirmed', 'active'];
    await importUsers(tables({ a: { EmailConfirmed: 0 }, c: { EmailConfirmed: 0 } }), ...options);
    expect(await addresses()).toEqual({
      a: ['user-a@example.com', false],
      b: ['user-b@example.com', true],
      c: ['user-c@example.com', false],
      d: [null, false],
    });
    const rows = tables({ b: { EmailConfirmed: null }, c: { Email: 'new@example.com' } });
    const { output, exitCode } = await importUsers(rows, ...options, '--update');
    expect([exitCode, output]).toEqual([0, expect.stringContaining('source: 3 in Email.\n')]);
    expect(await addresses()).toEqual({
      a: ['user-a@example.com', true],
      b: ['user-b@example.com', false],
      c: ['new@example.com', true],
      d: [null, false],
    });
    expect((await importUsers(rows, ...options, '--update')).output).toContain(
      ' 0 updated, 4 unchanged,',
    );
  });

  test('confirms addresses that an older Portero has stored', async () => {
    await importUsers([stockUser('a')]);
    await change('a', { emailConfirmed: false });
    await db().update(importedUsers).set({ emailConfirmed: null });
    await importUsers([stockUser('a')], '--update');
    expect(await addresses()).toEqual({ a: ['user-a@example.com', true] });
    expect(await db().select().from(importedUsers)).toMatchObject([{ emailConfirmed: true }]);
  });

  test('leaves an address confirmed that a mailed link has confirmed', async () => {
    const rows = [stockUser('a', { EmailConfirmed: 0 })];
    await importUsers(rows, '--unconfirmed', 'active');
    await change('a', { emailConfirmed: true });
    for (let run = 0; run < 2; run++) {
      const { output } = await importUsers(rows, '--unconfirmed', 'active', '--update');
      expect(output).toContain('Portero has changed 1 user and keeps that (1 in Email).\n');
      expect(await addresses()).toEqual({ a: ['user-a@example.com', true] });
    }
  });

  test('leaves an address confirmed that a mailed link confirms while the import is running', async () => {
    await importUsers([stockUser('a', { EmailConfirmed: 0 })], '--unconfirmed', 'active');
    const folder = old.folderOf({ AspNetUsers: [stockUser('a', { Email: 'new@example.com' })] });
    const gate = await startGate(old.databaseUrl(), 'updated as (', { passes: 0 });
    const importing = old.portero(
      ['users', 'import', folder, '--role', 'Sales', '--no-harden', '--update'],
      '',
      { DATABASE_URL: gate.databaseUrl },
    );
    await Promise.race([gate.reached, importing]);
    await change('a', { emailConfirmed: true });
    gate.open();
    expect((await importing).output).toContain(
      '1 user was changed in Portero while the import was running. Run the same command again.\n',
    );
    expect(await addresses()).toEqual({ a: ['user-a@example.com', true] });
  });

  test('from a source without EmailConfirmed leaves the same address confirmed, and no new one', async () => {
    await importUsers([stockUser('a'), stockUser('b')]);
    const silent = (id: string, columns: object = {}) => {
      const { EmailConfirmed: _, ...row } = stockUser(id, columns);
      return row;
    };
    const rows = [silent('a'), silent('b', { Email: 'new@example.com' }), silent('c')];
    await importUsers(rows, '--update');
    const after = {
      a: ['user-a@example.com', true],
      b: ['new@example.com', false],
      c: ['user-c@example.com', false],
    };
    expect(await addresses()).toEqual(after);
    // The record of the flag stays too, so a new address still takes the place of the confirmed one.
    await importUsers([silent('a', { Email: 'new@example.com' })], '--update');
    expect(await addresses()).toEqual({ ...after, a: ['new@example.com', false] });
  });

  test('ends the open links of a user whose password it brings, and of nobody else', async () => {
    const ids = ['a', 'b', 'c'];
    const EmailConfirmed = false;
    await importUsers(
      ids.map((id) => stockUser(id, id === 'c' ? { EmailConfirmed } : {})),
      '--unconfirmed',
      'active',
    );
    await db()
      .insert(passwordLinks)
      .values(
        ids.map((userId) => ({
          tokenDigest: `link of ${userId}`,
          userId,
          kind: 'reset' as const,
          isMailed: false,
          expiresAt: sql`now() + interval '1 hour'`,
        })),
      );
    const changed = { SecurityStamp: 'new', PasswordHash: OTHER_HASH };
    const rows = [
      stockUser('a', changed),
      stockUser('b', { ...changed, Email: 'new@example.com' }), // the trigger ends these links too
      stockUser('c'), // whose address is confirmed by now
    ];
    await importUsers(rows, '--unconfirmed', 'active', '--update');
    const links = await db().select().from(passwordLinks).orderBy(passwordLinks.userId);
    expect(links.map(({ userId, endedAt }) => [userId, endedAt === null])).toEqual([
      ['a', false],
      ['b', false],
      ['c', true],
    ]);
    expect(await addresses()).toMatchObject({ c: ['user-c@example.com', true] });
  });

  test('hardens a new password as the first one', async () => {
    await importUsers([stockUser('a')]);
    const row = stockUser('a', { SecurityStamp: 'new', PasswordHash: OTHER_HASH });
    await old.portero([
      'users',
      'import',
      old.folderOf({ AspNetUsers: [row] }),
      '--role',
      'Sales',
      '--update',
    ]);
    const after = await user('a');
    expect(after?.passwordHash).toMatch(/^\$portero\$v=1\$f=sha1,/);
    expect(after?.foreignLayerId).not.toBeNull();
  });

  test('activates a user again whom the old system has activated again', async () => {
    await importUsers([stockUser('a', { LockoutEnd: '9999-12-31' })]);
    await importUsers([stockUser('a')], '--update');
    expect((await user('a'))?.active).toBe(true);
  });

  test('leaves alone what was changed in Portero, and says so', async () => {
    await importUsers([stockUser('a'), stockUser('b')]);
    await change('a', { email: 'own@example.com', active: false });
    await change('b', { email: 'own@example.com' });
    const rows = [stockUser('a'), stockUser('b', { Email: 'new@example.com' })];
    const { output, exitCode } = await importUsers(rows, '--update');
    expect(output).toContain(
      'Portero has changed 2 users and keeps that (2 in Email, 1 in active).\n',
    );
    expect(exitCode).toBe(0);
    expect(await stored()).toMatchObject([
      { email: 'own@example.com', active: false },
      { email: 'own@example.com', active: true },
    ]);
  });

  test('leaves alone a password that was set in Portero, in whatever way', async () => {
    await importUsers([stockUser('a'), stockUser('b'), stockUser('c')]);
    const passwordHash = await hashPassword('a password of their own');
    // A change of password sets both, and the renewal of a hash by a login sets the hash alone.
    await change('a', { passwordHash, passwordSetAt: new Date() });
    await change('b', { passwordHash });
    await old.portero(
      ['users', 'set-password', 'user-c', '--password-stdin'],
      'a long new passphrase',
    );
    const ownHash = (await user('c'))?.passwordHash;
    const rows = ['a', 'b', 'c'].map((id) =>
      stockUser(id, { SecurityStamp: 'new', PasswordHash: OTHER_HASH }),
    );
    const { output } = await importUsers(rows, '--update');
    expect(output).toContain('Portero has changed 2 users and keeps that (2 in password).\n');
    expect(await stored()).toMatchObject([
      { passwordHash },
      { passwordHash: OTHER_HASH },
      { passwordHash: ownHash },
    ]);
  });

  test('brings a password that the first import did not have', async () => {
    await importUsers([stockUser('a', { PasswordHash: null })]);
    await importUsers([stockUser('a')], '--update');
    expect((await user('a'))?.passwordHash).toBe(HASH);
  });

  test('takes on users of an older import, and leaves what differs, which it tells', async () => {
    await importUsers([stockUser('a')]);
    await db().delete(importedUsers);
    const { output, exitCode } = await importUsers(
      [stockUser('a', { Email: 'new@example.com' })],
      '--update',
    );
    expect(output).toContain(
      '1 user differs (1 in Email), and no import of the source identity has brought them. Nobody knows on which side they ' +
        'were changed, so they stay. Is it the right --source?\n',
    );
    expect(exitCode).toBe(1);
    expect((await user('a'))?.email).toBe('user-a@example.com');
    await importUsers(
      [stockUser('a', { Email: 'new@example.com', LockoutEnd: '9999-12-31' })],
      '--update',
    );
    expect(await user('a')).toMatchObject({ email: 'user-a@example.com', active: false });
  });

  test('from a source that lacks columns takes nothing away, and lets nobody in', async () => {
    const tables = {
      AspNetUsers: [stockUser('a', { Activo: false }), stockUser('b', { Activo: true })],
      AspNetRoles: [{ Id: 'r1', Name: 'Ventas' }],
      AspNetUserRoles: [{ UserId: 'b', RoleId: 'r1' }],
    };
    await old.importTables(tables, '--role', 'Sales');
    const bare = ['a', 'b'].map((id) => ({ Id: id, UserName: `user-${id}`, PasswordHash: HASH }));
    const { output, exitCode } = await importUsers(bare, '--update');
    expect(output).toContain(
      'The source has no SecurityStamp, so nobody can tell which passwords have changed.\n',
    );
    expect(output).toContain(
      '1 user stays inactive, because the source has no longer the column that says why they were.\n',
    );
    expect(exitCode).toBe(0);
    expect(await stored()).toMatchObject([
      { email: 'user-a@example.com', active: false },
      { email: 'user-b@example.com', active: true },
    ]);
    expect(await old.rolesOfUsers()).toEqual({ a: 'Sales', b: 'Ventas' });
  });

  test('activates nobody while one of several columns that kept the user out is missing or not read', async () => {
    const both = stockUser('a', {
      Activo: 0,
      LockoutEnd: '9999-12-31',
      EmailConfirmed: 0,
      Bloqueado: 1,
    });
    const first = ['--unconfirmed', 'inactive', '--inactive-column', 'Bloqueado'];
    await importUsers([both], ...first);
    const free = stockUser('a', { Activo: 1, LockoutEnd: null, EmailConfirmed: 1, Bloqueado: 0 });
    const { LockoutEnd: _, ...withoutLock } = free;
    await importUsers([withoutLock], ...first, '--update');
    expect((await user('a'))?.active).toBe(false);
    await importUsers([free], '--update', '--unconfirmed', 'inactive');
    expect((await user('a'))?.active).toBe(false); // Bloqueado is there, and nobody reads it
    await importUsers([free], ...first, '--update');
    expect((await user('a'))?.active).toBe(true);
  });

  test('unlocks a user of Identity 2', async () => {
    const { LockoutEnd: _, ...rest } = stockUser('a');
    await importUsers([{ ...rest, LockoutEndDateUtc: '9999-12-31' }]);
    expect((await user('a'))?.active).toBe(false);
    await importUsers([{ ...rest, LockoutEndDateUtc: null }], '--update');
    expect((await user('a'))?.active).toBe(true);
  });

  test('names the users of rejected rows who are active in Portero', async () => {
    await importUsers([stockUser('a'), stockUser('b')]);
    const rows = [
      stockUser('a', { PasswordHash: 'DISABLED', LockoutEnd: '9999-12-31' }),
      stockUser('b'),
    ];
    const { output, exitCode } = await importUsers(rows, '--update');
    expect(output).toContain(
      '1 rejected row is of a user active in Portero (user-a). Nothing of them was brought, so use users deactivate',
    );
    expect(exitCode).toBe(1);
  });

  test('keeps the last active administrator, and says so each time', async () => {
    const admin = ['--role', 'Administrator', '--admin'];
    const tables = (columns: object) => ({ AspNetUsers: [stockUser('a', columns)] });
    await old.importTables(tables({}), ...admin);
    for (let run = 0; run < 2; run++) {
      const locked = tables({ LockoutEnd: '9999-12-31', Email: 'new@example.com' });
      const { output, exitCode } = await old.importTables(locked, ...admin, '--update');
      expect(output).toContain('The last active administrator stays one.\n');
      expect(output).toContain(` ${1 - run} updated, ${run} unchanged,`);
      expect(exitCode).toBe(1);
      expect(await user('a')).toMatchObject({ active: true, email: 'new@example.com' });
    }
  });

  test('takes no password away for a hash that cannot be verified', async () => {
    await importUsers([stockUser('a')]);
    const PasswordHash = '$2a$11$Lr0m5qIuGvJ9CzVtWb4pfeX8kYdNsHa2RoPu6TiMg1EwQxZyOcBjK';
    const row = stockUser('a', { SecurityStamp: 'new', PasswordHash });
    await importUsers([row], '--update', '--drop-other-hashes');
    expect((await user('a'))?.passwordHash).toBe(HASH);
    await importUsers(
      [stockUser('a', { SecurityStamp: 'newer', PasswordHash: OTHER_HASH })],
      '--update',
    );
    expect((await user('a'))?.passwordHash).toBe(OTHER_HASH);
  });

  test('stores a digest of the security stamp and nothing that keys the old system', async () => {
    await importUsers([stockUser('a')]);
    const [record] = await db().select().from(importedUsers);
    expect(record?.securityStampDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(record)).not.toContain('stamp of a');
  });
});

describe('names', () => {
  test('that two users swap are swapped', async () => {
    const ids = [GUID, GUID.replace('0f', '1f')];
    const rows = (names: string[]) =>
      ids.map((id, index) => stockUser(id, { UserName: names[index] }));
    await importUsers(rows(['ana', 'ben']));
    const { output } = await importUsers(rows(['ben', 'ana']), '--update');
    expect(output).toContain('2 users have another UserName in the source than before.\n');
    expect((await stored()).map(({ userName }) => userName)).toEqual(['ben', 'ana']);
  });

  test('that a renamed user gives up can go to a new one', async () => {
    await importUsers([stockUser(GUID, { UserName: 'ana' })]);
    const rows = [stockUser(GUID, { UserName: 'anna' }), stockUser('new', { UserName: 'ana' })];
    const { exitCode } = await importUsers(rows, '--update');
    expect(exitCode).toBe(0);
    expect((await stored()).map(({ userName }) => userName)).toEqual(['anna', 'ana']);
  });

  test('of somebody else in Portero are not brought, nor is a name that is not given up then', async () => {
    const [one, other] = [GUID, GUID.replace('0f', '1f')];
    await importUsers([stockUser(one, { UserName: 'ana' }), stockUser(other, { UserName: 'ben' })]);
    await old.portero(
      ['users', 'add', 'cleo', '--role', 'Sales', '--password-stdin'],
      'a long new passphrase',
    );
    const rows = [
      stockUser(one, { UserName: 'cleo', LockoutEnd: '9999-12-31' }),
      stockUser(other, { UserName: 'ana' }),
    ];
    for (const updated of [1, 0]) {
      const { output, exitCode } = await importUsers(rows, '--update');
      expect(output).toContain(` ${updated} updated, ${2 - updated} unchanged, 0 rejected.\n`);
      expect(output).toContain(
        '2 users keep the UserName, because another user has the new one.\n',
      );
      expect(exitCode).toBe(1);
      expect((await user(one))?.active).toBe(false); // the rest of the row is brought
    }
    expect((await user(one))?.userName).toBe('ana');
    expect((await user(other))?.userName).toBe('ben');
  });
});

describe('an id', () => {
  test('that is a number and somebody else’s is rejected as such', async () => {
    await importUsers([stockUser('1', { UserName: 'ana' })]);
    const stranger = stockUser('1', {
      UserName: 'ben',
      Email: 'ben@other.example',
      SecurityStamp: 'x',
    });
    for (const options of [[], ['--update'], ['--source', 'other']]) {
      const { output, exitCode } = await importUsers([stranger], ...options);
      expect(output).toContain('item 1: the Id is that of another user in the database.');
      expect(exitCode).toBe(1);
    }
    expect((await user('1'))?.userName).toBe('ana');
  });

  test('of one name in two old systems is somebody else’s too, where the addresses differ', async () => {
    await importUsers([stockUser('1', { UserName: 'admin' })]);
    const row = stockUser('1', {
      UserName: 'admin',
      Email: 'it@other.example',
      SecurityStamp: 'x',
    });
    const { output } = await importUsers([row], '--source', 'other', '--update');
    expect(output).toContain('item 1: the Id is that of another user in the database.');
  });
});

describe('--deactivate-missing', () => {
  const many = Array.from({ length: 40 }, (_, index) => stockUser(`u${index + 10}`));
  const isActive = async () => (await stored()).filter(({ active }) => active).map(({ id }) => id);

  test('deactivates users whom an import of this source has brought, and nobody else', async () => {
    await importUsers(many);
    await importUsers([stockUser('other')], '--source', 'other');
    await old.portero(
      ['users', 'add', 'own', '--role', 'Sales', '--password-stdin'],
      'a long new passphrase',
    );
    const report = join(old.folder, 'report-missing');
    const options = ['--deactivate-missing', '--yes', '--report', report];
    const { output } = await importUsers(many.slice(2), ...options);
    expect(output).toContain('The source lacks these users:\n  user-u10\n  user-u11\n');
    expect(output).toContain('Deactivated 2 users, whom the source lacks.\n');
    const lines = readFileSync(report, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(40);
    expect(JSON.parse(lines.at(-2) ?? '')).toEqual({
      id: 'u10',
      userName: 'user-u10',
      outcome: 'deactivated',
      why: ['the source lacks the user'],
    });
    expect(await isActive()).toHaveLength(40);
    expect(await isActive()).not.toContain('u10');
  });

  test('activates again who has come back', async () => {
    await importUsers(many);
    await importUsers(many.slice(1), '--deactivate-missing', '--yes');
    await importUsers(many, '--update');
    expect(await isActive()).toHaveLength(40);
  });

  test('does not deactivate again who was activated in Portero since', async () => {
    await importUsers(many);
    await importUsers(many.slice(1), '--deactivate-missing', '--yes');
    await change('u10', { active: true });
    await importUsers(many.slice(1), '--deactivate-missing', '--yes');
    expect(await isActive()).toHaveLength(40);
  });

  test('asks, and without a terminal wants --yes', async () => {
    await importUsers(many);
    expect(await importUsers(many.slice(1), '--deactivate-missing')).toEqual({
      exitCode: 1,
      output:
        'Nothing was imported, because one thing has to be decided first:\n' +
        '- The source lacks 1 active user that earlier imports have brought. There is no terminal to ask whether to deactivate ' +
        'them: use --yes.\n    user-u10\n',
    });
    const { output } = await importUsers(many.slice(1), '--deactivate-missing', '--dry-run');
    expect(output).toContain('Would deactivate 1 user, whom the source lacks.\n');
    expect(await isActive()).toHaveLength(40);
  });

  test('deactivates more than 5 % with --force alone, and never for a source without users', async () => {
    await importUsers(many);
    const missing = ['--deactivate-missing', '--yes'];
    const { output } = await importUsers(many.slice(3), ...missing);
    expect(output).toContain(
      '- The source lacks 3 of the 40 active users that earlier imports have brought. That is more than 5 %. ' +
        '--force deactivates them.\n',
    );
    expect(await isActive()).toHaveLength(40);
    expect((await importUsers(many.slice(3), ...missing, '--force')).exitCode).toBe(0);
    expect(await isActive()).toHaveLength(37);
    expect((await importUsers([], ...missing, '--force')).exitCode).toBe(1);
    expect(await isActive()).toHaveLength(37);
  });

  test('deactivates nobody where a row cannot be read, and takes a rejected row for a user who is there', async () => {
    await importUsers(many);
    const missing = ['--deactivate-missing', '--yes'];
    const rejected = stockUser('u10', { UserName: null });
    await importUsers([rejected, ...many.slice(1)], ...missing);
    expect(await isActive()).toHaveLength(40);
    const unreadable = { ...rejected, Id: null };
    const { output } = await importUsers([unreadable, ...many.slice(1)], ...missing);
    expect(output).toContain('- 1 row could not be read, so nobody can tell who is missing.');
    expect(await isActive()).toHaveLength(40);
  });

  test('leaves the last active administrator', async () => {
    const admin = ['--role', 'Administrator', '--admin'];
    await old.importTables({ AspNetUsers: [stockUser('a'), stockUser('b')] }, ...admin);
    const { output } = await importUsers(
      [stockUser('c')],
      '--deactivate-missing',
      '--yes',
      '--force',
    );
    expect(output).toContain('is the last active administrator, and stays active.\n');
    const left = (await isActive()).filter((id) => id !== 'c');
    expect(left).toHaveLength(1);
  });
});

test('the users of one tenant are not missing in another', async () => {
  const rows = ['t1', 't2'].map((TenantId) => stockUser(`u-${TenantId}`, { TenantId }));
  await importUsers(rows, '--tenant', 't1');
  await importUsers(rows, '--tenant', 'T2');
  const options = ['--tenant', 't2', '--deactivate-missing', '--yes', '--force'];
  const { output } = await importUsers(rows, ...options);
  expect(output).toContain('Deactivated 0 users');
  expect(await stored()).toMatchObject([{ active: true }, { active: true }]);
});

test('a user whom users delete has deleted comes back with --restore-deleted alone', async () => {
  await importUsers([stockUser('a')]);
  await old.portero(['users', 'delete', 'user-a', '--yes']);
  const { output, exitCode } = await importUsers([stockUser('a')], '--update');
  expect(output).toContain(
    'Portero has deleted 1 user and keeps that. --restore-deleted brings them again.\n',
  );
  expect(exitCode).toBe(0);
  expect(await stored()).toEqual([]);
  await importUsers([stockUser('a')], '--restore-deleted');
  expect(await stored()).toHaveLength(1);
});

test('a user whom users delete has deleted stays so where the import writes another case of the id', async () => {
  const upper = stockUser(GUID.toUpperCase());
  await importUsers([upper]);
  await old.portero(['users', 'delete', upper.UserName, '--yes']);
  await importUsers([upper], '--lower-case-ids');
  expect(await stored()).toEqual([]);
});

test('a source that is not named is one and the same, whatever holds it', async () => {
  await importUsers([stockUser('a')]);
  const sources = await db().execute(sql`select source from ${importedUsers}`);
  expect(sources.rows).toEqual([{ source: 'identity' }]);
});
