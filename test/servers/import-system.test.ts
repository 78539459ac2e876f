/** `users import`: a whole old system, from each kind of database, with one command. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type OldUser, oldUsers } from '../support/old-system.ts';
import { OLD_SERVERS } from '../support/old-system-server.ts';
import { fillOldSystem } from '../support/old-system-sql.ts';
import { useImports } from '../support/old-tables.ts';

const old = useImports();
const NOW = new Date();
const COUNT = 200;
const USERS = [...oldUsers(COUNT, NOW)];
/** A damaged hash is the one fault of these rows. */
const ACCEPTED = USERS.filter(({ hash }) => hash?.kind !== 'cut');

const OPTIONS = [
  ...['--role', 'Sales', '--combine-roles', '--admin-role', 'Administrador', '--admin'],
  ...['--permission-claim', 'permission', '--unconfirmed', 'inactive', '--drop-second-factor'],
  ...['--drop-other-hashes', '--no-harden'],
];
const MAP = { 'factura.editar': 'invoices.update', 'users.create': 'people.create' };

beforeEach(() => old.reset());

const DAY_MS = 86_400_000;

/** By the rules of the old system itself. */
function couldLogIn({
  activo,
  lockoutEnabled,
  lockoutEnd,
  emailConfirmed,
  hash,
}: OldUser): boolean {
  const isLocked =
    lockoutEnabled && lockoutEnd !== null && lockoutEnd.getTime() > NOW.getTime() + DAY_MS;
  return activo && emailConfirmed && !isLocked && hash?.password !== undefined;
}

function expectedUser(user: OldUser) {
  const names = user.roles.map(({ name }) => name).sort();
  return {
    id: user.id,
    userName: user.userName.trim(),
    email: user.email,
    emailConfirmed: user.emailConfirmed && user.email !== null,
    canLogIn: couldLogIn(user),
    hash: user.hash?.password === undefined ? null : user.hash.text,
    role: names.length === 0 ? 'Sales' : names.join(' + '),
  };
}

/** Moves an old system, and compares every user. */
async function expectItArrives(source: string): Promise<void> {
  const map = join(old.folder, 'map.json');
  writeFileSync(map, JSON.stringify(MAP));
  const command = ['users', 'import', source, ...OPTIONS, '--permission-map', map];
  const { output } = await old.portero(command);
  const { length: created } = ACCEPTED;
  expect(output).toContain(
    `Read ${COUNT} rows for the local database. ${created} created, 0 updated, 0 unchanged, ${COUNT - created} rejected.\n`,
  );
  const roles = await old.rolesOfUsers();
  const arrived = (await old.stored()).map(({ active, passwordHash, ...user }) => ({
    id: user.id,
    userName: user.userName,
    email: user.email,
    emailConfirmed: user.emailConfirmed,
    canLogIn: active && passwordHash !== null,
    hash: passwordHash,
    role: roles[user.id],
  }));
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
  expect(arrived.sort(byId)).toEqual(ACCEPTED.map(expectedUser).sort(byId));
  expect(await old.grants()).toEqual({
    'Almacén + Ventas': ['invoices.read', 'invoices.update'],
    Gerencia: ['invoices.read', 'people.create'],
    Ventas: ['invoices.read', 'invoices.update'],
  });
  const again = await old.portero(command);
  expect(again.output).toContain(` 0 created, 0 updated, ${created} unchanged,`);
  expect(again.output).not.toContain('differ');
}

test('an old system in SQLite arrives whole', async () => {
  const path = join(old.folder, 'old.db');
  const database = new DatabaseSync(path);
  const execute = (statement: string) => database.exec(statement);
  await fillOldSystem(execute, 'sqlite', { count: COUNT, now: NOW });
  database.close();
  await expectItArrives(`sqlite:${path}`);
});

describe.each(OLD_SERVERS)('an old system in $name', ({ start }) => {
  test.skipIf(start === undefined)('arrives whole from a real server', async () => {
    if (start === undefined) return;
    const server = await start();
    onTestFinished(() => server.stop());
    await fillOldSystem(server.execute, server.dialect, { count: COUNT, now: NOW });
    await expectItArrives(server.addressOf());
  });
});
