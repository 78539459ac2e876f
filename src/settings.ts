/**
 * The settings: the environment, read and checked in one place. The runtime hands over an `Env`. The checked values are
 * `Settings`.
 *
 * A faulty setting stops logins. Only a faulty entry of `CORS_ORIGINS` and a faulty key that signs nothing are left out
 * instead: a web app or some tokens are refused then, which lets nobody in. Where a setting of mail is missing, there is no mail.
 *
 * To add a setting, put it into `settings/environment.ts` and into `Settings` and `toSettings` here, into `wrangler.toml`,
 * and into the README's table of variables. A secret goes into `.dev.vars.example` and the table of secrets instead. Then
 * run `npm run generate`, which writes the type `Env`.
 *
 * @module
 */
import type { Issuance } from '#portero/internal/claims.ts';
import { createJwtVerifier, type JwtVerifier } from '#portero/internal/jwt-verifier.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { VerificationKey } from '#portero/internal/verification-key.ts';
import { type DatabaseAddress, sqlEndpoint } from './db/database-address.ts';
import type { Lockout } from './db/lockout.ts';
import type { RateLimits } from './http/flood-limits.ts';
import { log } from './log.ts';
import type { MailSettings } from './mail/send-mail.ts';
import { type CorsOrigins, parseCorsOrigins } from './settings/cors-origins.ts';
import { checkEnvironment, type Environment } from './settings/environment.ts';
import type { SettingFault } from './settings/fault.ts';
import { type Keys, readKeys } from './settings/keys.ts';
import { missingForMail, toMailSettings } from './settings/mail.ts';
import type { AddedClaims } from './token/added-claims.ts';
import type { SigningKey } from './token/sign.ts';
import {
  isTestSecret,
  isTestSiteKey,
  TEST_HOSTNAME,
  TEST_SITE_KEYS,
} from './turnstile/test-keys.ts';
import type { TurnstileSettings } from './turnstile/verify-captcha.ts';

export interface Settings {
  database: DatabaseAddress;
  turnstile: TurnstileSettings;
  issuance: Issuance;
  signingKey: SigningKey;
  /** Accepts the tokens of the signing key, and of others while keys are replaced. */
  jwtVerifier: JwtVerifier;
  /** The claims of `TOKEN_CLAIMS`. */
  addedClaims: AddedClaims;
  rateLimits: RateLimits;
  lockout: Lockout;
  /** The most hashes that one isolate takes on. */
  hashCapacity: number;
  /** `undefined` where mail is not set up. */
  mail: MailSettings | undefined;
  /** How long the link of a forgotten password is good. */
  resetHours: number;
}

type Checkable<T> = Result<T, 'settings_refused', { faults: SettingFault[] }>;
type SettingsResult = Checkable<Settings>;
type KeysResult = Checkable<VerificationKey[]>;

interface Checked {
  settings: SettingsResult;
  verificationKeys: KeysResult;
}

/**
 * Checks every setting and imports the keys. The result is kept for the life of the isolate. What is left out is logged
 * once in it.
 *
 * @param env the bindings of the Worker: the same object for the life of an isolate
 */
export async function readSettings(env: object): Promise<SettingsResult> {
  return (await readOnce(env)).settings;
}

/**
 * Reads every key that verifies tokens, whatever is wrong with other settings: the services that fetch the public keys need
 * nothing else.
 *
 * @param env the bindings of the Worker
 */
export async function readVerificationKeys(env: object): Promise<KeysResult> {
  return (await readOnce(env)).verificationKeys;
}

async function readOnce(env: object): Promise<Checked> {
  const known = results.get(env);
  if (known !== undefined) return known;
  const { leftOut, ...checked } = await checkSettings(env);
  // Another request may have been faster.
  const earlier = results.get(env);
  if (earlier !== undefined) return earlier;
  results.set(env, checked);
  if (leftOut.length > 0) log({ event: 'settings_left_out', faults: leftOut });
  return checked;
}

/**
 * It keeps results and not promises, because a promise dies with the request that made it. Every later request would wait
 * for it for ever.
 */
const results = new WeakMap<object, Checked>();

/**
 * Reads the origins that may call the service from a browser, whatever is wrong with other settings. Never throws.
 *
 * @param env the bindings of the Worker
 * @returns entries for `isAllowedOrigin`
 */
export function readCorsOrigins(env: object): string[] {
  return corsOf(env).origins;
}

function corsOf(env: object): CorsOrigins {
  const known = corsOrigins.get(env);
  if (known !== undefined) return known;
  const parsed = parseCorsOrigins((env as Record<string, unknown>).CORS_ORIGINS);
  corsOrigins.set(env, parsed);
  return parsed;
}

const corsOrigins = new WeakMap<object, CorsOrigins>();

async function checkSettings(bindings: object): Promise<Checked & { leftOut: SettingFault[] }> {
  const env = withoutBlanks(bindings);
  const cors = corsOf(bindings);
  const { keys, leftOut: otherKeys } = await readKeys(env);
  const checked = checkEnvironment(env);
  const mailFaults = checked.ok ? missingForMail(checked.value) : [];
  const leftOut = [...cors.faults, ...otherKeys, ...mailFaults];
  const verificationKeys = keys.ok ? succeed(keys.value.verification) : keys;
  if (checked.ok && keys.ok) {
    return { settings: succeed(toSettings(checked.value, keys.value)), verificationKeys, leftOut };
  }
  const faults = [checked, keys].flatMap((part) => (part.ok ? [] : part.details.faults));
  return { settings: fail('settings_refused', { faults }), verificationKeys, leftOut };
}

function toSettings(env: Environment, { signing, verification }: Keys): Settings {
  const issuance = { issuer: env.JWT_ISSUER, audience: env.JWT_AUDIENCE };
  return {
    database: env.database,
    turnstile: turnstileSettings(env),
    issuance,
    signingKey: signing,
    jwtVerifier: createJwtVerifier({ keys: verification, issuance }),
    addedClaims: env.TOKEN_CLAIMS,
    rateLimits: { address: env.LOGINS_PER_ADDRESS, name: env.LOGINS_PER_NAME },
    lockout: { failures: env.LOCKOUT_FAILURES, minutes: env.LOCKOUT_MINUTES },
    hashCapacity: env.HASH_CAPACITY,
    mail: toMailSettings(env),
    resetHours: env.RESET_HOURS,
  };
}

/**
 * A blank setting is a missing one. `wrangler.toml` lists blank ones too, so that an operator sees what can be set. A blank
 * private key stays: a command that failed has set it, and the tokens of a secret are not what the operator wants.
 */
function withoutBlanks(env: object): Record<string, unknown> {
  const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === '';
  const entries = Object.entries(env);
  return Object.fromEntries(
    entries.filter(([name, value]) => name === 'JWT_PRIVATE_KEY' || !isBlank(value)),
  );
}

const SITEVERIFY_URL = 'https://challenges.cloudflare.com/turnstile/v0/siteverify';

/**
 * With a test secret, the widget has Cloudflare's published test values. Siteverify is then the stand-in that the local
 * database endpoint serves beside `/sql`.
 */
function turnstileSettings(env: Environment): TurnstileSettings {
  const secretKey = env.TURNSTILE_SECRET_KEY;
  if (isTestSecret(secretKey)) {
    const siteKey = env.TURNSTILE_SITE_KEY;
    return {
      siteKey: isTestSiteKey(siteKey) ? siteKey : TEST_SITE_KEYS[0], // a real widget's token would be refused
      secretKey,
      siteverifyUrl: new URL('/turnstile/v0/siteverify', sqlEndpoint(env.database)).href,
      hostnames: [TEST_HOSTNAME],
      action: undefined,
      isTestSecret: true,
    };
  }
  return {
    siteKey: env.TURNSTILE_SITE_KEY ?? '',
    secretKey,
    siteverifyUrl: SITEVERIFY_URL,
    hostnames: env.TURNSTILE_HOSTNAMES,
    action: env.TURNSTILE_ACTION,
    isTestSecret: false,
  };
}
