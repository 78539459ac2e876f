/**
 * The settings: the environment, read and checked in one place. What the runtime hands over is an
 * `Env`; what has been checked is `Settings`.
 *
 * @module
 */
import * as v from 'valibot';
import { isOriginPattern } from './cors.ts';
import { DATABASE_URL_FORM, isOnThisMachine, parseDatabaseUrl } from './db/database-url.ts';
import type { Lockout } from './db/lockout.ts';
import type { RateLimits } from './rate-limit.ts';
import type { Issuance } from './token/claims.ts';
import {
  importVerificationKeys,
  MIN_SECRET_BYTES,
  type SigningKey,
  type VerificationKey,
} from './token/signing-key.ts';
import type { TurnstileSettings } from './turnstile.ts';
import {
  isTestSecret,
  isTestSiteKey,
  TEST_HOSTNAME,
  TEST_SITE_KEYS,
} from './turnstile-test-keys.ts';

export interface Settings {
  databaseUrl: string;
  turnstile: TurnstileSettings;
  issuance: Issuance;
  signingKey: SigningKey;
  /** The signing key, and while keys are rotated another one. */
  verificationKeys: VerificationKey[];
  /** Origins that `isAllowedOrigin` reads. */
  corsOrigins: string[];
  rateLimits: RateLimits;
  lockout: Lockout;
  /** How many passwords an isolate hashes at a time. */
  hashCapacity: number;
}

/** A setting that is missing or unsafe. The problem is fixed text and never holds the value. */
export interface SettingFault {
  setting: string;
  problem: string;
}

export type SettingsVerdict =
  | { ok: true; settings: Settings }
  | { ok: false; faults: SettingFault[] };

/**
 * Checks every setting and imports the signing key.
 *
 * @param env the Worker's bindings; the same object for the life of an isolate
 */
export async function readSettings(env: object): Promise<SettingsVerdict> {
  const known = verdicts.get(env);
  if (known !== undefined) return known;
  const verdict = await checkSettings(env);
  verdicts.set(env, verdict);
  return verdict;
}

/**
 * Verdicts, not promises of them: a promise belongs to the request that made it, and one that was
 * cancelled half-way would leave every later request waiting.
 */
const verdicts = new WeakMap<object, SettingsVerdict>();

async function checkSettings(env: object): Promise<SettingsVerdict> {
  const result = v.safeParse(Environment, withoutBlanks(env));
  if (!result.success) return { ok: false, faults: result.issues.map(toFault) };
  const { output } = result;
  const verificationKeys = await importVerificationKeys(output.JWT_SECRET, previousKey(output));
  const settings = {
    databaseUrl: output.DATABASE_URL,
    turnstile: turnstileSettings(output),
    issuance: { issuer: output.JWT_ISSUER, audience: output.JWT_AUDIENCE },
    signingKey: verificationKeys[0],
    verificationKeys,
    corsOrigins: output.CORS_ORIGINS ?? [],
    rateLimits: { address: output.LOGINS_PER_ADDRESS, name: output.LOGINS_PER_NAME },
    lockout: { failures: output.LOCKOUT_FAILURES, minutes: output.LOCKOUT_MINUTES },
    hashCapacity: output.HASH_CAPACITY,
  };
  return { ok: true, settings };
}

/** A blank setting is a missing one: `wrangler.toml` has to name it all the same. */
function withoutBlanks(env: object): object {
  const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';
  return Object.fromEntries(Object.entries(env).filter(([, value]) => !isBlank(value)));
}

function toFault(issue: v.BaseIssue<unknown>): SettingFault {
  return { setting: String(issue.path?.[0]?.key), problem: issue.message };
}

const SITEVERIFY_URL = 'https://challenges.cloudflare.com/turnstile/v0/siteverify';

// Every message is given here: valibot's own would quote the value.
const required = v.string('is missing');
const optional = v.string('is not a string');

const DatabaseUrl = v.pipe(
  required,
  v.check((url) => parseDatabaseUrl(url) !== null, `is not of the form ${DATABASE_URL_FORM}`),
  v.check((url) => !isOnThisMachine(url) || parseDatabaseUrl(url)?.port !== '', 'needs a port'),
);

/** A setting that holds several values, separated by commas. */
const list = v.pipe(
  optional,
  v.transform((text) => text.split(',').map((item) => item.trim().toLowerCase())),
);

const Hostnames = v.pipe(
  list,
  v.everyItem(
    (hostname) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(hostname),
    'is not a list of hostnames without scheme or port, comma-separated',
  ),
);

const Origins = v.pipe(
  list,
  v.everyItem(
    isOriginPattern,
    'is not a list of origins such as https://app.example.org or https://*.example.org, comma-separated',
  ),
);

/** A whole number; `wrangler.toml` may have it with or without quotes. */
function wholeNumber(lowest: number, highest: number) {
  const problem = `is not a whole number from ${lowest} to ${highest}`;
  return v.pipe(
    v.union([v.string(), v.number()], problem),
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

/** With more at a time, a hash could outlast `UNDECIDED_SECONDS`: each takes 250 ms where it is slow. */
const MAX_HASH_CAPACITY = 20;

const secret = v.pipe(
  required,
  v.minBytes(MIN_SECRET_BYTES, `is shorter than ${MIN_SECRET_BYTES} bytes`),
);

/** RFC 3339 in UTC: a time of another zone is easily off by hours. */
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;

const utcTime = v.pipe(
  optional,
  v.check(
    (text) => UTC_TIME.test(text) && !Number.isNaN(Date.parse(text)),
    'is not a time in UTC such as 2030-01-31T12:00:00Z',
  ),
  v.transform((text) => Date.parse(text)),
);

const Environment = v.pipe(
  v.object(
    {
      DATABASE_URL: DatabaseUrl,
      TURNSTILE_SECRET_KEY: required,
      TURNSTILE_SITE_KEY: v.optional(optional),
      TURNSTILE_HOSTNAMES: v.optional(Hostnames),
      TURNSTILE_ACTION: v.optional(
        v.pipe(optional, v.regex(/^[A-Za-z0-9_-]{1,32}$/, 'is not a Turnstile action')),
      ),
      JWT_SECRET: secret,
      JWT_SECRET_PREVIOUS: v.optional(secret),
      JWT_SECRET_PREVIOUS_UNTIL: v.optional(utcTime),
      JWT_ISSUER: required,
      JWT_AUDIENCE: required,
      CORS_ORIGINS: v.optional(Origins),
      LOGINS_PER_ADDRESS: rateLimit,
      LOGINS_PER_NAME: rateLimit,
      LOCKOUT_FAILURES: v.optional(wholeNumber(1, MAX_LOCKOUT_FAILURES), 5),
      LOCKOUT_MINUTES: v.optional(wholeNumber(1, MAX_LOCKOUT_MINUTES), 5),
      HASH_CAPACITY: v.optional(wholeNumber(1, MAX_HASH_CAPACITY), 16),
    },
    'is missing',
  ),
  // A forgotten test secret would let every bot in. Beside a database on this machine there is no one
  // to protect, so this needs no development flag that somebody could leave on.
  v.forward(
    v.check(
      (env) => !isTestSecret(env.TURNSTILE_SECRET_KEY) || isOnThisMachine(env.DATABASE_URL),
      'is a test secret, which is accepted only beside a loopback DATABASE_URL',
    ),
    ['TURNSTILE_SECRET_KEY'],
  ),
  v.forward(
    v.check(
      (env) => isTestSecret(env.TURNSTILE_SECRET_KEY) || !!env.TURNSTILE_SITE_KEY,
      'is missing',
    ),
    ['TURNSTILE_SITE_KEY'],
  ),
  v.forward(
    v.check(
      (env) => isTestSecret(env.TURNSTILE_SECRET_KEY) || !!env.TURNSTILE_HOSTNAMES,
      'is missing',
    ),
    ['TURNSTILE_HOSTNAMES'],
  ),
  v.forward(
    v.check((env) => env.JWT_SECRET_PREVIOUS !== env.JWT_SECRET, 'is the same as JWT_SECRET'),
    ['JWT_SECRET_PREVIOUS'],
  ),
  // Neither without the other: a key without an end would be accepted for ever.
  v.forward(
    v.check((env) => !env.JWT_SECRET_PREVIOUS_UNTIL || !!env.JWT_SECRET_PREVIOUS, 'is missing'),
    ['JWT_SECRET_PREVIOUS'],
  ),
  v.forward(
    v.check((env) => !env.JWT_SECRET_PREVIOUS || !!env.JWT_SECRET_PREVIOUS_UNTIL, 'is missing'),
    ['JWT_SECRET_PREVIOUS_UNTIL'],
  ),
);

function previousKey(env: v.InferOutput<typeof Environment>) {
  const { JWT_SECRET_PREVIOUS: secret, JWT_SECRET_PREVIOUS_UNTIL: until } = env;
  return secret === undefined || until === undefined ? undefined : { secret, until };
}

/**
 * With a test secret, everything about the widget is what Cloudflare documents for it, and siteverify
 * is the stand-in that the local database endpoint answers beside `/sql`.
 */
function turnstileSettings(env: v.InferOutput<typeof Environment>): TurnstileSettings {
  const secretKey = env.TURNSTILE_SECRET_KEY;
  if (isTestSecret(secretKey)) {
    const siteKey = env.TURNSTILE_SITE_KEY;
    return {
      siteKey: isTestSiteKey(siteKey) ? siteKey : TEST_SITE_KEYS[0], // a real widget's token would be refused
      secretKey,
      siteverifyUrl: `http://${parseDatabaseUrl(env.DATABASE_URL)?.host}/turnstile/v0/siteverify`,
      hostnames: [TEST_HOSTNAME],
      action: undefined,
      isTestSecret: true,
    };
  }
  return {
    siteKey: env.TURNSTILE_SITE_KEY ?? '',
    secretKey,
    siteverifyUrl: SITEVERIFY_URL,
    hostnames: env.TURNSTILE_HOSTNAMES ?? [],
    action: env.TURNSTILE_ACTION,
    isTestSecret: false,
  };
}
