/**
 * Permissions: what a role may do with a module, written `{module key}.{action}`.
 *
 * @module
 */

/** `list` reads many records, `read` reads one. */
export const ACTIONS = ['create', 'update', 'delete', 'list', 'read'] as const;
