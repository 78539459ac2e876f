/**
 * The roles that Portero has, with their permissions.
 *
 * @module
 */
import { sql } from 'drizzle-orm';
import type { Permission } from '#portero/internal/permission.ts';
import type { DatabaseAddress } from '../../../src/db/database-address.ts';
import { roles } from '../../../src/db/schema.ts';
import { normalizeUserName } from '../../../src/user-name.ts';
import { connectTo } from '../connect-to.ts';

export interface PorteroRole {
  id: number;
  name: string;
  isAdmin: boolean;
  permissions: Permission[];
}

/** Portero's own modules. With a permission on one of them, a user administrates Portero. */
export const OWN_MODULES: readonly string[] = ['users', 'roles', 'modules', 'audit'];

export function isAdministrative(permission: Permission): boolean {
  return OWN_MODULES.includes(permission.split('.')[0] ?? '');
}

export class PorteroRoles {
  readonly #roles: PorteroRole[];

  constructor(known: PorteroRole[]) {
    this.#roles = known;
  }

  static async read(database: DatabaseAddress): Promise<PorteroRoles> {
    const { rows } = await (await connectTo(database)).execute<
      Record<keyof PorteroRole, unknown>
    >(sql`
      select id, name, is_admin as "isAdmin", array_to_json(array(
        select module_key || '.' || action from role_grants where role_id = roles.id order by 1
      )) as permissions from ${roles}`);
    return new PorteroRoles(rows as unknown as PorteroRole[]);
  }

  /** The role of exactly this name. An operator names a role so. */
  named(name: string): PorteroRole | undefined {
    return this.#roles.find((role) => role.name === name);
  }

  /** The role that a role of an old system becomes: Identity compares names without regard to case. */
  like(name: string): PorteroRole | undefined {
    const normalized = normalizeUserName(name);
    return (
      this.named(name) ?? this.#roles.find((role) => normalizeUserName(role.name) === normalized)
    );
  }
}
