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
import { MIN_SECRET_BYTES } from '#portero/internal/secret-key.ts';
import {
  isOnThisMachine,
  parseDatabaseUrl,
  readDatabaseAddress,
} from '../src/db/database-address.ts';
import { SETTING_NAMES } from '../src/settings/environment.ts';
import { isTestSecret, TEST_SECRETS } from '../src/turnstile/test-keys.ts';
import { passwordOf } from './neon-endpoint.ts';

export interface Plan {
  /** A database elsewhere; or the port and the password of the local one. Port 0 is any free port. */
  database: { url: string } | { port: number; password?: string };
  isTurnstileReal: boolean;
  /** Every setting of the Worker that is set, but for `DATABASE_URL`. */
  settings: Record<string, string> & { TURNSTILE_SECRET_KEY: string; JWT_SECRET: string };
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
  const settings = Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const value = environment[name] || file[name];
      return value ? [[name, value]] : [];
    }),
  );
  const { DATABASE_URL, TURNSTILE_SECRET_KEY, JWT_SECRET, ...others } = settings;
  const planned = planDatabase(DATABASE_URL, settings.NEON_ENDPOINT);
  if (!planned.ok) return planned;
  const database = planned.value;
  const isTurnstileReal = TURNSTILE_SECRET_KEY !== undefined && !isTestSecret(TURNSTILE_SECRET_KEY);
  if ('url' in database && !isTurnstileReal) {
    return refuse(
      'DATABASE_URL is not on this machine, where no Turnstile test secret is accepted: ' +
        'set TURNSTILE_SECRET_KEY too, or leave DATABASE_URL out to use the local database.',
    );
  }
  return succeed({
    database,
    isTurnstileReal,
    settings: {
      ...others,
      TURNSTILE_SECRET_KEY: TURNSTILE_SECRET_KEY ?? TEST_SECRETS.passes,
      JWT_SECRET: JWT_SECRET ?? developmentSecret(folder),
    },
  });
}

function planDatabase(
  databaseUrl: string | undefined,
  neonEndpoint: string | undefined,
): PlanResult<Plan['database']> {
  if (databaseUrl === undefined && neonEndpoint === undefined) return succeed({ port: 0 });
  const database = readDatabaseAddress(databaseUrl, neonEndpoint);
  if (!database.ok) return refuse(`${database.details.setting} ${database.details.problem}.`);
  const address = database.value;
  if (typeof address === 'object') return succeed({ url: address.url });
  if (!isOnThisMachine(address)) return succeed({ url: address });
  const port = Number(parseDatabaseUrl(address)?.port);
  return succeed({ port, password: passwordOf(address) });
}

const refuse = (sentence: string) => fail('setting_refused', { sentence });

/** Each checkout has a random secret of its own. So a token from one laptop opens nothing on another. */
function developmentSecret(folder: string): string {
  const path = join(folder, 'jwt-secret');
  const secret = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // A crash may have left less than all of it.
  if (secret.length >= MIN_SECRET_BYTES) return secret;
  const fresh = randomBytes(MIN_SECRET_BYTES).toString('base64url');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, fresh, { mode: 0o600 });
  return fresh;
}
