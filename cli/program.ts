/**
 * The commands, and how each of them ends.
 *
 * @module
 */
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { escapeUntypable } from './escape.ts';
import { EXIT, type ExitCode, type Run } from './exit-code.ts';
import { addKeysCommand } from './keys-command.ts';
import { OperatorError } from './operator-error.ts';
import { addModulesCommand, addRolesCommand } from './permissions-command.ts';
import { printErrorLine } from './print.ts';
import { addUsersCommand } from './users-command.ts';

/** Runs one command. @returns its exit code */
export async function runCommand(args: string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const run: Run = async (work) => {
    exitCode = (await work()) ?? EXIT.done;
  };
  const program = new Command('npm run portero --')
    .description(
      'Manages the users of Portero and what they may do, in the local database or the one of DATABASE_URL, and makes keys.',
    )
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(escapeUsageError(text)) })
    .showHelpAfterError();
  addUsersCommand(program, run);
  addRolesCommand(program, run);
  addModulesCommand(program, run);
  addKeysCommand(program, run);
  program
    .command('migrate')
    .description('bring the tables up to date (also: npm run db:migrate)')
    .action(() => run(async () => (await import('./migrate.ts')).migrateDatabase()));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof OperatorError) {
      for (const line of [error.message, ...error.furtherLines]) printErrorLine(line);
      return EXIT.refused;
    }
    // Commander has told what is wrong. A request for help is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    // A bug, or a fault of this machine. Its message may quote an argument, such as the path of a file.
    for (const line of inspect(error).split('\n')) printErrorLine(line);
    return EXIT.refused;
  }
}

/** Commander's suggestion, which stands on a line of its own. */
const SUGGESTION = /\n\(Did you mean [\w, -]+\?\)$/;

/** Commander's message quotes arguments. Only the line breaks are kept that Commander itself has made. */
function escapeUsageError(text: string): string {
  const message = text.replace(/\n$/, '');
  const [suggestion = ''] = SUGGESTION.exec(message) ?? [];
  const sentence = message.slice(0, message.length - suggestion.length);
  return `${escapeUntypable(sentence)}${suggestion}\n`;
}
