/**
 * What `npm run dev` runs with: the settings in `.dev.vars` and the environment, completed by local
 * stand-ins.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { DATABASE_URL_FORM, isLoopback, parseDatabaseUrl } from '../src/db/database-url.ts';
import { MIN_SECRET_BYTES } from '../src/token/signing-key.ts';
import { isTestSecret, TEST_SECRETS } from '../src/turnstile-test-keys.ts';
import { OperatorError } from './operator-error.ts';

/** Wrangler hands over the secrets that `wrangler.toml` requires, and these only as variables. */
const VARIABLES = ['JWT_SECRET_PREVIOUS', 'JWT_SECRET_PREVIOUS_UNTIL', 'TURNSTILE_SITE_KEY'];

const SECRETS = ['DATABASE_URL', 'TURNSTILE_SECRET_KEY', 'JWT_SECRET'] as const;

export interface Plan {
  /** A database elsewhere, or the port for the local one (0 for any free one). */
  database: { url: string } | { port: number };
  turnstileSecretKey: string;
  isTurnstileReal: boolean;
  jwtSecret: string;
  /** Settings that are no required secrets: the second key, while keys are rotated, and the site key. */
  variables: Record<string, string>;
}

/**
 * @param root the checkout
 * @param folder where the development secret is kept
 * @param environment wins over `.dev.vars`, as in wrangler itself
 */
export function makePlan(
  root: string,
  folder: string,
  environment: Record<string, string | undefined>,
): Plan {
  const devVars = join(root, '.dev.vars');
  const file = existsSync(devVars) ? parseEnv(readFileSync(devVars, 'utf8')) : {};
  const settingOf = (name: string) => environment[name] || file[name] || undefined;
  const [databaseUrl, turnstileSecret, jwtSecret] = SECRETS.map(settingOf);
  const variables = VARIABLES.flatMap((name) => {
    const value = settingOf(name);
    return value === undefined ? [] : [[name, value]];
  });
  const database = databaseUrl === undefined ? { port: 0 } : planDatabase(databaseUrl);
  const isTurnstileReal = turnstileSecret !== undefined && !isTestSecret(turnstileSecret);
  if ('url' in database && !isTurnstileReal) {
    throw new OperatorError(
      'DATABASE_URL is not on this machine, where no Turnstile test secret is accepted: ' +
        'set TURNSTILE_SECRET_KEY too, or leave DATABASE_URL out to use the local database.',
    );
  }
  return {
    database,
    turnstileSecretKey: turnstileSecret ?? TEST_SECRETS.passes,
    isTurnstileReal,
    jwtSecret: jwtSecret ?? developmentSecret(folder),
    variables: Object.fromEntries(variables),
  };
}

function planDatabase(databaseUrl: string): Plan['database'] {
  const url = parseDatabaseUrl(databaseUrl);
  if (url === null) {
    throw new OperatorError(`DATABASE_URL is not of the form ${DATABASE_URL_FORM}.`);
  }
  if (!isLoopback(url.hostname)) return { url: databaseUrl };
  if (url.port === '') throw new OperatorError('A loopback DATABASE_URL needs a port.');
  return { port: Number(url.port) };
}

/** Random for every checkout, so that a token from one laptop opens nothing on another. */
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
