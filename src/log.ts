/**
 * The log: one line of JSON for each event. Nothing secret goes in: no password, token, hash or
 * connection string, no message of a driver (it can hold a statement's parameters), and no name
 * that was typed for an unknown user, because people type passwords there.
 *
 * @module
 */
import type { DatabaseFault } from './db/fault.ts';
import type { Refusal } from './refusal.ts';
import type { SettingFault } from './settings.ts';

/** What can be logged. Milliseconds are whole; a stage that was not reached is absent. */
export type LogEvent =
  | ({ event: 'login'; status: number; reason: 'success' | Refusal } & LoginDetails)
  | { event: 'last_login_not_recorded'; userId: string; fault: DatabaseFault; sqlState?: string }
  | { event: 'token_refused'; reason: string }
  | { event: 'settings_refused'; faults: SettingFault[] }
  | { event: 'unexpected_error'; error: string; stack: string[] };

/** What is known of a login when it is answered. */
export interface LoginDetails {
  /** Absent for an unknown user. */
  userId?: string;
  /** As stored, never as typed; absent for an unknown user. */
  userName?: string;
  /** Siteverify's `error-codes`. */
  captchaErrors?: string[];
  /** PostgreSQL's SQLSTATE, where it answered with an error. */
  sqlState?: string;
  captchaMs?: number;
  sqlMs?: number;
  hashMs?: number;
}

export function log(event: LogEvent): void {
  const line = JSON.stringify(event);
  if (isFault(event)) console.error(line);
  else console.log(line);
}

/** Whether an operator should look: everything but a caller who was simply let in or refused. */
function isFault(event: LogEvent): boolean {
  if (event.event === 'login') return event.status >= 500;
  return event.event !== 'token_refused';
}
