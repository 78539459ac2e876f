/**
 * `modules …`: the parts of an application that permissions are granted for.
 *
 * @module
 */
import { asc, eq } from 'drizzle-orm';
import { MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import { ACTIONS, isModuleKey } from '#portero/internal/permission.ts';
import { connect, type Database } from '../src/db/connection.ts';
import { modules, roles } from '../src/db/schema.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { readNewName } from './names.ts';
import { OperatorError } from './operator-error.ts';
import { printLine, printRows } from './print.ts';
import { readTokenClaims } from './token-claims.ts';
import { permissionBudget, permissionBytes, permissionCosts } from './token-size.ts';

export async function addModule(key: string, options: { name: string }): Promise<void> {
  if (!isModuleKey(key)) {
    throw new OperatorError(
      'A module key has 1 to 50 characters: small letters, digits and hyphens, a letter first.',
    );
  }
  const name = readNewName('module name', options.name);
  await withDatabase(async (target) => {
    const row = { key, name };
    const db = connect(target.database);
    await refuseLongTokens(db, key);
    const { rowCount } = await db.insert(modules).values(row).onConflictDoNothing();
    if (rowCount === 0)
      throw new OperatorError(`There is a module ${key} in ${target.name} already.`);
    audit({ event: 'module_added', module: key });
    printLine(`Added the module ${key} to ${target.name}.`);
  });
}

/**
 * An administrator's lists in `TOKEN_CLAIMS` have every permission of every module. Where two commands add a module at the same
 * time, the lists may become too long all the same. Then a login leaves them out.
 */
async function refuseLongTokens(db: Database, key: string): Promise<void> {
  const claims = readTokenClaims();
  if (claims.lists.length === 0) return;
  const keys = [key, ...(await db.select().from(modules)).map((module) => module.key)];
  const permissions = [...new Set(keys)].flatMap((module) =>
    ACTIONS.map((action) => `${module}.${action}`),
  );
  const bytes = permissionBytes(permissions, permissionCosts(claims, true));
  for (const role of await db.select().from(roles).where(eq(roles.isAdmin, true))) {
    if (bytes <= permissionBudget(role, [], claims)) continue;
    throw new OperatorError(
      `With that, a token of ${role.name} could have more than ${MAX_TOKEN_LENGTH} characters, because TOKEN_CLAIMS lists every permission. Nothing was added.`,
    );
  }
}

export async function listModules({ json }: { json: boolean }): Promise<void> {
  await withDatabase(async ({ database }) => {
    printRows(await connect(database).select().from(modules).orderBy(asc(modules.key)), json);
  });
}
