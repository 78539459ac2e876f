/**
 * Turns the Worker's log into lines for a person at a terminal.
 *
 * @module
 */
import { stripVTControlCharacters } from 'node:util';
import type { LogEvent, LoginDetails } from '../src/log.ts';

/**
 * Makes a readable line of a line that `wrangler dev` has printed.
 *
 * @returns `null` for a line that says nothing new: a blank line, or wrangler's own line for a login
 */
export function readableLine(line: string): string | null {
  const text = stripVTControlCharacters(line);
  if (text.trim() === '') return null;
  const event = parseEvent(text);
  if (event?.event === 'login') return loginLine(event.status, event.reason, event);
  if (event?.event === 'token_refused') return `(unknown)  401  token_refused (${event.reason})`;
  if (event?.event === 'settings_refused') {
    return event.faults.map(({ setting, problem }) => `${setting} ${problem}`).join('\n');
  }
  if (event?.event === 'settings_left_out') {
    return event.faults.map(({ setting, problem }) => `Left out: ${setting} ${problem}`).join('\n');
  }
  if (event?.event === 'name_locked') {
    return `${event.userName ?? '(unknown)'}  locked for ${event.minutes} min`;
  }
  if (event?.event === 'rate_limit_off') {
    return `The limit of logins per ${event.limit} is off: ${event.fault}`;
  }
  const [, request] = /^\[wrangler:info\] (.*)/.exec(text) ?? [];
  if (request === undefined) return line;
  return LOGGED_REQUEST.test(request) ? null : request;
}

/** Wrangler's line for a login that also has an event `login`. A login that failed unexpectedly has no such event. */
const LOGGED_REQUEST = /^POST \/api\/auth\/? (?!404|405|500)/i;

/** `jdoe  401  wrong_password  captcha 3 ms · sql 2 ms · hash 231 ms` */
function loginLine(status: number, reason: string, details: LoginDetails): string {
  const { userName = '(unknown)', captchaErrors = [], sqlState, ...stages } = details;
  const causes = [...captchaErrors, sqlState].filter((cause) => cause !== undefined).join(', ');
  const timings = [
    ['captcha', stages.captchaMs],
    ['sql', stages.sqlMs],
    ['hash', stages.hashMs],
  ].flatMap(([stage, ms]) => (ms === undefined ? [] : `${stage} ${ms} ms`));
  const why = causes === '' ? reason : `${reason} (${causes})`;
  return [userName, status, why, timings.join(' · ')].join('  ').trimEnd();
}

/** Wrangler puts a prefix before an event that was logged as an error: `✘ [ERROR] {"event":…}`. */
function parseEvent(line: string): LogEvent | null {
  const [json] = /\{"event":.*\}$/.exec(line.trimEnd()) ?? [];
  if (json === undefined) return null;
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
