/**
 * The schema of the environment: every setting, but for the origins and the keys.
 *
 * @module
 */
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import {
  type DatabaseAddress,
  isOnThisMachine,
  readDatabaseAddress,
} from '../db/database-address.ts';
import { type AddedClaims, readAddedClaims } from '../token/added-claims.ts';
import { isTestSecret } from '../turnstile/test-keys.ts';
import type { SettingFault } from './fault.ts';
import { OTHER_KEY_SETTINGS } from './keys.ts';
import { mailEntries } from './mail.ts';

// Every message is written here, because valibot's own messages quote the value.
const required = v.string('is missing');
const text = v.string('is not a string');

/** Blanks around it are not part of it. Keys, the issuer and the audience are taken as they are. */
const trimmed = v.pipe(text, v.trim());

/** Hostnames, separated by commas or white space. */
const Hostnames = v.pipe(
  text,
  v.transform((list) => list.toLowerCase().split(/[\s,]+/)),
  v.mapItems((hostname) => hostname.replace(/\/+$/, '')),
  v.filterItems((hostname) => hostname !== ''),
  v.everyItem(
    (hostname) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(hostname),
    'is not a list of hostnames without scheme or port, comma-separated',
  ),
);

/** A whole number. `wrangler.toml` may have it with or without quotation marks. */
function wholeNumber(lowest: number, highest: number) {
  const problem = `is not a whole number from ${lowest} to ${highest}`;
  return v.pipe(
    v.union([trimmed, v.number()], problem),
    v.check((value) => /^\d{1,9}$/.test(String(value)), problem),
    v.transform(Number),
    v.minValue(lowest, problem),
    v.maxValue(highest, problem),
  );
}

const rateLimit = v.optional(
  v.custom<RateLimit>(
    (binding) => typeof (binding as Partial<RateLimit> | null)?.limit === 'function',
    'is not a rate limiting binding',
  ),
);

/** NIST SP 800-63B-4, section 3.2.2: no more than 100 failures in a row. */
const MAX_LOCKOUT_FAILURES = 100;

/** A day. */
const MAX_LOCKOUT_MINUTES = 24 * 60;

/** With more, a hash could take longer than `UNDECIDED_SECONDS` of `db/lockout.ts`. On a slow machine each takes 250 ms. */
const MAX_HASH_CAPACITY = 20;

/** A day, because others may read a mailbox later. */
const MAX_RESET_HOURS = 24;

/** A month, because a new colleague may begin later. */
const MAX_INVITATION_HOURS = 31 * 24;

/** How long the links are good that set a password. */
export const LINK_HOURS = {
  RESET_HOURS: v.optional(wholeNumber(1, MAX_RESET_HOURS), 1),
  INVITATION_HOURS: v.optional(wholeNumber(1, MAX_INVITATION_HOURS), 72),
};

/** The JSON, or a table of `wrangler.toml`. */
const TokenClaims = v.pipe(
  v.optional(v.unknown(), {}),
  v.rawTransform(({ dataset, addIssue, NEVER }): AddedClaims => {
    const claims = readAddedClaims(dataset.value);
    if (claims.ok) return claims.value;
    addIssue({ message: claims.details.problem });
    return NEVER;
  }),
);

const entries = {
  DATABASE_URL: v.pipe(required, v.trim()),
  NEON_ENDPOINT: v.optional(trimmed),
  TURNSTILE_SECRET_KEY: v.pipe(required, v.trim()),
  TURNSTILE_SITE_KEY: v.optional(trimmed),
  TURNSTILE_HOSTNAMES: v.optional(Hostnames, ''),
  TURNSTILE_ACTION: v.optional(
    v.pipe(trimmed, v.regex(/^[A-Za-z0-9_-]{1,32}$/, 'is not a Turnstile action')),
  ),
  JWT_ISSUER: required,
  JWT_AUDIENCE: required,
  TOKEN_CLAIMS: TokenClaims,
  LOGINS_PER_ADDRESS: rateLimit,
  LOGINS_PER_NAME: rateLimit,
  LOCKOUT_FAILURES: v.optional(wholeNumber(1, MAX_LOCKOUT_FAILURES), 5),
  LOCKOUT_MINUTES: v.optional(wholeNumber(1, MAX_LOCKOUT_MINUTES), 5),
  HASH_CAPACITY: v.optional(wholeNumber(1, MAX_HASH_CAPACITY), 16),
  ...LINK_HOURS,
  ...mailEntries(trimmed),
};

/** The settings that `cors-origins.ts` and `keys.ts` read. */
const READ_ELSEWHERE = ['CORS_ORIGINS', 'JWT_SECRET', 'JWT_PRIVATE_KEY', ...OTHER_KEY_SETTINGS];

const BINDINGS = ['LOGINS_PER_ADDRESS', 'LOGINS_PER_NAME', 'EMAIL'];

/** The names of all settings that are texts. */
export const SETTING_NAMES: readonly string[] = [
  ...Object.keys(entries).filter((name) => !BINDINGS.includes(name)),
  ...READ_ELSEWHERE,
];

const hasTestSecret = (env: { TURNSTILE_SECRET_KEY: string }) =>
  isTestSecret(env.TURNSTILE_SECRET_KEY);

const Schema = v.pipe(
  v.object(entries, 'is missing'),
  // A forgotten test secret would let every bot in. So a test secret is accepted only if the database is on this machine.
  // That needs no development flag, which somebody could forget.
  v.forward(
    v.check(
      (env) => !hasTestSecret(env) || (!env.NEON_ENDPOINT && isOnThisMachine(env.DATABASE_URL)),
      'is a test secret, which is accepted only beside a loopback DATABASE_URL',
    ),
    ['TURNSTILE_SECRET_KEY'],
  ),
  v.forward(
    v.check((env) => hasTestSecret(env) || !!env.TURNSTILE_SITE_KEY, 'is missing'),
    ['TURNSTILE_SITE_KEY'],
  ),
  v.forward(
    v.check((env) => hasTestSecret(env) || env.TURNSTILE_HOSTNAMES.length > 0, 'is missing'),
    ['TURNSTILE_HOSTNAMES'],
  ),
);

/** The environment, checked. */
export interface Environment extends v.InferOutput<typeof Schema> {
  /** Where `DATABASE_URL` and `NEON_ENDPOINT` lead. */
  database: DatabaseAddress;
}

/** @param env the environment without its blank settings */
export function checkEnvironment(
  env: Record<string, unknown>,
): Result<Environment, 'settings_refused', { faults: SettingFault[] }> {
  const result = v.safeParse(Schema, env);
  const database = readDatabaseAddress(textOf(env.DATABASE_URL), textOf(env.NEON_ENDPOINT));
  if (result.success && database.ok) return succeed({ ...result.output, database: database.value });
  const faults = (result.issues ?? []).map(toFault);
  const isNamed = (setting: string) => faults.some((fault) => fault.setting === setting);
  if (!database.ok && !isNamed(database.details.setting)) faults.push(database.details);
  return fail('settings_refused', { faults });
}

/** The schema has its own sentence for a setting that is no text. */
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

function toFault(issue: v.BaseIssue<unknown>): SettingFault {
  return { setting: String(issue.path?.[0]?.key), problem: issue.message };
}
