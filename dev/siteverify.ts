/**
 * A stand-in for Turnstile. It does what Turnstile's documentation describes:
 * https://developers.cloudflare.com/turnstile/get-started/server-side-validation/ and
 * https://developers.cloudflare.com/turnstile/troubleshooting/testing/
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import * as v from 'valibot';
import { isTestSecret, TEST_HOSTNAME, TEST_SECRETS } from '../src/turnstile/test-keys.ts';

const TOKEN_LIFETIME_MS = 300_000;

/** The test widget yields this token. Test secrets accept only this token, and accept it any number of times. */
export const DUMMY_TOKEN = 'XXXX.DUMMY.TOKEN.XXXX';

/** The place and the purpose of the challenge that a visitor solved. */
export interface Challenge {
  hostname: string;
  action?: string;
  cdata?: string;
}

export interface SiteverifyAnswer extends Partial<Challenge> {
  success: boolean;
  'error-codes': string[];
  challenge_ts?: string;
  metadata?: { result_with_testing_key: true };
}

interface Token extends Challenge {
  secret: string;
  issuedAt: number;
  spentBy?: string;
}

const Redemption = v.object({
  secret: v.optional(v.string(), ''),
  response: v.optional(v.string(), ''),
  remoteip: v.optional(v.string()),
  idempotency_key: v.optional(v.pipe(v.string(), v.uuid())),
});
type Redemption = v.InferOutput<typeof Redemption>;

/** Issues tokens like a widget does, and redeems them like siteverify does. */
export class Siteverify {
  #tokens = new Map<string, Token>();
  #secrets: Set<string>;
  #now: () => number;

  /**
   * @param secrets the secrets of real widgets. The test secrets are always known
   * @param now milliseconds since 1970
   */
  constructor(secrets: string[] = [], now: () => number = Date.now) {
    this.#secrets = new Set(secrets);
    this.#now = now;
  }

  /** Issues a token, as a visitor gets it for a solved challenge of the widget that has this secret. */
  issue(secret: string, challenge: Challenge): string {
    const token = `0.${crypto.randomUUID().replaceAll('-', '')}`;
    this.#tokens.set(token, { ...challenge, secret, issuedAt: this.#now() });
    return token;
  }

  redeem({ secret, response, idempotency_key: key }: Redemption): SiteverifyAnswer {
    if (secret === '') return failure('missing-input-secret');
    if (response === '') return failure('missing-input-response');
    if (isTestSecret(secret)) return this.#redeemForTest(secret, response);
    if (!this.#secrets.has(secret)) return failure('invalid-input-secret');

    const token = this.#tokens.get(response);
    if (token === undefined || token.secret !== secret) {
      return failure('invalid-input-response');
    }
    const isRepeat = key !== undefined && token.spentBy === key;
    const isSpent = token.spentBy !== undefined && !isRepeat;
    const isExpired = this.#now() - token.issuedAt > TOKEN_LIFETIME_MS;
    if (isSpent || (isExpired && !isRepeat)) return failure('timeout-or-duplicate');
    token.spentBy = key ?? 'a call without an idempotency key';
    return {
      success: true,
      'error-codes': [],
      challenge_ts: new Date(token.issuedAt).toISOString(),
      hostname: token.hostname,
      action: token.action,
      cdata: token.cdata,
    };
  }

  #redeemForTest(secret: string, response: string): SiteverifyAnswer {
    const metadata = { result_with_testing_key: true } as const;
    if (response !== DUMMY_TOKEN) {
      const isReal = this.#tokens.has(response);
      return failure(isReal ? 'invalid-input-secret' : 'invalid-input-response');
    }
    if (secret === TEST_SECRETS.fails) return { ...failure('invalid-input-response'), metadata };
    if (secret === TEST_SECRETS.isSpent) return { ...failure('timeout-or-duplicate'), metadata };
    return {
      success: true,
      'error-codes': [],
      challenge_ts: new Date(this.#now()).toISOString(),
      hostname: TEST_HOSTNAME,
      metadata,
    };
  }
}

function failure(code: string): SiteverifyAnswer {
  return { success: false, 'error-codes': [code] };
}

const WIDGET_SCRIPT = readFileSync(join(import.meta.dirname, 'widget/api.js'), 'utf8');

/**
 * The routes of the stand-in. `POST /turnstile/v0/siteverify` takes a JSON or a form body.
 * `GET /turnstile/v0/api.js` yields the script of the test widgets.
 */
export function createTurnstileEndpoint(siteverify: Siteverify): Hono {
  const app = new Hono().get('/turnstile/v0/api.js', (context) =>
    context.body(WIDGET_SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  return app.post('/turnstile/v0/siteverify', async (context) => {
    const isJson = context.req.header('Content-Type')?.startsWith('application/json');
    const body: unknown = await (isJson ? context.req.json() : context.req.parseBody()).catch(
      () => undefined,
    );
    const redemption = v.safeParse(Redemption, body);
    if (!redemption.success) return context.json(failure('bad-request'), 400);
    return context.json(siteverify.redeem(redemption.output));
  });
}
