/**
 * Turns the Worker's log into lines for a person at a terminal.
 *
 * @module
 */
import type { LogEvent, LoginDetails } from '../src/log.ts';

/**
 * One readable line for one line of `wrangler dev`'s output.
 *
 * @returns `null` for a line that says nothing new: wrangler's own line for a login
 */
export function readableLine(line: string): string | null {
  const event = parseEvent(line);
  if (event?.event === 'login') return loginLine(event.status, event.reason, event);
  if (event?.event === 'settings_refused') {
    return event.faults.map(({ setting, problem }) => `${setting} ${problem}`).join('\n');
  }
  const [, request] = /^\[wrangler:info\] (.*)/.exec(line) ?? [];
  if (request === undefined) return line;
  // A login that failed unexpectedly has no line of its own.
  return /^POST \/api\/auth\b(?!.* 500 )/i.test(request) ? null : request;
}

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

function parseEvent(line: string): LogEvent | null {
  if (!line.startsWith('{"event":')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
