/**
 * Which permissions the roles get from the role claims of the source.
 *
 * @module
 */
import type { Permission } from '#portero/internal/permission.ts';
import { count } from '../../count.ts';
import type { ImportOptions } from '../options.ts';
import type { Staging } from '../staging/staging.ts';
import type { Stop } from '../stop.ts';
import { type PermissionMap, permissionsOf } from './permission-map.ts';
import type { PlannedRole } from './planned-role.ts';
import { isAdministrative, type PorteroRoles } from './portero-roles.ts';

/** The permissions that a role does not have yet. */
export interface PlannedGrants {
  role: PlannedRole;
  permissions: Permission[];
}

export interface GrantPlan {
  grants: PlannedGrants[];
  stops: Stop[];
  notices: string[];
}

interface Context {
  staging: Staging;
  options: ImportOptions;
  portero: PorteroRoles;
  map: PermissionMap;
}

export function planGrants(context: Context, roles: Map<string, PlannedRole>): GrantPlan {
  const { options, portero } = context;
  const claims = readClaims(context);
  const plan: GrantPlan = { grants: [], stops: claims.stops, notices: [] };
  /** What each role may do after the import. */
  const effective = new Map<string, Set<Permission>>();
  // A combination comes after its parts.
  const ordered = [...roles.values()].sort((one, other) => one.parts.length - other.parts.length);
  for (const role of ordered.filter(({ isAdmin }) => !isAdmin)) {
    const own = new Set(portero.named(role.name)?.permissions ?? []);
    const wanted = new Set([
      ...role.keys.flatMap((key) => [...(claims.byRole.get(key) ?? [])]),
      ...role.parts.flatMap((part) => [
        ...(effective.get(part) ?? portero.named(part)?.permissions ?? []),
      ]),
    ]);
    const permissions = [...wanted].filter((permission) => !own.has(permission)).sort();
    if (permissions.length === 0 || role.isNew || options.mergeRoles) {
      effective.set(role.name, new Set([...wanted, ...own]));
      if (permissions.length > 0) plan.grants.push({ role, permissions });
    } else {
      effective.set(role.name, own);
      const what = count(permissions.length, 'permission');
      const notice = `The role ${role.name} is in Portero already, and does not get ${what} that it has in the source: ${permissions.join(', ')}. --merge-roles grants them.`;
      plan.notices.push(notice);
    }
  }
  plan.stops.push(...findAdministration(plan.grants, options));
  return plan;
}

/** A permission on Portero's own modules lets users administrate Portero. Old systems use the same words for other things. */
function findAdministration(grants: PlannedGrants[], options: ImportOptions): Stop[] {
  if (options.grantAdministration) return [];
  const lines = grants.flatMap(({ role, permissions }) => {
    const own = permissions.filter(isAdministrative);
    return own.length === 0 ? [] : `${role.name}: ${own.join(', ')}`;
  });
  if (lines.length === 0) return [];
  const sentence = `${count(lines.length, 'role')} would administrate Portero itself. --grant-administration allows that. --permission-map can give these claims other modules.`;
  return [{ sentence, lines }];
}

interface Claims {
  /** The permissions by the keys of the roles. */
  byRole: Map<string, Set<Permission>>;
  stops: Stop[];
}

function readClaims({ staging, options, map }: Context): Claims {
  const claims: Claims = { byRole: new Map(), stops: [] };
  const type = options.permissionClaim;
  if (type === undefined) return claims;
  const rows = staging.all<{ role_key: string; value: string }>(
    'select role_key, value from role_claims where type = ? order by role_key, value',
    type,
  );
  if (rows.length === 0) claims.stops.push(noSuchClaim(staging, type));
  const unknown = new Map<string, number>();
  for (const { role_key, value } of rows) {
    const permissions = permissionsOf(value, map);
    if (permissions === undefined) unknown.set(value, (unknown.get(value) ?? 0) + 1);
    const known = claims.byRole.get(role_key) ?? [];
    claims.byRole.set(role_key, new Set([...known, ...(permissions ?? [])]));
  }
  if (unknown.size > 0) {
    claims.stops.push({
      sentence: `${count(unknown.size, 'value')} of the claim ${type} cannot be read as a permission such as invoices.read. --permission-map FILE says what they stand for, or null to leave one out.`,
      lines: [...unknown].map(([value, roles]) => `${value} (${count(roles, 'role')})`),
    });
  }
  return claims;
}

function noSuchClaim(staging: Staging, type: string): Stop {
  const types = staging.all<{ type: string; claims: number }>(
    'select type, count(*) as claims from role_claims group by 1 order by 2 desc',
  );
  return {
    sentence: `No role of the source has a claim of the type ${type} for --permission-claim.`,
    lines: types.map((other) => `${count(other.claims, 'claim')} of the type ${other.type}`),
  };
}
