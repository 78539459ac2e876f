/** A small old system: a folder with a file a table, and the commands that import it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asc } from 'drizzle-orm';
import { importedUsers } from '../../src/db/imported-users.ts';
import { foreignLayers, modules, roleGrants, roles, users } from '../../src/db/schema.ts';
import { identityHash } from './identity-hash.ts';
import { useLocalDatabase } from './operator.ts';

/** Rows by the names of their tables. */
export type OldTables = Record<string, object[]>;

/** A stock user. @param id also makes the name */
export function stockUser(id: string, columns: object = {}) {
  return {
    Id: id,
    UserName: `user-${id}`,
    Email: `user-${id}@example.com`,
    EmailConfirmed: true,
    PasswordHash: HASH,
    SecurityStamp: `stamp of ${id}`,
    TwoFactorEnabled: false,
    LockoutEnabled: true,
    LockoutEnd: null,
    ...columns,
  };
}

export const HASH = identityHash('P@ssw0rd!');

/** Opens a local database before the tests of a file, and closes it after them. */
export function useImports() {
  const operator = useLocalDatabase();
  const { db } = operator;

  function folderOf(tables: OldTables): string {
    const folder = mkdtempSync(join(operator.folder, 'old-'));
    for (const [table, rows] of Object.entries(tables)) {
      writeFileSync(join(folder, `${table}.json`), JSON.stringify(rows));
    }
    return folder;
  }

  return {
    ...operator,
    folderOf,
    /** Without hardening, which takes its time. */
    importTables: (tables: OldTables, ...options: string[]) =>
      operator.portero(['users', 'import', folderOf(tables), '--no-harden', ...options]),
    /** Back to the two roles of a new local database. */
    async reset(): Promise<void> {
      await db().delete(users);
      await db().delete(importedUsers);
      await db().delete(foreignLayers);
      await db().delete(roleGrants);
      await db().delete(modules);
      await db().delete(roles);
      await db()
        .insert(roles)
        .values([{ name: 'Sales' }, { name: 'Administrator', isAdmin: true }]);
    },
    stored: () => db().select().from(users).orderBy(asc(users.id)),
    async rolesOfUsers(): Promise<Record<string, string>> {
      const all = await db().select().from(users);
      const names = await db().select().from(roles);
      return Object.fromEntries(
        all.map(({ id, roleId }) => [id, names.find((role) => role.id === roleId)?.name ?? '']),
      );
    },
    async grants(): Promise<Record<string, string[]>> {
      const { output } = await operator.portero(['roles', 'list', '--json']);
      const all: { role: string; permissions: string[] }[] = JSON.parse(output);
      return Object.fromEntries(
        all
          .filter(({ permissions }) => permissions.length > 0)
          .map(({ role, permissions }) => [role, permissions]),
      );
    },
  };
}
