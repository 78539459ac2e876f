/**
 * Roles that cannot be given: what stops the import, and what rejects a row.
 *
 * @module
 */
import { normalizeUserName } from '../../../src/user-name.ts';
import { count } from '../../count.ts';
import { ROLE_SEPARATOR } from '../staging/staging-schema.ts';
import type { Stop } from '../stop.ts';
import type { PlannedRole, RoleContext } from './planned-role.ts';

/** The role of `--role`: one of Portero, or one of the source, which Portero may spell otherwise. */
export function findNamedRole(
  { options, portero }: RoleContext,
  roles: Map<string, PlannedRole>,
): { name: string; isAdmin: boolean } | undefined {
  const { role = '' } = options;
  return portero.named(role) ?? [...roles.values()].find(({ name }) => isSameName(name, role));
}

/** `--role` and `--admin-role`. */
export function checkNamedRoles(context: RoleContext, roles: Map<string, PlannedRole>): Stop[] {
  const { role, adminRole, admin } = context.options;
  const stops: Stop[] = [];
  const stop = (sentence: string) => stops.push({ sentence });
  if (role !== undefined) {
    const known = findNamedRole(context, roles);
    if (known === undefined) stop(`There is no role ${role} in Portero. roles add makes it.`);
    else if (known.isAdmin && !admin) {
      stop(`The role ${role} is an administrator's. --admin allows that.`);
    }
  }
  if (adminRole !== undefined) {
    const found = [...roles.values()].find(({ name }) => isSameName(name, adminRole));
    if (found === undefined) stop(`The source has no role ${adminRole} for --admin-role.`);
    else if (!found.isAdmin) {
      stop(`The role ${found.name} is in Portero already, and is not an administrator's there.`);
    } else if (!admin) stop(`--admin-role ${adminRole} makes administrators. --admin allows that.`);
  }
  return stops;
}

export function isSameName(name: string, other: string | undefined): boolean {
  return other !== undefined && normalizeUserName(name) === normalizeUserName(other);
}

/** The role column names roles of Portero. */
export function refuseNamed(
  { portero, options }: RoleContext,
  names: string[],
): string | undefined {
  for (const name of names) {
    const role = portero.named(name);
    if (role === undefined) return `there is no role ${showRole(name)} in Portero`;
    if (role.isAdmin && !options.admin) {
      return `the role ${name} is an administrator's, and --admin is missing`;
    }
  }
  return undefined;
}

/** A hash is longer. So a wrong role column prints none. */
const MAX_SHOWN_LENGTH = 40;

function showRole(name: string): string {
  return name.length > MAX_SHOWN_LENGTH ? `of a name of ${name.length} characters` : name;
}

export interface UserSet {
  set: string;
  users: number;
}

export function stopAtNone([none]: UserSet[]): Stop[] {
  if (none === undefined) return [];
  const users = count(none.users, 'user has', 'users have');
  return [{ sentence: `${users} no role. --role ROLE gives them one.` }];
}

export function stopAtSeveral(sets: UserSet[]): Stop[] {
  if (sets.length === 0) return [];
  const users = sets.reduce((sum, set) => sum + set.users, 0);
  return [
    {
      sentence:
        `${count(users, 'user has', 'users have')} several roles, and a user of Portero has one. --combine-roles makes one role of ` +
        'each combination, which may do what all of them may.',
      lines: sets.map(
        (set) =>
          `${count(set.users, 'user')}: ${set.set.split(ROLE_SEPARATOR).map(showRole).join(', ')}`,
      ),
    },
  ];
}

export function stopAtLong(sets: UserSet[]): Stop[] {
  return sets.map(({ set, users }) => ({
    sentence: `${count(users, 'user has', 'users have')} ${set.split(ROLE_SEPARATOR).length} roles, and the names of all of them are longer than the name of a role can be. Give them fewer roles in the source.`,
  }));
}

export function stopAtTaken(sets: UserSet[]): Stop[] {
  return sets.map(({ set, users }) => ({
    sentence: `The combination of the roles ${set.split(ROLE_SEPARATOR).map(showRole).join(', ')}, which ${count(users, 'user has', 'users have')}, would have the name of another role. Rename one of them in the source.`,
  }));
}

/** Identity compares the names of roles without regard to case, so one of the two is damaged. */
export function stopAtTwins(roles: Map<string, PlannedRole>): Stop[] {
  return [...roles.values()]
    .filter(({ keys }) => keys.length > 1)
    .map(({ name, keys }) => ({
      sentence: `The source has ${keys.length} roles of the name ${name}. Rename one of them there.`,
    }));
}
