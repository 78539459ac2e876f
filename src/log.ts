/**
 * The log: one line of JSON for each event. Nothing secret goes in: no password, token, hash or
 * connection string, no message of a driver (it can hold a statement's parameters), and no name
 * that was typed for an unknown user, because people type passwords there.
 *
 * @module
 */
import type { DatabaseFault } from './db/fault.ts';
import type { RateLimitFault, RateLimits } from './rate-limit.ts';
import type { PasswordChangeReason, Refusal } from './refusal.ts';
import type { SettingFault } from './settings.ts';

/**
 * What can be logged; `docs/log.md` explains each event to who reads the log. Names and fields are
 * stable: alerts are built on them.
 */
export type LogEvent =
  | ({ event: 'login'; status: number; reason: 'success' | Refusal } & LoginDetails)
  | { event: 'name_locked'; minutes: number; address?: string; userId?: string; userName?: string }
  | { event: 'success_not_recorded'; userId: string; fault: DatabaseFault; sqlState?: string }
  | { event: 'password_rehashed'; userId: string }
  | {
      event: 'password_not_rehashed';
      userId: string;
      fault: DatabaseFault | 'isolate_busy';
      sqlState?: string;
    }
  | { event: 'token_refused'; reason: string; address?: string }
  | {
      event: 'password_change';
      status: number;
      reason: 'success' | PasswordChangeReason;
      userId: string;
      address?: string;
      sqlState?: string;
    }
  | { event: 'users_not_read'; fault: DatabaseFault; sqlState?: string }
  | { event: 'rate_limit_off'; limit: keyof RateLimits; fault: RateLimitFault }
  | { event: 'settings_refused'; faults: SettingFault[] }
  | { event: 'pruned'; names: number; foreignLayers: number }
  | { event: 'not_pruned'; fault: DatabaseFault; sqlState?: string }
  | { event: 'unexpected_error'; error: string; stack: string[] };

/** What is known of a login when it is answered. Milliseconds are whole. */
export interface LoginDetails {
  /** The client's, where Cloudflare has reported it. */
  address?: string;
  /** Absent for an unknown user. */
  userId?: string;
  /** As stored, never as typed; absent for an unknown user. */
  userName?: string;
  /** How many attempts on the name count at the moment: this one too, unless it came too late to. */
  attempts?: number;
  /** Siteverify's `error-codes`. */
  captchaErrors?: string[];
  /** PostgreSQL's SQLSTATE, where it answered with an error. */
  sqlState?: string;
  /** How long each stage took; absent where it was not reached. */
  captchaMs?: number;
  sqlMs?: number;
  hashMs?: number;
}

export function log(event: LogEvent): void {
  const line = JSON.stringify(event);
  if (isFault(event)) console.error(line);
  else console.log(line);
}

/** Logs an error that nobody has foreseen, without its message: that could hold anything. */
export function logUnexpected(error: unknown): void {
  const { name, stack, message } = error instanceof Error ? error : new Error();
  const frames = (stack ?? '').replace(message, '').match(/^\s+at .*$/gm) ?? [];
  log({ event: 'unexpected_error', error: name, stack: frames.map((line) => line.trim()) });
}

/** Whether an operator should look, because the service itself is at fault. */
function isFault(event: LogEvent): boolean {
  switch (event.event) {
    case 'login':
    case 'password_change':
      return event.status >= 500;

    case 'name_locked':
    case 'token_refused':
    case 'password_rehashed':
    case 'pruned':
      return false;

    case 'success_not_recorded':
    case 'password_not_rehashed':
    case 'users_not_read':
    case 'rate_limit_off':
    case 'settings_refused':
    case 'not_pruned':
    case 'unexpected_error':
      return true;
  }
}
