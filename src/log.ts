/**
 * The log: one line of JSON for each event.
 *
 * Nothing secret goes in: no password, token, hash or connection string. A driver's message stays out, because it can
 * hold the parameters of a statement. A name that was typed for an unknown user stays out, because people type passwords
 * into that field.
 *
 * @module
 */
import type {
  PasswordChangeReason,
  PasswordForgottenReason,
  PasswordLinkReason,
} from './account/answers.ts';
import type { LoginReason } from './answers.ts';
import type { DatabaseReason } from './db/failure.ts';
import type { LinkKind } from './db/password-links.ts';
import type { FloodLimitReason, RateLimits } from './http/flood-limits.ts';
import type { MailReason } from './mail/send-mail.ts';
import type { MailKind } from './mail/texts.ts';
import type { SettingFault } from './settings/fault.ts';

/**
 * The events. `docs/log.md` explains each of them to the people who read the log. Names and fields are stable, because
 * alerts depend on them.
 */
export type LogEvent =
  | ({ event: 'login'; status: number; reason: 'success' | LoginReason } & LoginDetails)
  | { event: 'name_locked'; minutes: number; address?: string; userId?: string; userName?: string }
  | { event: 'success_not_recorded'; userId: string; fault: DatabaseReason; sqlState?: string }
  | { event: 'password_rehashed'; userId: string }
  | {
      event: 'password_not_rehashed';
      userId: string;
      fault: DatabaseReason | 'isolate_busy';
      sqlState?: string;
    }
  | { event: 'claims_left_out'; userId: string }
  | { event: 'token_refused'; reason: string; address?: string }
  | {
      event: 'password_change';
      status: number;
      reason: 'success' | PasswordChangeReason;
      userId: string;
      address?: string;
      sqlState?: string;
    }
  | {
      event: 'password_link';
      status: number;
      reason: 'success' | PasswordLinkReason;
      userId?: string;
      address?: string;
      captchaErrors?: string[];
      sqlState?: string;
    }
  | {
      event: 'password_forgotten';
      status: number;
      reason: 'accepted' | PasswordForgottenReason;
      address?: string;
      captchaErrors?: string[];
      sqlState?: string;
    }
  | { event: 'link_made'; link: LinkKind; userId: string }
  | { event: 'link_not_made'; userId?: string; reason: NoLinkReason; sqlState?: string }
  | { event: 'mail_sent'; mail: MailKind; userId: string }
  | { event: 'mail_not_sent'; mail: MailKind; userId: string; fault: MailReason; code?: string }
  | { event: 'notices_not_sent'; fault: DatabaseReason; sqlState?: string }
  | { event: 'users_not_read'; fault: DatabaseReason; sqlState?: string }
  | { event: 'rate_limit_off'; limit: keyof RateLimits; fault: FloodLimitReason }
  | { event: 'settings_refused'; faults: SettingFault[] }
  | { event: 'settings_left_out'; faults: SettingFault[] }
  | {
      event: 'pruned';
      names: number;
      foreignLayers: number;
      links: number;
      requests: number;
      notices: number;
    }
  | { event: 'not_pruned'; fault: DatabaseReason; sqlState?: string }
  | { event: 'unexpected_error'; error: string; stack: string[] };

/** Why a forgotten password got no link, which its caller is not told. */
export type NoLinkReason =
  | 'asked_too_often'
  | 'impossible_user_name'
  | 'unknown_user'
  | 'inactive'
  | 'no_address'
  | 'address_not_confirmed'
  | 'too_many_links'
  | DatabaseReason;

/** What is known of a login when it is answered. Milliseconds are whole. */
export interface LoginDetails {
  /** The client's address, where Cloudflare has reported it. */
  address?: string;
  /** Absent for an unknown user. */
  userId?: string;
  /** As it is stored, never as it was typed. Absent for an unknown user. */
  userName?: string;
  /** How many attempts on the name count at the moment. This attempt is among them, unless it came too late. */
  attempts?: number;
  /** Siteverify's `error-codes`. */
  captchaErrors?: string[];
  /** PostgreSQL's SQLSTATE, where it answered with an error. */
  sqlState?: string;
  /** How long each stage took. Absent where the login did not reach the stage. */
  captchaMs?: number;
  sqlMs?: number;
  hashMs?: number;
}

export function log(event: LogEvent): void {
  const line = JSON.stringify(event);
  if (needsAnOperator(event)) console.error(line);
  else console.log(line);
}

/** Logs an error that nobody has foreseen. Its message stays out, because it could hold anything. */
export function logUnexpected(error: unknown): void {
  const { name, stack, message } = error instanceof Error ? error : new Error();
  const frames = (stack ?? '').replace(message, '').match(/^\s+at .*$/gm) ?? [];
  log({ event: 'unexpected_error', error: name, stack: frames.map((line) => line.trim()) });
}

/** Whether the service itself is at fault, so that an operator should look. */
function needsAnOperator(event: LogEvent): boolean {
  switch (event.event) {
    case 'login':
    case 'password_change':
    case 'password_link':
    case 'password_forgotten':
      return event.status >= 500;

    case 'link_not_made':
      return event.reason.startsWith('database_');

    case 'name_locked':
    case 'token_refused':
    case 'password_rehashed':
    case 'link_made':
    case 'mail_sent':
    case 'pruned':
      return false;

    case 'success_not_recorded':
    case 'password_not_rehashed':
    case 'claims_left_out':
    case 'users_not_read':
    case 'rate_limit_off':
    case 'settings_refused':
    case 'settings_left_out':
    case 'not_pruned':
    case 'mail_not_sent':
    case 'notices_not_sent':
    case 'unexpected_error':
      return true;
  }
}
