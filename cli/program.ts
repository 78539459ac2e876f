/**
 * The commands, and how each ends.
 *
 * @module
 */
import { Command } from 'commander';
import { OperatorError } from '../dev/operator-error.ts';
import { addModulesCommand, addRolesCommand } from './permissions-command.ts';
import { addUsersCommand } from './users-command.ts';

/** A command was refused, or its database failed. */
const EXIT_REFUSED = 1;

/** The command line itself was wrong. */
const EXIT_USAGE = 2;

/** Runs one command. Its exit code is `process.exitCode`. */
export async function runCommand(args: string[]): Promise<void> {
  const program = new Command('npm run portero --')
    .description(
      'Manages the users of Portero and what they may do, in the local database or the one of DATABASE_URL.',
    )
    .exitOverride()
    .showHelpAfterError();
  addUsersCommand(program);
  addRolesCommand(program);
  addModulesCommand(program);
  program
    .command('migrate')
    .description('bring the tables up to date (also: npm run db:migrate)')
    .action(async () => {
      const { migrateDatabase } = await import('./migrate.ts');
      await migrateDatabase();
    });
  try {
    await program.parseAsync(args, { from: 'user' });
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
}
