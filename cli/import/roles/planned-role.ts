/**
 * The roles of an import, and what they are planned from.
 *
 * @module
 */
import type { ImportOptions } from '../options.ts';
import type { Staging } from '../staging/staging.ts';
import type { PorteroRoles } from './portero-roles.ts';

export interface RoleContext {
  staging: Staging;
  options: ImportOptions;
  portero: PorteroRoles;
}

/** A role that users of the source have, or that comes along without users. */
export interface PlannedRole {
  /** As Portero spells it. */
  name: string;
  isAdmin: boolean;
  /** It is not in Portero yet. */
  isNew: boolean;
  /** The keys of the roles in the source that it stands for. */
  keys: string[];
  /** Of a combination: the names of its roles. */
  parts: string[];
}
