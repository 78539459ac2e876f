/**
 * `db migrate`: brings the tables up to date, and the user names in them.
 *
 * @module
 */
import { migrate } from '../src/db/migrate.ts';
import { changeNames, planNameChanges, type StoredName } from '../src/db/stored-names.ts';
import { count } from './count.ts';
import { type Target, withDatabase } from './database.ts';
import { quoteName } from './escape.ts';
import { OperatorError } from './operator-error.ts';
import { printLine } from './print.ts';

export async function migrateDatabase(): Promise<void> {
  await withDatabase(async (target) => {
    const { database, name } = target;
    // The tables come first, because the commands that rename and delete users need today's tables.
    const migrations = await migrate(database);
    if (migrations > 0) printLine(`Applied ${count(migrations, 'migration')} to ${name}.`);
    const plan = await planNameChanges(database);
    if (!plan.ok) throw collision(target, plan.details.groups);
    const changed = await changeNames(database, plan.value);
    if (!changed.ok) {
      throw new OperatorError(
        `The users of ${name} have changed meanwhile. Run npm run db:migrate again.`,
      );
    }
    if (changed.value > 0) {
      printLine(
        `Brought ${count(changed.value, 'user name')} of ${name} into the form that logins look for.`,
      );
    }
    if (migrations + changed.value === 0) printLine(`Nothing to migrate: ${name} is up to date.`);
  });
}

function collision({ name }: Target, groups: StoredName[][]): OperatorError {
  const lines = groups.map((group) =>
    group.map(({ id, userName }) => `${quoteName(userName)} (id ${quoteName(id)})`).join(', '),
  );
  return new OperatorError(
    `White space around a user name is not part of it, and case does not count. So the users of each line have one name in ${name}:`,
    [
      ...lines,
      'No name was changed. Rename or delete all users of a line but one, by their ids:',
      'npm run portero -- users rename --id ID NEW-NAME',
      'npm run portero -- users delete --id ID',
      'Then run npm run db:migrate again. docs/permissions.md says more.',
    ],
  );
}
