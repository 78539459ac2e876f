/**
 * The commands, and how each of them ends.
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import { EXIT, type ExitCode, type Run } from './exit-code.ts';
import { OperatorError } from './operator-error.ts';
import { addModulesCommand, addRolesCommand } from './permissions-command.ts';
import { addUsersCommand } from './users-command.ts';

/** Runs one command. @returns its exit code */
export async function runCommand(args: string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const run: Run = async (work) => {
    exitCode = (await work()) ?? EXIT.done;
  };
  const program = new Command('npm run portero --')
    .description(
      'Manages the users of Portero and what they may do, in the local database or the one of DATABASE_URL.',
    )
    .exitOverride()
    .showHelpAfterError();
  addUsersCommand(program, run);
  addRolesCommand(program, run);
  addModulesCommand(program, run);
  program
    .command('migrate')
    .description('bring the tables up to date (also: npm run db:migrate)')
    .action(() => run(async () => (await import('./migrate.ts')).migrateDatabase()));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof OperatorError) {
      console.error(error.message);
      return EXIT.refused;
    }
    // Commander has told what is wrong. A request for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
}
