/**
 * A migration makes nobody an administrator by a coincidence of names.
 *
 * @module
 */
import { normalizeUserName } from '../../../src/user-name.ts';
import { count } from '../../count.ts';
import type { ImportOptions } from '../options.ts';
import type { Staging } from '../staging/staging.ts';
import type { Stop } from '../stop.ts';
import { isAdministrative, type PorteroRoles } from './portero-roles.ts';
import type { RolePlan } from './role-plan.ts';

/** Stops where a role of the tables is in Portero already and may administrate there. The role column names roles of Portero. */
export function findUnwantedAdministrators(
  staging: Staging,
  { roles }: RolePlan,
  options: ImportOptions,
  portero: PorteroRoles,
): Stop[] {
  if (options.roleColumn !== undefined) return [];
  return [...roles.values()].flatMap(({ name, parts }) => {
    // Not those who have it by --role: there the operator names a role of Portero.
    const users = staging.count(
      "from users where problem is null and role = ? and coalesce(role_set, '') <> ''",
      name,
    );
    if (users === 0) return [];
    const meant = normalizeUserName(options.adminRole ?? '') === normalizeUserName(name);
    if (portero.named(name)?.isAdmin && !meant) {
      const sentence = `${count(users, 'user has', 'users have')} the role ${name} in the source, and in Portero it is an administrator's. --admin-role ${name} with --admin allows that.`;
      return [{ sentence }];
    }
    const mayAdministrate = [name, ...parts].some((role) =>
      portero.named(role)?.permissions.some(isAdministrative),
    );
    if (!mayAdministrate || options.grantAdministration) return [];
    const sentence = `${count(users, 'user has', 'users have')} the role ${name} in the source, and in Portero it may administrate users, roles, modules or the audit log. --grant-administration allows that.`;
    return [{ sentence }];
  });
}
