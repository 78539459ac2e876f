/**
 * The commands `users …`.
 *
 * @module
 */
import type { Command } from 'commander';
import type { AddUserOptions } from './add-user.ts';
import type { DeleteUserOptions } from './delete-user.ts';
import type { Run } from './exit-code.ts';
import type { ExportOptions } from './export-users.ts';
import { addImportCommand } from './import/import-command.ts';
import type { NewUserOptions } from './new-user.ts';
import type { ListUsersOptions } from './users.ts';
import type { UserReference } from './with-user.ts';

/** Each command loads its modules when it runs, so help and a wrong option answer at once. */
export function addUsersCommand(program: Command, run: Run): void {
  const users = program.command('users').description('manage users');
  users
    .command('list')
    .description('list the users, by name')
    .option('--search <text>', 'part of the user name or of the e-mail address')
    .option('--role <role>', 'with this role')
    .option('--active', 'who can log in')
    .option('--no-active', 'who cannot')
    .option('--json', 'as JSON', false)
    .action((options: ListUsersOptions) =>
      run(async () => (await import('./users.ts')).listUsers(options)),
    );
  users
    .command('show')
    .argument('<name>', 'the user name')
    .description('show one user')
    .option('--json', 'as JSON', false)
    .action((name: string, options: { json: boolean }) =>
      run(async () => (await import('./users.ts')).showUser(name, options)),
    );
  users
    .command('add')
    .argument('<name>', 'the user name')
    .description('add a user, whose password is asked for')
    .option('--role <role>', 'the role of the user')
    .option('--admin', "the role is an administrator's; without --role, Administrator", false)
    .option('--create-role', 'make the role where there is none, without permissions', false)
    .option('--email <address>', 'the e-mail address of the user')
    .option('--password-stdin', 'read the password from standard input', false)
    .action((name: string, options: AddUserOptions) =>
      run(async () => (await import('./add-user.ts')).addUser(name, options)),
    );
  users
    .command('invite')
    .argument('<name>', 'the user name')
    .description('add a user without a password, and print a link that sets one')
    .option('--role <role>', 'the role of the user')
    .option('--admin', "the role is an administrator's; without --role, Administrator", false)
    .option('--create-role', 'make the role where there is none, without permissions', false)
    .option('--email <address>', 'the e-mail address of the user')
    .action((name: string, options: NewUserOptions) =>
      run(async () => (await import('./invite-user.ts')).inviteUser(name, options)),
    );
  users
    .command('reset')
    .argument('<name>', 'the user name')
    .description('print a link that sets a new password')
    .action((name: string) => run(async () => (await import('./reset-user.ts')).resetUser(name)));
  users
    .command('set-email')
    .argument('<name>', 'the user name')
    .argument('<address>', 'the new e-mail address, which counts as confirmed')
    .description('give a user another e-mail address')
    .action((name: string, address: string) =>
      run(async () => (await import('./set-email.ts')).setEmail(name, address)),
    );
  users
    .command('set-role')
    .argument('<name>', 'the user name')
    .argument('<role>', 'the new role')
    .description('give a user another role')
    .option('--admin', "the role is an administrator's", false)
    .action((name: string, role: string, options: { admin: boolean }) =>
      run(async () => (await import('./users.ts')).setRole(name, role, options)),
    );
  users
    .command('set-password')
    .argument('<name>', 'the user name')
    .description('set a new password, which is asked for; ends a lock')
    .option('--password-stdin', 'read the password from standard input', false)
    .action((name: string, options: { passwordStdin: boolean }) =>
      run(async () => (await import('./users.ts')).setPassword(name, options)),
    );
  users
    .command('activate')
    .argument('<name>', 'the user name')
    .description('let a user log in')
    .action((name: string) => run(async () => (await import('./users.ts')).setActive(name, true)));
  users
    .command('deactivate')
    .argument('<name>', 'the user name')
    .description('let a user log in no more')
    .action((name: string) => run(async () => (await import('./users.ts')).setActive(name, false)));
  users
    .command('rename')
    .argument('<user>', 'the user name, or with --id the id')
    .argument('<new-name>', 'the new user name')
    .description('give a user another name')
    .option('--id', 'find the user by the id', false)
    .action((user: string, newName: string, options: UserReference) =>
      run(async () => (await import('./rename-user.ts')).renameUser(user, newName, options)),
    );
  users
    .command('delete')
    .argument('<user>', 'the user name, or with --id the id')
    .description('delete a user for good; asks first')
    .option('--id', 'find the user by the id', false)
    .option('--yes', 'do not ask', false)
    .action((user: string, options: DeleteUserOptions) =>
      run(async () => (await import('./delete-user.ts')).deleteUser(user, options)),
    );
  users
    .command('unlock')
    .argument('<name>', 'the user name')
    .description('forget the failed logins of a name, which ends a lock at once')
    .action((name: string) => run(async () => (await import('./unlock-user.ts')).unlockUser(name)));
  addImportCommand(users, run);
  users
    .command('export')
    .argument('<file>', 'a new file that only you can read; - for standard output')
    .description('write all users with their hashes, as JSON Lines')
    .option('--force', 'replace a file that is there', false)
    .action((file: string, options: ExportOptions) =>
      run(async () => (await import('./export-users.ts')).exportUsers(file, options)),
    );
  users
    .command('harden')
    .description("put today's layers over imported hashes that have none yet")
    .action(() => run(async () => (await import('./harden-users.ts')).hardenUsers()));
}
