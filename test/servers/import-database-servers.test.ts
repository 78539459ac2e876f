import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Adapter } from '../../cli/import/database/adapter.ts';
import {
  parseConnectionString,
  type ServerAddress,
} from '../../cli/import/database/connection-string.ts';
import { MysqlAdapter } from '../../cli/import/database/mysql.ts';
import { openDatabase } from '../../cli/import/database/open-database.ts';
import { PostgresqlAdapter } from '../../cli/import/database/postgresql.ts';

import { countRows, readTable } from '../support/old-system-read.ts';
import { OLD_SERVERS, type OldServer } from '../support/old-system-server.ts';
import { AUTHENTICATOR_KEY, fillOldSystem } from '../support/old-system-sql.ts';
import type { OldSystemSummary } from '../support/old-system-summary.ts';

const COUNT = 200;

/** What each product makes of a truth, and of .NET's largest date. */
const SPELLINGS = {
  postgresql: { yes: 't', no: 'f', forever: 'infinity' },
  mysql: { yes: '1', no: '0', forever: '9999-12-31 23:59:59.999999' },
};

function adapterOf(address: string): Adapter {
  const parsed = parseConnectionString(address) as ServerAddress;
  return parsed.kind === 'mysql' ? new MysqlAdapter(parsed) : new PostgresqlAdapter(parsed);
}

describe.each(OLD_SERVERS)('an old system in $name', ({ start }) => {
  describe.skipIf(start === undefined)('on a real server', () => {
    let server: OldServer;
    let system: OldSystemSummary;
    beforeAll(async () => {
      if (start === undefined) return;
      server = await start();
      system = await fillOldSystem(server.execute, server.dialect, {
        count: COUNT,
        now: new Date(),
      });
    });
    afterAll(() => server?.stop());

    async function open() {
      const source = await openDatabase(server.addressOf(), {});
      onTestFinished(() => source.close());
      return source;
    }
    const table = (name: string) => (server.dialect === 'mysql' ? `\`${name}\`` : `"${name}"`);

    it('arrives whole, for a user who may only read', async () => {
      const source = await open();
      const sum = (counts: Record<string, number>) =>
        Object.values(counts).reduce((one, other) => one + other, 0);
      expect(source.notices).toEqual([]);
      expect(await countRows(source)).toEqual({
        users: COUNT,
        roles: 4,
        userRoles: COUNT - (system.roles.none ?? 0) + (system.roles['Ventas + Almacén'] ?? 0),
        roleClaims: 6,
        userClaims: sum(system.claims),
        userLogins: sum(system.logins),
        userTokens: 2 * system.twoFactor,
        userPasskeys: system.passkeys,
      });
    });

    it('has its values as text, whatever type they have', async () => {
      const { yes, no, forever } = SPELLINGS[server.dialect as keyof typeof SPELLINGS];
      const users = await readTable(await open(), 'users');
      const are = (column: string, value: unknown) =>
        users.filter((columns) => columns[column] === value).length;
      expect(are('activo', no)).toBe(system.inactive);
      expect(are('activo', yes)).toBe(COUNT - system.inactive);
      expect(are('twofactorenabled', yes)).toBe(system.twoFactor);
      expect(are('passwordhash', null)).toBe(system.withoutPassword);
      expect(are('lockoutend', forever)).toBe(system.lockedForever + system.exemptFromLocks);
      expect(users.map(({ username }) => username)).toEqual(
        expect.arrayContaining(['josé.núñez2', ' relleno13 ', 'DOMINIO\\usuario14']),
      );
    });

    it('keeps the keys of second factors to itself', async () => {
      const tokens = await readTable(await open(), 'userTokens');
      expect(tokens.map(({ name }) => name)).toContain('AuthenticatorKey');
      expect(JSON.stringify(tokens)).not.toContain(AUTHENTICATOR_KEY);
    });

    it('is read as it was at the beginning', async () => {
      const source = await open();
      await server.execute(`insert into ${table('AspNetRoles')} (${table('Id')}) values ('late')`);
      expect(await readTable(source, 'roles')).toHaveLength(4);
      expect(await readTable(await open(), 'roles')).toHaveLength(5);
      await server.execute(`delete from ${table('AspNetRoles')} where ${table('Id')} = 'late'`);
    });

    it('is read again from the beginning, also after only a part', async () => {
      const source = await open();
      for await (const _ of source.tables.get('users')?.rows() ?? []) break;
      expect(await readTable(source, 'users')).toHaveLength(COUNT);
      expect(await readTable(source, 'users')).toHaveLength(COUNT);
    });

    it('cannot be written to, not even by somebody who may', async () => {
      const name = server.dialect === 'mysql' ? 'root' : 'postgres';
      const adapter = adapterOf(server.addressOf({ user: name, password: '' }));
      await adapter.open();
      onTestFinished(() => adapter.close());
      await server.execute('create table written (n int)');
      await server.execute(
        server.dialect === 'mysql'
          ? 'create function write_one() returns int begin insert into written values (1); return 1; end'
          : 'create function write_one() returns int language sql as $$ insert into written values (1) returning n $$',
      );
      await expect(adapter.batches('select write_one() as n').next()).rejects.toThrow(/read.only/i);
      expect(await server.execute('select * from written')).toEqual([]);
    });

    it('gives every session back', async () => {
      const source = await openDatabase(server.addressOf(), {});
      expect(await server.countReaders()).toBe(1);
      await source.close();
      await source.close();
      await expect.poll(server.countReaders).toBe(0);
    });
  });
});
