/**
 * The commands `modules …` and `roles …`.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Run } from './exit-code.ts';

interface Json {
  json: boolean;
}

export function addModulesCommand(program: Command, run: Run): void {
  const modules = program
    .command('modules')
    .description('manage the modules that permissions are granted for');
  modules
    .command('list')
    .description('list the modules, by key')
    .option('--json', 'as JSON', false)
    .action((options: Json) =>
      run(async () => (await import('./modules.ts')).listModules(options)),
    );
  modules
    .command('add')
    .argument('<key>', 'how permissions name it: small letters, digits and hyphens')
    .description('add a module')
    .requiredOption('--name <name>', 'its name for people')
    .action((key: string, options: { name: string }) =>
      run(async () => (await import('./modules.ts')).addModule(key, options)),
    );
}

export function addRolesCommand(program: Command, run: Run): void {
  const roles = program.command('roles').description('manage what each role may do');
  roles
    .command('list')
    .description('list the roles, by name')
    .option('--json', 'as JSON', false)
    .action((options: Json) => run(async () => (await import('./roles.ts')).listRoles(options)));
  roles
    .command('show')
    .argument('<role>', 'the role')
    .description('show what a role may do')
    .option('--json', 'as JSON', false)
    .action((role: string, options: Json) =>
      run(async () => (await import('./roles.ts')).showRole(role, options)),
    );
  roles
    .command('add')
    .argument('<name>', 'the name of the role')
    .description('add a role without permissions')
    .option('--admin', "an administrator's, which may do everything", false)
    .action((name: string, options: { admin: boolean }) =>
      run(async () => (await import('./roles.ts')).addRole(name, options)),
    );
  roles
    .command('grant')
    .argument('<role>', 'the role')
    .argument(
      '<permission...>',
      'a module and create, update, delete, list or read: invoices.create',
    )
    .description('let a role do more, from the next login on; all or nothing')
    .action((role: string, permissions: string[]) =>
      run(async () => (await import('./roles.ts')).grantPermissions(role, permissions)),
    );
  roles
    .command('revoke')
    .argument('<role>', 'the role')
    .argument('<permission...>', 'what it may do no more')
    .description('let a role do less, from the next login on')
    .action((role: string, permissions: string[]) =>
      run(async () => (await import('./roles.ts')).revokePermissions(role, permissions)),
    );
}
