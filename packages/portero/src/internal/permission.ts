/**
 * Permissions: what a role may do with a module, written `{module key}.{action}`.
 *
 * @module
 */

/** `list` reads many records. `read` reads one. */
export const ACTIONS = ['create', 'update', 'delete', 'list', 'read'] as const;
export type Action = (typeof ACTIONS)[number];

/** A module and an action, such as `invoices.create`. */
export type Permission = `${string}.${Action}`;

/** The form of a module's key: `docs/permissions.md`. */
const MODULE_KEY = /^[a-z][a-z0-9-]{0,49}$/;

export function isModuleKey(text: string): boolean {
  return MODULE_KEY.test(text);
}

export function isPermission(text: unknown): text is Permission {
  if (typeof text !== 'string') return false;
  const [key = '', action, ...rest] = text.split('.');
  return isModuleKey(key) && ACTIONS.some((known) => known === action) && rest.length === 0;
}

/** For the public functions. @throws TypeError where the text is not a permission */
export function assertPermission(text: unknown): void {
  if (!isPermission(text)) {
    throw new TypeError(`${text} is not a permission such as invoices.create`);
  }
}

/** The claims that say what the caller may do. */
export interface Grants {
  /** Present for an administrator, who may do everything. */
  admin?: true;
  /** Sorted, without repeats. Absent for an administrator. */
  permissions?: string[];
}

/** Whether a caller may do something. The token alone decides. */
export function isPermitted({ admin, permissions = [] }: Grants, permission: Permission): boolean {
  return admin === true || permissions.includes(permission);
}
