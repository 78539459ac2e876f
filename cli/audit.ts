/**
 * The security events of the command line, beside the Worker's own in `src/log.ts`; `docs/log.md`
 * explains them.
 *
 * @module
 */

/** The name is the operator's word, which is no secret. */
export type OperatorEvent =
  | { event: 'password_set'; userId: string; userName: string }
  | { event: 'role_set'; userId: string; userName: string; role: string }
  | { event: 'user_activated'; userId: string; userName: string }
  | { event: 'user_deactivated'; userId: string; userName: string }
  | { event: 'users_imported'; added: number }
  | { event: 'hashes_hardened'; hardened: number }
  | { event: 'name_unlocked'; userName: string }
  | { event: 'role_added'; role: string; admin: boolean }
  | { event: 'permissions_granted'; role: string; permissions: string[] }
  | { event: 'permissions_revoked'; role: string; permissions: string[] }
  | { event: 'module_added'; module: string };

/** One line of JSON on standard error, so that `2>>audit.log` keeps it beside the sentence for people. */
export function audit(event: OperatorEvent): void {
  console.error(JSON.stringify(event));
}
