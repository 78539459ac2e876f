/**
 * The command `users import`.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import type { Run } from '../exit-code.ts';
import type { ImportOptions } from './options.ts';

export function addImportCommand(users: Command, run: Run): void {
  const command = users
    .command('import')
    .argument(
      '<source>',
      'a file or a folder of tables, - for standard input, or postgresql://, mysql://, sqlite:FILE, sqlserver://',
    )
    .description('bring the users of an ASP.NET Core Identity system; can be run again');
  addReadingOptions(command);
  addRoleOptions(command);
  addLoginOptions(command);
  addRepetitionOptions(command);
  addWritingOptions(command).action((source: string, options: ImportOptions) =>
    run(async () => (await import('./import-users.ts')).importUsers(source, options)),
  );
}

function addReadingOptions(command: Command): Command {
  return command
    .optionsGroup('What is read:')
    .option('--users-table <name>', 'the table of users, where it is not AspNetUsers')
    .option('--tenant <id>', 'the users of this TenantId alone')
    .option('--columns <names>', 'the columns of a file without a heading: Id,UserName,…')
    .option('--delimiter <character>', 'what separates the columns of a file')
    .option('--encoding <name>', 'the encoding of a file that is not UTF-8: windows-1252')
    .option('--lower-case-ids', 'write GUIDs in small letters, as .NET does', false);
}

function addRoleOptions(command: Command): Command {
  return command
    .optionsGroup('Roles and permissions:')
    .option('--role <role>', 'the role of users who have none')
    .option('--role-column <column>', 'a column of users that names the role of each')
    .option('--combine-roles', 'make one role of each combination of roles', false)
    .option('--permission-claim <type>', 'the type of the role claims that are permissions')
    .option('--permission-map <file>', 'a JSON object with the permissions of other spellings')
    .option('--merge-roles', 'give permissions to roles that are in Portero already', false)
    .option('--grant-administration', "allow permissions on Portero's own modules", false)
    .option('--admin-role <role>', "the administrators' role in the old system")
    .option('--admin', "allow administrators' roles", false);
}

/** An option that can be given several times. */
function collect(value: string, values: string[] = []): string[] {
  return [...values, value];
}

function addLoginOptions(command: Command): Command {
  const unconfirmed = new Option(
    '--unconfirmed <state>',
    'what users are whose address is not confirmed',
  ).choices(['active', 'inactive']);
  return command
    .optionsGroup('Who may log in:')
    .option('--active-column <column>', 'a column that is true for users who may log in', collect)
    .option('--inactive-column <column>', 'a column that is true for users who may not', collect)
    .addOption(unconfirmed)
    .option('--drop-second-factor', 'accept that second factors do not arrive', false)
    .option('--drop-other-hashes', 'bring users without a password that cannot be verified', false)
    .option('--no-harden', "store the hashes as they are, without today's layers over them");
}

function addRepetitionOptions(command: Command): Command {
  return command
    .optionsGroup('Side by side with the old system:')
    .option('--source <name>', 'the name of the old system, where there are several', 'identity')
    .option('--update', 'bring what has changed there since the last import', false)
    .option('--deactivate-missing', 'deactivate users who are there no more', false)
    .option('--restore-deleted', 'bring users again who were deleted in Portero', false)
    .option('--yes', 'do not ask', false);
}

function addWritingOptions(command: Command): Command {
  return command
    .optionsGroup('What is written:')
    .option('--dry-run', 'check everything and write nothing', false)
    .option('--report <file>', 'write what became of each row to a file, as JSON Lines')
    .option('--rejects <file>', 'write place and reason of the rejected rows to a file')
    .option('--force', 'overwrite these files, and deactivate more than 5 %', false);
}
