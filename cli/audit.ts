/**
 * The security events of the command line. The events of the Worker are in `src/log.ts`. `docs/log.md` explains both.
 *
 * @module
 */
import { toSafeJson } from './escape.ts';
import { printErrorLine } from './print.ts';

/** The names in these events come from the operator, so they are no secrets. */
export type OperatorEvent =
  | { event: 'password_set'; userId: string; userName: string }
  | { event: 'link_made'; link: 'invitation' | 'reset'; userId: string; userName: string }
  | { event: 'email_set'; userId: string; userName: string }
  | { event: 'role_set'; userId: string; userName: string; role: string }
  | { event: 'user_renamed'; userId: string; userName: string; newName: string }
  | { event: 'user_deleted'; userId: string; userName: string }
  | { event: 'users_exported'; exported: number }
  | { event: 'user_activated'; userId: string; userName: string }
  | { event: 'user_deactivated'; userId: string; userName: string }
  | {
      event: 'users_imported';
      source: string;
      created: number;
      updated: number;
      deactivated: number;
    }
  | { event: 'hashes_hardened'; hardened: number }
  | { event: 'name_unlocked'; userName: string }
  | { event: 'role_added'; role: string; admin: boolean }
  | { event: 'permissions_granted'; role: string; permissions: string[] }
  | { event: 'permissions_revoked'; role: string; permissions: string[] }
  | { event: 'module_added'; module: string };

/**
 * Writes the event to standard error, as one line of JSON. The sentence for people goes to standard output. So
 * `2>>audit.log` keeps the events, and the terminal still shows the sentence.
 */
export function audit(event: OperatorEvent): void {
  printErrorLine(toSafeJson(event));
}
