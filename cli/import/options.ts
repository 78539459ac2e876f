/**
 * The options of `users import`.
 *
 * @module
 */

import { trimName } from '../../src/user-name.ts';
import { OperatorError } from '../operator-error.ts';

/** As the command line gives them. */
export interface ImportOptions {
  /** The role of users who have none. */
  role?: string;
  /** A column of users that has the role of each, in place of the tables of roles. */
  roleColumn?: string;
  /** Allows administrators' roles. */
  admin: boolean;
  /** The role of the source that is the administrators'. */
  adminRole?: string;
  /** Makes one role of each combination of roles. */
  combineRoles: boolean;
  /** Lets roles that are in Portero already have the grants of the source too. */
  mergeRoles: boolean;
  /** The type of the role claims that are permissions. */
  permissionClaim?: string;
  /** A file with the permissions that other spellings stand for. */
  permissionMap?: string;
  /** Allows grants on Portero's own modules. */
  grantAdministration: boolean;
  /** Columns that are true for users who may log in, and for users who may not. */
  activeColumn?: string[];
  inactiveColumn?: string[];
  /** Whether users log in whose address is not confirmed. */
  unconfirmed?: 'active' | 'inactive';
  dropSecondFactor: boolean;
  /** Leaves out hashes that Portero cannot verify. */
  dropOtherHashes: boolean;
  tenant?: string;
  usersTable?: string;
  /** The name of the old system, for the imports that follow. */
  source: string;
  encoding?: string;
  delimiter?: string;
  columns?: string;
  harden: boolean;
  /** Writes GUIDs as .NET does. */
  lowerCaseIds: boolean;
  /** Brings what has changed in the source. */
  update: boolean;
  deactivateMissing: boolean;
  /** Brings users again who were deleted in Portero. */
  restoreDeleted: boolean;
  dryRun: boolean;
  /** Does not ask. */
  yes: boolean;
  /** Overwrites files, and deactivates many users. */
  force: boolean;
  /** A file for the rejected rows. */
  rejects?: string;
  /** A file for all rows. */
  report?: string;
}

/** Takes the white space off the names, and refuses options that make no sense together. */
export function checkOptions(options: ImportOptions): ImportOptions {
  const { role, roleColumn, adminRole, permissionClaim, source } = options;
  if (options.permissionMap !== undefined && permissionClaim === undefined) {
    throw new OperatorError('--permission-map needs --permission-claim.');
  }
  if (adminRole !== undefined && roleColumn !== undefined) {
    throw new OperatorError(
      '--admin-role is for the tables of roles. With --role-column, the roles are those of Portero, and --admin is enough.',
    );
  }
  if (permissionClaim !== undefined && roleColumn !== undefined) {
    throw new OperatorError(
      '--permission-claim is for the tables of roles. With --role-column, the roles are those of Portero.',
    );
  }
  if (trimName(source) === '') throw new OperatorError('--source is blank.');
  return {
    ...options,
    role: trimmed(role),
    roleColumn: trimmed(roleColumn),
    adminRole: trimmed(adminRole),
    permissionClaim: trimmed(permissionClaim),
    source: sourceName(options),
  };
}

function trimmed(text: string | undefined): string | undefined {
  return text === undefined ? undefined : trimName(text);
}

/** The users of another tenant are not missing, so each tenant is an old system of its own. */
function sourceName({ source, tenant }: ImportOptions): string {
  const name = trimName(source);
  return tenant === undefined ? name : `${name}/${trimName(tenant).toLowerCase()}`;
}
