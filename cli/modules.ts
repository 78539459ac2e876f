/**
 * `modules …`: the parts of an application that permissions are granted for.
 *
 * @module
 */
import { asc } from 'drizzle-orm';
import { isModuleKey } from '#portero/internal/permission.ts';
import { connect } from '../src/db/connection.ts';
import { modules } from '../src/db/schema.ts';
import { audit } from './audit.ts';
import { withDatabase } from './database.ts';
import { findLongList } from './long-list.ts';
import { readNewName } from './names.ts';
import { OperatorError } from './operator-error.ts';
import { printLine, printRows } from './print.ts';
import { readTokenClaims } from './token-claims.ts';

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
    const problem = await findLongList(db, [key], readTokenClaims());
    if (problem !== undefined) throw new OperatorError(`${problem} Nothing was added.`);
    const { rowCount } = await db.insert(modules).values(row).onConflictDoNothing();
    if (rowCount === 0)
      throw new OperatorError(`There is a module ${key} in ${target.name} already.`);
    audit({ event: 'module_added', module: key });
    printLine(`Added the module ${key} to ${target.name}.`);
  });
}

export async function listModules({ json }: { json: boolean }): Promise<void> {
  await withDatabase(async ({ database }) => {
    printRows(await connect(database).select().from(modules).orderBy(asc(modules.key)), json);
  });
}
