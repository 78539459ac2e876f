/**
 * The settings of `npm run dev`: those of `.dev.vars` and the environment. Local stand-ins replace what is missing.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { MIN_SECRET_BYTES } from '#portero/internal/signing-key.ts';
import { DATABASE_URL_FORM, isLoopback, parseDatabaseUrl } from '../src/db/database-url.ts';
import { isTestSecret, TEST_SECRETS } from '../src/turnstile/test-keys.ts';

/** Wrangler hands over only the secrets that `wrangler.toml` requires. These settings it hands over as variables. */
const VARIABLES = ['JWT_SECRET_PREVIOUS', 'JWT_SECRET_PREVIOUS_UNTIL', 'TURNSTILE_SITE_KEY'];

const SECRETS = ['DATABASE_URL', 'TURNSTILE_SECRET_KEY', 'JWT_SECRET'] as const;

export interface Plan {
  /** A database elsewhere, or the port of the local one. 0 is any free port. */
  database: { url: string } | { port: number };
  turnstileSecretKey: string;
  isTurnstileReal: boolean;
  jwtSecret: string;
  /** The settings that are no required secrets: the site key, and a second key while keys are rotated. */
  variables: Record<string, string>;
}

/** A setting cannot be used. The sentence says for people what to do. */
type PlanResult<T> = Result<T, 'setting_refused', { sentence: string }>;

/**
 * Reads the settings.
 *
 * @param root the checkout
 * @param folder keeps the development secret
 * @param environment wins over `.dev.vars`, as in wrangler itself
 */
export function makePlan(
  root: string,
  folder: string,
  environment: Record<string, string | undefined>,
): PlanResult<Plan> {
  const devVars = join(root, '.dev.vars');
  const file = existsSync(devVars) ? parseEnv(readFileSync(devVars, 'utf8')) : {};
  const settingOf = (name: string) => environment[name] || file[name] || undefined;
  const [databaseUrl, turnstileSecret, jwtSecret] = SECRETS.map(settingOf);
  const variables = VARIABLES.flatMap((name) => {
    const value = settingOf(name);
    return value === undefined ? [] : [[name, value]];
  });
  const planned = databaseUrl === undefined ? succeed({ port: 0 }) : planDatabase(databaseUrl);
  if (!planned.ok) return planned;
  const database = planned.value;
  const isTurnstileReal = turnstileSecret !== undefined && !isTestSecret(turnstileSecret);
  if ('url' in database && !isTurnstileReal) {
    return refuse(
      'DATABASE_URL is not on this machine, where no Turnstile test secret is accepted: ' +
        'set TURNSTILE_SECRET_KEY too, or leave DATABASE_URL out to use the local database.',
    );
  }
  return succeed({
    database,
    turnstileSecretKey: turnstileSecret ?? TEST_SECRETS.passes,
    isTurnstileReal,
    jwtSecret: jwtSecret ?? developmentSecret(folder),
    variables: Object.fromEntries(variables),
  });
}

function planDatabase(databaseUrl: string): PlanResult<Plan['database']> {
  const url = parseDatabaseUrl(databaseUrl);
  if (url === undefined) return refuse(`DATABASE_URL is not of the form ${DATABASE_URL_FORM}.`);
  if (!isLoopback(url.hostname)) return succeed({ url: databaseUrl });
  if (url.port === '') return refuse('A loopback DATABASE_URL needs a port.');
  return succeed({ port: Number(url.port) });
}

const refuse = (sentence: string) => fail('setting_refused', { sentence });

/** Each checkout has a random secret of its own. So a token from one laptop opens nothing on another. */
function developmentSecret(folder: string): string {
  const path = join(folder, 'jwt-secret');
  const secret = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // A crash may have left less than all of it.
  if (secret.length >= MIN_SECRET_BYTES) return secret;
  const fresh = randomBytes(MIN_SECRET_BYTES).toString('base64url');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, fresh, { mode: 0o600 });
  return fresh;
}
