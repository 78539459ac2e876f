/**
 * Everything that an import will do, before it does anything.
 *
 * @module
 */
import type { Target } from '../database.ts';
import type { ImportOptions } from './options.ts';
import { findUnwantedAdministrators } from './roles/administrators.ts';
import { type GrantPlan, planGrants } from './roles/grant-plan.ts';
import type { PermissionMap } from './roles/permission-map.ts';
import type { PlannedRole } from './roles/planned-role.ts';
import type { PorteroRoles } from './roles/portero-roles.ts';
import { planRoles } from './roles/role-plan.ts';
import { findLongTokens } from './roles/token-size.ts';
import { knowledgeOf, type Reading } from './staging/read-source.ts';
import type { Staging } from './staging/staging.ts';
import { findTenants } from './staging/tenants.ts';
import type { Stop } from './stop.ts';
import { findDamage } from './users/damaged-rows.ts';
import { findImplausible, findMissingUsers, type MissingUsers } from './users/missing-users.ts';
import { explainActiveRejected } from './users/rejected-users.ts';
import { planUsers } from './users/user-plan.ts';
import { decideWhoMayLogIn, findSecondFactors } from './users/who-may-log-in.ts';

export interface ImportPlan {
  roles: PlannedRole[];
  grants: GrantPlan['grants'];
  missing: MissingUsers;
  /** What has to be decided first. With one of these, nothing is written. */
  stops: Stop[];
  /** Sentences for the operator. */
  notices: string[];
}

export interface PlanInput {
  staging: Staging;
  reading: Reading;
  options: ImportOptions;
  portero: PorteroRoles;
  map: PermissionMap;
  target: Target;
  /** Milliseconds since 1970. */
  now: number;
}

/** Reads from both databases, and sets role, active flag and outcome of every user in the staging database. */
export async function planImport(input: PlanInput): Promise<ImportPlan> {
  const { staging, reading, options, portero, target, now } = input;
  const { database } = target;
  const damage = findDamage(staging, reading, options);
  const roles = planRoles(input);
  const grants = planGrants(input, roles.roles);
  const stops = [
    ...damage.stops,
    ...findTenants(staging, reading.otherTenants, options),
    ...roles.stops,
    ...findUnwantedAdministrators(staging, roles, options, portero),
    ...grants.stops,
    ...(await findLongTokens(staging, database, portero, grants.grants)),
    ...findSecondFactors(staging, options),
    ...decideWhoMayLogIn(staging, reading, options, now),
  ];
  const missing = options.deactivateMissing
    ? await findMissingUsers(staging, database, options.source)
    : NOBODY;
  stops.push(...findImplausible(staging, missing, options));
  // Every user of Portero is looked up for it, so it waits until the import can go on.
  const rejected: string[] = [];
  if (stops.length === 0) {
    await planUsers(staging, database, options, knowledgeOf(reading, options));
    rejected.push(...(await explainActiveRejected(staging, database)));
  }
  return {
    roles: [...roles.roles.values()],
    grants: grants.grants,
    missing,
    stops,
    notices: [...damage.notices, ...grants.notices, ...rejected],
  };
}

const NOBODY: MissingUsers = { users: [], known: 0 };
