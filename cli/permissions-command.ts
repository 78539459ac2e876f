/**
 * The commands `modules …` and `roles …`.
 *
 * @module
 */
import type { Command } from 'commander';

interface Json {
  json: boolean;
}

export function addModulesCommand(program: Command): void {
  const modules = program
    .command('modules')
    .description('manage the modules that permissions are granted for');
  modules
    .command('list')
    .description('list the modules, by key')
    .option('--json', 'as JSON', false)
    .action(async (options: Json) => (await import('./modules.ts')).listModules(options));
  modules
    .command('add')
    .argument('<key>', 'how permissions name it: small letters, digits and hyphens')
    .description('add a module')
    .requiredOption('--name <name>', 'its name for people')
    .action(async (key: string, options: { name: string }) =>
      (await import('./modules.ts')).addModule(key, options),
    );
}

export function addRolesCommand(program: Command): void {
  const roles = program.command('roles').description('manage what each role may do');
  roles
    .command('list')
    .description('list the roles, by name')
    .option('--json', 'as JSON', false)
    .action(async (options: Json) => (await import('./roles.ts')).listRoles(options));
  roles
    .command('show')
    .argument('<role>', 'the role')
    .description('show what a role may do')
    .option('--json', 'as JSON', false)
    .action(async (role: string, options: Json) =>
      (await import('./roles.ts')).showRole(role, options),
    );
  roles
    .command('add')
    .argument('<name>', 'the name of the role')
    .description('add a role without permissions')
    .option('--admin', "an administrator's, which may do everything", false)
    .action(async (name: string, options: { admin: boolean }) =>
      (await import('./roles.ts')).addRole(name, options),
    );
  roles
    .command('grant')
    .argument('<role>', 'the role')
    .argument(
      '<permission...>',
      'a module and create, update, delete, list or read: invoices.create',
    )
    .description('let a role do more, from the next login on; all or nothing')
    .action(async (role: string, permissions: string[]) =>
      (await import('./roles.ts')).grantPermissions(role, permissions),
    );
  roles
    .command('revoke')
    .argument('<role>', 'the role')
    .argument('<permission...>', 'what it may do no more')
    .description('let a role do less, from the next login on')
    .action(async (role: string, permissions: string[]) =>
      (await import('./roles.ts')).revokePermissions(role, permissions),
    );
}
