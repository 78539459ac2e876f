/**
 * The keys of the service: the one that signs tokens, and those that verify them.
 *
 * `JWT_PRIVATE_KEY` signs where it is set, and `JWT_SECRET` does elsewhere. While keys are replaced, others verify too:
 * `JWT_SECRET_PREVIOUS` and `JWT_PUBLIC_KEY_PREVIOUS` until their ends, and `JWT_PUBLIC_KEY_NEXT`.
 *
 * @module
 */
import {
  type KeyResult,
  type PublicKey,
  parseJwk,
  readPublicKey,
  refuseKey,
} from '#portero/internal/public-key.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import { importSecretKey, problemOfSecret } from '#portero/internal/secret-key.ts';
import type { VerificationKey } from '#portero/internal/verification-key.ts';
import { readPrivateKey } from '../token/private-key.ts';
import type { SigningKey } from '../token/sign.ts';
import type { SettingFault } from './fault.ts';
import { parseRfc3339Time } from './rfc3339-time.ts';

export interface Keys {
  signing: SigningKey;
  /** Every key that verifies. The key that signs is among them. */
  verification: VerificationKey[];
}

/** The keys that can be used, and what is wrong with the others. */
export interface KeySettings {
  keys: Result<Keys, 'settings_refused', { faults: SettingFault[] }>;
  /** Faulty keys that sign nothing are left out: their tokens are refused, and all logins go on working. */
  leftOut: SettingFault[];
}

/** The settings whose faulty values are left out. */
export const OTHER_KEY_SETTINGS = [
  'JWT_SECRET_PREVIOUS',
  'JWT_SECRET_PREVIOUS_UNTIL',
  'JWT_PUBLIC_KEY_PREVIOUS',
  'JWT_PUBLIC_KEY_PREVIOUS_UNTIL',
  'JWT_PUBLIC_KEY_NEXT',
];

/** @param env the environment without its blank settings */
export async function readKeys(env: Record<string, unknown>): Promise<KeySettings> {
  const current = await readSigningKey(env);
  const others = [
    await readKeyWithEnd(env, 'JWT_SECRET_PREVIOUS', readSecret),
    await readKeyWithEnd(env, 'JWT_PUBLIC_KEY_PREVIOUS', readPublic),
    await readNextKey(env),
  ];
  const leftOut = others.flatMap(({ faults }) => faults);
  if (!current.ok) return { keys: current, leftOut };

  const { signing, verification } = current.value;
  const known = [verification];
  for (const { setting, key } of others) {
    if (key === undefined) continue;
    if (known.some(({ id }) => id === key.id)) leftOut.push({ setting, problem: SAME_KEY });
    else known.push(key);
  }
  return { keys: succeed({ signing, verification: known }), leftOut };
}

const SAME_KEY = 'is the key of another setting: set the other key, or delete it';

/** The key that signs, and what verifies its tokens: the same secret, or the public key of the pair. */
async function readSigningKey({
  JWT_PRIVATE_KEY: privateKey,
  JWT_SECRET: secret,
}: Record<string, unknown>): Promise<
  Result<
    { signing: SigningKey; verification: VerificationKey },
    'settings_refused',
    { faults: SettingFault[] }
  >
> {
  const refuse = (setting: string, problem: string) =>
    fail('settings_refused', { faults: [{ setting, problem }] });
  if (privateKey !== undefined) {
    const pair = await readText(privateKey, readPrivateKey);
    if (!pair.ok) return refuse('JWT_PRIVATE_KEY', pair.details.problem);
    return succeed({ signing: pair.value.signing, verification: pair.value.publicKey });
  }
  if (secret === undefined) return refuse('JWT_SECRET', 'is missing');
  const key = await readText(secret, readSecret);
  if (!key.ok) return refuse('JWT_SECRET', key.details.problem);
  return succeed({ signing: key.value, verification: key.value });
}

/** A key that signs nothing. Without `key` it is not set, or cannot be used. */
interface OtherKey {
  setting: string;
  key?: VerificationKey;
  faults: SettingFault[];
}

/** A key without an end is refused too, because it would be accepted for ever. */
async function readKeyWithEnd(
  env: Record<string, unknown>,
  setting: string,
  read: (text: string) => Promise<KeyResult<VerificationKey>>,
): Promise<OtherKey> {
  const endSetting = `${setting}_UNTIL`;
  const { [setting]: value, [endSetting]: end } = env;
  if (value === undefined && end === undefined) return { setting, faults: [] };
  const key =
    value === undefined
      ? refuseKey(`is missing: set it, or delete ${endSetting}`)
      : await readText(value, read);
  const until = typeof end === 'string' ? parseRfc3339Time(end.trim()) : undefined;
  const faults = key.ok ? [] : [{ setting, problem: key.details.problem }];
  if (until === undefined) faults.push({ setting: endSetting, problem: problemOfEnd(end) });
  if (!key.ok || until === undefined) return { setting, faults };
  return { setting, key: { ...key.value, until }, faults };
}

function problemOfEnd(end: unknown): string {
  return end === undefined
    ? 'is missing: set the time until which the key verifies'
    : 'is not a time that exists, with its time zone: write one such as 2030-01-31T12:00:00Z';
}

/** It has no end: what it verifies, the key of the operator's own next step signs. */
async function readNextKey({
  JWT_PUBLIC_KEY_NEXT: next,
}: Record<string, unknown>): Promise<OtherKey> {
  const setting = 'JWT_PUBLIC_KEY_NEXT';
  if (next === undefined) return { setting, faults: [] };
  const key = await readText(next, readPublic);
  if (key.ok) return { setting, key: key.value, faults: [] };
  return { setting, faults: [{ setting, problem: key.details.problem }] };
}

async function readText<T>(
  value: unknown,
  read: (text: string) => Promise<KeyResult<T>>,
): Promise<KeyResult<T>> {
  return typeof value === 'string' ? read(value) : refuseKey('is not a string');
}

async function readSecret(text: string): Promise<KeyResult<VerificationKey>> {
  const problem = problemOfSecret(text);
  return problem === undefined ? succeed(await importSecretKey(text)) : refuseKey(problem);
}

async function readPublic(text: string): Promise<KeyResult<PublicKey>> {
  const jwk = parseJwk(text);
  return jwk.ok ? readPublicKey(jwk.value) : jwk;
}
