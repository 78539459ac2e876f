/**
 * The public keys, for everybody who verifies tokens: `GET /.well-known/jwks.json` (RFC 7517, section 5) and
 * `GET /.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 4). Both need the keys and `JWT_ISSUER`, and
 * neither the database nor any other setting.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import { problem } from '#portero/internal/problem.ts';
import type { PublicKey } from '#portero/internal/public-key.ts';
import {
  ALGORITHMS,
  type Algorithm,
  PAIR_ALGORITHMS,
  type VerificationKey,
} from '#portero/internal/verification-key.ts';
import type { AppEnv } from './app-env.ts';

const KEY_SET_PATH = '/.well-known/jwks.json';

/**
 * How long anybody may keep an answer. Before a new key signs, the steps of docs/rotate-the-key.md wait for longer than that.
 */
const LIFETIME_SECONDS = 300;

const text = v.string();

/** The answer of `/.well-known/jwks.json`. */
export const KeySet = v.object({
  keys: v.array(
    v.object({
      kty: text,
      crv: v.optional(text),
      x: v.optional(text),
      y: v.optional(text),
      n: v.optional(text),
      e: v.optional(text),
      kid: text,
      alg: v.picklist(PAIR_ALGORITHMS),
      use: v.literal('sig'),
    }),
  ),
});

/** Every public key that verifies now: also the next one, before it signs, and the last one, until its end. */
export function readKeySet(context: Context<AppEnv>): Response {
  const now = Date.now();
  const keys = keysAt(context, now);
  const set: v.InferOutput<typeof KeySet> = { keys: keys.filter(isPublic).map(({ jwk }) => jwk) };
  return context.json(set, 200, cachedUntil(keys, now));
}

/** The answer of `/.well-known/openid-configuration`. */
export const OpenIdConfiguration = v.object({
  issuer: text,
  jwks_uri: text,
  id_token_signing_alg_values_supported: v.array(v.picklist(ALGORITHMS)),
});

/**
 * Tells libraries that know only the address of the issuer where the keys are. Portero is no OpenID provider, so nothing else is
 * in it. Where `JWT_ISSUER` is no https origin, no library would look here.
 */
export function readOpenIdConfiguration(context: Context<AppEnv>): Response {
  const issuer = context.env.JWT_ISSUER;
  const origin = httpsOriginOf(issuer);
  if (origin === undefined) return problem(404);
  const now = Date.now();
  const keys = keysAt(context, now);
  const configuration: v.InferOutput<typeof OpenIdConfiguration> = {
    issuer,
    jwks_uri: `${origin}${KEY_SET_PATH}`,
    id_token_signing_alg_values_supported: algorithmsOf(keys),
  };
  return context.json(configuration, 200, cachedUntil(keys, now));
}

/**
 * Those of the public keys. HS256 is told only where a secret alone signs: a library that accepts both could be made to take a
 * public key for the secret.
 */
function algorithmsOf(keys: VerificationKey[]): Algorithm[] {
  const algorithms = keys.filter(isPublic).map(({ algorithm }) => algorithm);
  return algorithms.length > 0 ? [...new Set(algorithms)] : ['HS256'];
}

function keysAt(context: Context<AppEnv>, now: number): VerificationKey[] {
  return context.get('verificationKeys').filter(({ until = Infinity }) => now <= until);
}

/** A secret has no such form. */
function isPublic(key: VerificationKey): key is PublicKey {
  return 'jwk' in key;
}

/** No cache keeps a key beyond its end. */
function cachedUntil(keys: VerificationKey[], now: number): Record<string, string> {
  const lives = keys.map(({ until = Infinity }) => Math.floor((until - now) / 1000));
  return { 'Cache-Control': `public, max-age=${Math.min(LIFETIME_SECONDS, ...lives)}` };
}

/** @returns nothing where the issuer has a path, or is no https address */
function httpsOriginOf(issuer: string): string | undefined {
  const url = URL.parse(issuer);
  const isOrigin = url !== null && [url.origin, `${url.origin}/`].includes(issuer);
  return isOrigin && url.protocol === 'https:' ? url.origin : undefined;
}
