/**
 * Which role each user gets, and which roles have to be made for that.
 *
 * @module
 */
import { MAX_USER_NAME_LENGTH } from '../../../src/user-name.ts';
import type { Staging } from '../staging/staging.ts';
import { ROLE_SEPARATOR } from '../staging/staging-schema.ts';
import type { Stop } from '../stop.ts';
import type { PlannedRole, RoleContext } from './planned-role.ts';
import {
  checkNamedRoles,
  findNamedRole,
  isSameName,
  refuseNamed,
  stopAtLong,
  stopAtNone,
  stopAtSeveral,
  stopAtTaken,
  stopAtTwins,
} from './role-stops.ts';

export interface RolePlan {
  /** By their names. */
  roles: Map<string, PlannedRole>;
  stops: Stop[];
}

/** What becomes of the users who have one set of roles. */
type Assignment = { role: string } | { problem: string } | { undecided: Undecided };
type Undecided = 'none' | 'several' | 'long' | 'taken';

/** Sets the role of every user, or rejects the row where its role column names none. */
export function planRoles(context: RoleContext): RolePlan {
  const { staging, options } = context;
  if (options.roleColumn === undefined) joinMemberships(staging);
  const roles = sourceRoles(context);
  const stops = [...checkNamedRoles(context, roles), ...stopAtTwins(roles)];
  const sets = staging.all<{ set: string; users: number }>(
    "select coalesce(role_set, '') as 'set', count(*) as users from users where problem is null group by 1 order by 2 desc, 1",
  );
  const assigned = sets.map(({ set, users }) => ({ set, users, ...assign(context, roles, set) }));

  for (const { set, ...outcome } of assigned) {
    const role = 'role' in outcome ? outcome.role : null;
    const problem = 'problem' in outcome ? outcome.problem : null;
    staging.run('insert into assignments values (?, ?, ?)', set, role, problem);
  }
  staging.run(
    `update users set (role, problem) = (
      select role, problem from assignments where role_set = coalesce(users.role_set, '')
    ) where problem is null`,
  );
  const undecided = (kind: Undecided) =>
    assigned.filter((outcome) => 'undecided' in outcome && outcome.undecided === kind);
  stops.push(
    ...stopAtNone(undecided('none')),
    ...stopAtSeveral(undecided('several')),
    ...stopAtLong(undecided('long')),
    ...stopAtTaken(undecided('taken')),
  );
  return { roles, stops };
}

function joinMemberships(staging: Staging): void {
  staging.run(
    `update users set role_set = (
      select group_concat(name, ? order by name) from (
        select distinct name from memberships join roles on roles.id_key = memberships.role_key
        where memberships.user_key = users.id_key
      )) where problem is null`,
    ROLE_SEPARATOR,
  );
}

/** The roles of the tables, which all arrive. */
function sourceRoles({ staging, options, portero }: RoleContext): Map<string, PlannedRole> {
  const roles = new Map<string, PlannedRole>();
  if (options.roleColumn !== undefined) return roles;
  const rows = staging.all<{ id_key: string; name: string }>(
    'select id_key, name from roles order by name',
  );
  for (const { id_key, name } of rows) {
    const known = portero.like(name);
    const twin = [...roles.values()].find((role) => isSameName(role.name, name));
    if (twin !== undefined) {
      twin.keys.push(id_key);
      continue;
    }
    roles.set(known?.name ?? name, {
      name: known?.name ?? name,
      isAdmin: known?.isAdmin ?? isSameName(name, options.adminRole),
      isNew: known === undefined,
      keys: [id_key],
      parts: [],
    });
  }
  return roles;
}

function assign(context: RoleContext, roles: Map<string, PlannedRole>, set: string): Assignment {
  const { options, portero } = context;
  const names = set === '' ? [] : set.split(ROLE_SEPARATOR);
  if (names.length === 0) {
    if (options.role === undefined) return { undecided: 'none' };
    return { role: findNamedRole(context, roles)?.name ?? options.role };
  }
  const problem = options.roleColumn === undefined ? undefined : refuseNamed(context, names);
  if (problem !== undefined) return { problem };
  const parts = [...new Set(names.map((name) => portero.like(name)?.name ?? name))].sort();
  if (parts.length === 1) return { role: parts[0] as string };
  const isAdmin = (name: string) => (portero.named(name) ?? roles.get(name))?.isAdmin === true;
  // An administrator's role may do everything, so the other roles add nothing to it.
  const admin = parts.find(isAdmin);
  if (admin !== undefined) return { role: admin };
  if (!options.combineRoles) return { undecided: 'several' };
  const name = parts.join(' + ');
  if (name.length > MAX_USER_NAME_LENGTH) return { undecided: 'long' };
  // Another role of the source is called so, or the names of two combinations are joined to one.
  const twin = roles.get(name);
  if (twin !== undefined && twin.parts.join(ROLE_SEPARATOR) !== parts.join(ROLE_SEPARATOR)) {
    return { undecided: 'taken' };
  }
  const known = portero.named(name);
  roles.set(name, {
    name,
    isAdmin: known?.isAdmin ?? false,
    isNew: known === undefined,
    keys: [],
    parts,
  });
  return { role: name };
}
