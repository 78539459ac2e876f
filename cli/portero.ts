/**
 * The operator's command line: `npm run portero -- COMMAND`.
 *
 * @module
 */
import { Command } from 'commander';
import { OperatorError } from '../dev/operator-error.ts';
import type { AddUserOptions } from './add-user.ts';
import type { ImportOptions } from './import-users.ts';

/** A command was refused, or its database failed. */
const EXIT_REFUSED = 1;

/** The command line itself was wrong. */
const EXIT_USAGE = 2;

// Each command loads what it needs: help and a wrong option answer at once.
const program = new Command('npm run portero --')
  .description('Manages the users of Portero, in the local database or the one of DATABASE_URL.')
  .exitOverride()
  .showHelpAfterError();

const users = program.command('users').description('manage users');
users
  .command('add')
  .argument('<name>', 'the user name')
  .description('add a user, whose password is asked for')
  .option('--role <role>', 'the role of the user')
  .option('--admin', "the role is an administrator's; without --role, Administrator", false)
  .option('--create-role', 'make the role where there is none, without permissions', false)
  .option('--email <address>', 'the e-mail address of the user')
  .option('--password-stdin', 'read the password from standard input', false)
  .action(async (name: string, options: AddUserOptions) => {
    const { addUser } = await import('./add-user.ts');
    await addUser(name, options);
  });
users
  .command('import')
  .argument('<file>', 'JSON Lines, a JSON array or CSV of AspNetUsers; - for standard input')
  .description('add the users of an ASP.NET Core Identity system; can be run again')
  .option('--role <role>', 'the role of all of them')
  .option('--role-column <column>', 'the column that has the role of each')
  .option('--admin', "allow administrators' roles", false)
  .option('--no-harden', "store the hashes as they are, without today's layers over them")
  .option('--rejects <file>', 'write the rows that are rejected to a file, as JSON Lines')
  .option('--dry-run', 'check everything and write nothing', false)
  .action(async (file: string, options: ImportOptions) => {
    const { importUsers } = await import('./import-users.ts');
    await importUsers(file, options);
  });
users
  .command('harden')
  .description("put today's layers over imported hashes that have none yet")
  .action(async () => {
    const { hardenUsers } = await import('./harden-users.ts');
    await hardenUsers();
  });
users
  .command('unlock')
  .argument('<name>', 'the user name')
  .description('forget the failed logins of a name, which ends a lock at once')
  .action(async (name: string) => {
    const { unlockUser } = await import('./unlock-user.ts');
    await unlockUser(name);
  });

program
  .command('migrate')
  .description('bring the tables up to date (also: npm run db:migrate)')
  .action(async () => {
    const { migrateDatabase } = await import('./migrate.ts');
    await migrateDatabase();
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof OperatorError) {
    console.error(error.message);
    process.exitCode = EXIT_REFUSED;
  } else if (error instanceof Error && 'exitCode' in error) {
    // Commander has said what is wrong; asking for help is no error.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  } else {
    throw error;
  }
}
