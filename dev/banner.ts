/**
 * The text that `npm run dev` prints when it is ready.
 *
 * @module
 */
import { DEMO_USERS } from './seed.ts';
import { DUMMY_TOKEN } from './siteverify.ts';

/** @param url the Worker listens there */
export function banner(url: string, isLocalDatabase: boolean, isTurnstileReal: boolean): string {
  const demoUsers = isLocalDatabase ? [demoUserTable(), ''] : [];
  const commands =
    isLocalDatabase && !isTurnstileReal
      ? [
          'Log in:',
          `  ${loginCommand(url)}`,
          'Use the token:',
          `  curl -s ${url}/api/Users/me --header "Authorization: Bearer $(${loginCommand(url)} | cut -d '"' -f 4)"`,
        ]
      : ['A login needs a user of your database, and a captcha solved at your Turnstile widget.'];
  return ['', `Portero listens on ${url}`, '', ...demoUsers, ...commands, ''].join('\n');
}

/** @param secrets a Worker needs them to use these services */
export function servicesBanner(secrets: Record<string, string>): string {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
  const text = [
    '',
    'The local services listen. For `npx wrangler dev`, put this into .dev.vars:',
    '',
  ];
  return [...text, ...lines, ''].join('\n');
}

function demoUserTable(): string {
  const rows = DEMO_USERS.map(
    ({ userName, password, role, active }) =>
      `  ${userName.padEnd(9)} ${password.padEnd(14)} ${active ? role : `${role}, inactive`}`,
  );
  return ['Demo users:', ...rows].join('\n');
}

function loginCommand(url: string): string {
  const [demo] = DEMO_USERS;
  const body = { UserName: demo?.userName, Password: demo?.password, CaptchaToken: DUMMY_TOKEN };
  return `curl -s ${url}/api/Auth --header 'Content-Type: application/json' --data '${JSON.stringify(body)}'`;
}
