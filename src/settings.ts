/**
 * The settings: the environment, read and checked in one place. The runtime hands over an `Env`. The checked values are
 * `Settings`.
 *
 * To add a setting, put it into `Environment`, `Settings` and `toSettings` here, into `wrangler.toml`, and into the
 * README's table of variables. A secret goes into `.dev.vars.example` and the table of secrets instead. Then run
 * `npm run generate`, which writes the type `Env`.
 *
 * @module
 */
import * as v from 'valibot';
import type { Issuance } from '#portero/internal/claims.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import {
  importVerificationKeys,
  MIN_SECRET_BYTES,
  type SigningKey,
  type VerificationKey,
} from '#portero/internal/signing-key.ts';
import { DATABASE_URL_FORM, isOnThisMachine, parseDatabaseUrl } from './db/database-url.ts';
import type { Lockout } from './db/lockout.ts';
import type { RateLimits } from './http/flood-limits.ts';
import { isOriginPattern } from './http/origins.ts';
import {
  isTestSecret,
  isTestSiteKey,
  TEST_HOSTNAME,
  TEST_SITE_KEYS,
} from './turnstile/test-keys.ts';
import type { TurnstileSettings } from './turnstile/verify-captcha.ts';

export interface Settings {
  databaseUrl: string;
  turnstile: TurnstileSettings;
  issuance: Issuance;
  signingKey: SigningKey;
  /** The signing key. While keys are rotated, another key too. */
  verificationKeys: VerificationKey[];
  /** Entries that `isOriginPattern` has accepted. */
  corsOrigins: string[];
  rateLimits: RateLimits;
  lockout: Lockout;
  /** The most logins that one isolate handles at once. */
  hashCapacity: number;
}

/** A setting that is missing or unsafe. The problem is fixed text, and never holds the value. */
export interface SettingFault {
  setting: string;
  problem: string;
}

type SettingsResult = Result<Settings, 'settings_refused', { faults: SettingFault[] }>;

/**
 * Checks every setting and imports the keys. The result is kept for the life of the isolate.
 *
 * @param env the bindings of the Worker: the same object for the life of an isolate
 */
export async function readSettings(env: object): Promise<SettingsResult> {
  const known = results.get(env);
  if (known !== undefined) return known;
  const result = await checkSettings(env);
  results.set(env, result);
  return result;
}

/**
 * It keeps results and not promises, because a promise dies with the request that made it. Every later request would wait
 * for it for ever.
 */
const results = new WeakMap<object, SettingsResult>();

async function checkSettings(env: object): Promise<SettingsResult> {
  const result = v.safeParse(Environment, withoutBlanks(env));
  if (!result.success) return fail('settings_refused', { faults: result.issues.map(toFault) });
  return succeed(await toSettings(result.output));
}

async function toSettings(output: v.InferOutput<typeof Environment>): Promise<Settings> {
  const verificationKeys = await importVerificationKeys(output.JWT_SECRET, previousSecret(output));
  return {
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
}

/** A blank setting is a missing one. `wrangler.toml` lists blank ones too, so that an operator sees what can be set. */
function withoutBlanks(env: object): object {
  const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';
  return Object.fromEntries(Object.entries(env).filter(([, value]) => !isBlank(value)));
}

function toFault(issue: v.BaseIssue<unknown>): SettingFault {
  return { setting: String(issue.path?.[0]?.key), problem: issue.message };
}

const SITEVERIFY_URL = 'https://challenges.cloudflare.com/turnstile/v0/siteverify';

// Every message is written here, because valibot's own messages quote the value.
const required = v.string('is missing');
const text = v.string('is not a string');

const DatabaseUrl = v.pipe(
  required,
  v.check((url) => parseDatabaseUrl(url) !== undefined, `is not of the form ${DATABASE_URL_FORM}`),
  v.check((url) => !isOnThisMachine(url) || parseDatabaseUrl(url)?.port !== '', 'needs a port'),
);

/** A setting that holds several values, separated by commas. */
const list = v.pipe(
  text,
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

/** A whole number. `wrangler.toml` may have it with or without quotation marks. */
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

/** With more, a hash could take longer than `UNDECIDED_SECONDS` of `db/lockout.ts`. On a slow machine each takes 250 ms. */
const MAX_HASH_CAPACITY = 20;

const signingSecret = v.pipe(
  required,
  v.minBytes(MIN_SECRET_BYTES, `is shorter than ${MIN_SECRET_BYTES} bytes`),
);

/** RFC 3339 in UTC. A time of another zone is easily wrong by hours. */
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;

const utcTime = v.pipe(
  text,
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
      TURNSTILE_SITE_KEY: v.optional(text),
      TURNSTILE_HOSTNAMES: v.optional(Hostnames),
      TURNSTILE_ACTION: v.optional(
        v.pipe(text, v.regex(/^[A-Za-z0-9_-]{1,32}$/, 'is not a Turnstile action')),
      ),
      JWT_SECRET: signingSecret,
      JWT_SECRET_PREVIOUS: v.optional(signingSecret),
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
  // A forgotten test secret would let every bot in. So a test secret is accepted only if the database is on this machine.
  // That needs no development flag, which somebody could forget.
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
  // Neither is accepted without the other. A key without an end would be accepted for ever.
  v.forward(
    v.check((env) => !env.JWT_SECRET_PREVIOUS_UNTIL || !!env.JWT_SECRET_PREVIOUS, 'is missing'),
    ['JWT_SECRET_PREVIOUS'],
  ),
  v.forward(
    v.check((env) => !env.JWT_SECRET_PREVIOUS || !!env.JWT_SECRET_PREVIOUS_UNTIL, 'is missing'),
    ['JWT_SECRET_PREVIOUS_UNTIL'],
  ),
);

function previousSecret(env: v.InferOutput<typeof Environment>) {
  const { JWT_SECRET_PREVIOUS: secret, JWT_SECRET_PREVIOUS_UNTIL: until } = env;
  return secret === undefined || until === undefined ? undefined : { secret, until };
}

/**
 * With a test secret, the widget has Cloudflare's published test values. Siteverify is then the stand-in that the local
 * database endpoint serves beside `/sql`.
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
