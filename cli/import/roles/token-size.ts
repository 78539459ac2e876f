/**
 * Whether a token can hold what a role may do, for its longest user.
 *
 * @module
 */
import { MAX_TOKEN_LENGTH } from '#portero/internal/claims.ts';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { longestUser } from '../../grants.ts';
import { findLongList } from '../../long-list.ts';
import { readTokenClaims } from '../../token-claims.ts';
import {
  permissionBudget,
  permissionBytes,
  permissionCosts,
  type TokenUser,
} from '../../token-size.ts';
import { connectTo } from '../connect-to.ts';
import type { Staging } from '../staging/staging.ts';
import type { Stop } from '../stop.ts';
import type { PlannedGrants } from './grant-plan.ts';
import type { PorteroRoles } from './portero-roles.ts';

/** Stops where a user could log in and would get a token that no verifier reads. */
export async function findLongTokens(
  staging: Staging,
  database: DatabaseAddress,
  portero: PorteroRoles,
  grants: PlannedGrants[],
): Promise<Stop[]> {
  const stops: Stop[] = [];
  const claims = readTokenClaims();
  const costs = permissionCosts(claims);
  const newModules = grants.flatMap(({ permissions }) =>
    permissions.map((permission) => permission.split('.')[0] ?? ''),
  );
  const longList = await findLongList(await connectTo(database), newModules, claims);
  if (longList !== undefined) stops.push({ sentence: longList });
  for (const { role, ...user } of longestOfRoles(staging, grants)) {
    const known = portero.named(role);
    const planned = grants.find((grant) => grant.role.name === role)?.permissions ?? [];
    const permissions = new Set([...(known?.permissions ?? []), ...planned]);
    if (permissions.size === 0) continue;
    const present = known && (await longestUser(await connectTo(database), known.id));
    const users = [user, present].filter((one) => one !== undefined && one.id !== null);
    const budget = permissionBudget({ name: role, isAdmin: false }, users as TokenUser[], claims);
    if (permissionBytes([...permissions], costs) <= budget) continue;
    const sentence = `A token of the role ${role} could have more than ${MAX_TOKEN_LENGTH} characters: it would have ${permissions.size} permissions. --permission-map can leave some out.`;
    stops.push({ sentence });
  }
  return stops;
}

/** Every role that users get or that gets permissions, with its longest user of the source, where it has one. */
function longestOfRoles(staging: Staging, grants: PlannedGrants[]) {
  const rows = staging.all<{ role: string; id: string; userName: string }>(
    `select role, id, user_name as userName, max(octet_length(json_array(id, user_name)))
    from users where role is not null and problem is null group by role`,
  );
  const others = grants.filter(({ role }) => !rows.some((row) => row.role === role.name));
  return [...rows, ...others.map(({ role }) => ({ role: role.name, id: null, userName: null }))];
}
