/**
 * Cloudflare Turnstile: redeems a captcha token with one call to siteverify.
 * https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
 *
 * @module
 */
import * as v from 'valibot';
import { type Failure, fail, type Result, succeed } from '#portero/internal/result.ts';

/** The longest token that Turnstile issues, in characters. */
const MAX_CAPTCHA_TOKEN_LENGTH = 2048;

/**
 * How long a login waits for siteverify, with one repetition. The usual answer takes well under a second. A person who
 * waits longer than this tries again anyway.
 */
const SITEVERIFY_DEADLINE_MS = 5_000;

export interface TurnstileSettings {
  /** The web app renders its widget with it. */
  siteKey: string;
  secretKey: string;
  /** The address of Cloudflare's siteverify. Beside a test secret, that of its local stand-in. */
  siteverifyUrl: string;
  /** The hostnames where the captcha may have been solved, in lower case. */
  hostnames: string[];
  /** The action that the widget must name. `undefined` accepts any. */
  action: string | undefined;
  /** Whether the secret is one of Cloudflare's published test secrets. */
  isTestSecret: boolean;
}

/** Why siteverify gave no answer that can be used. */
type SiteverifyReason = 'turnstile_unreachable' | 'turnstile_timeout' | 'turnstile_bad_answer';

/** Why a captcha did not pass. */
export type CaptchaReason =
  | 'captcha_missing'
  | 'captcha_too_long'
  | 'captcha_invalid'
  | 'captcha_expired_or_used'
  | 'captcha_for_another_hostname'
  | 'captcha_for_another_action'
  | SiteverifyReason
  | 'turnstile_secret_key_refused';

export interface CaptchaDetails {
  /** Siteverify's `error-codes`, where it has answered with some. */
  captchaErrors?: string[];
}

/**
 * Redeems a captcha token. This spends the token.
 *
 * The hostname is checked, and the action where one is configured. `success` alone also holds for a token that was
 * solved on another site with the same widget.
 */
export async function verifyCaptcha(
  token: string | undefined,
  settings: TurnstileSettings,
): Promise<Result<undefined, CaptchaReason, CaptchaDetails>> {
  if (token === undefined) return fail('captcha_missing');
  if (token.length > MAX_CAPTCHA_TOKEN_LENGTH) return fail('captcha_too_long');

  const redeemed = await redeem(token, settings);
  if (!redeemed.ok) return redeemed;
  const answer = redeemed.value;
  if (!answer.success) return refusedBySiteverify(answer['error-codes'], settings);

  const hostname = answer.hostname?.toLowerCase();
  if (hostname === undefined || !settings.hostnames.includes(hostname)) {
    return fail('captcha_for_another_hostname');
  }
  if (settings.action !== undefined && answer.action !== settings.action) {
    return fail('captcha_for_another_action');
  }
  return succeed();
}

function refusedBySiteverify(
  captchaErrors: string[],
  { isTestSecret }: TurnstileSettings,
): Failure<CaptchaReason, CaptchaDetails> {
  const details = { captchaErrors };
  if (captchaErrors.includes('internal-error')) return fail('turnstile_unreachable', details);
  // Siteverify also blames a test secret when it is given a real token. Then only the token is at fault.
  if (!isTestSecret && captchaErrors.some((code) => SECRET_KEY_ERRORS.includes(code))) {
    return fail('turnstile_secret_key_refused', details);
  }
  if (captchaErrors.includes('timeout-or-duplicate')) {
    return fail('captcha_expired_or_used', details);
  }
  return fail('captcha_invalid', details);
}

const SECRET_KEY_ERRORS = ['missing-input-secret', 'invalid-input-secret'];

const SiteverifyAnswer = v.pipe(
  v.object({
    success: v.boolean(),
    hostname: v.nullish(v.string()),
    action: v.nullish(v.string()),
    'error-codes': v.pipe(
      v.nullish(v.array(v.string()), []),
      // The codes are logged, so nothing but a code may stand there.
      v.mapItems((code) => (/^[\w-]{1,40}$/.test(code) ? code : 'not-a-code')),
    ),
  }),
  v.check(
    (answer) => answer.success || answer['error-codes'].length > 0,
    'a failure without an error code says nothing about the token',
  ),
);
type SiteverifyAnswer = v.InferOutput<typeof SiteverifyAnswer>;

type SiteverifyResult = Result<SiteverifyAnswer, SiteverifyReason>;

/**
 * Asks siteverify, and asks once more where the first try failed on the way. Both requests carry the same idempotency
 * key. So a token that the first request has spent unseen still passes in the second one.
 */
async function redeem(
  token: string,
  { secretKey, siteverifyUrl }: TurnstileSettings,
): Promise<SiteverifyResult> {
  const deadline = AbortSignal.timeout(SITEVERIFY_DEADLINE_MS);
  const body = JSON.stringify({
    secret: secretKey,
    response: token,
    idempotency_key: crypto.randomUUID(),
  });
  const answer = await askSiteverify(siteverifyUrl, body, deadline);
  return isWorthARetry(answer) ? askSiteverify(siteverifyUrl, body, deadline) : answer;
}

function isWorthARetry(answer: SiteverifyResult): boolean {
  if (!answer.ok) return answer.reason === 'turnstile_unreachable';
  return !answer.value.success && answer.value['error-codes'].includes('internal-error');
}

async function askSiteverify(
  url: string,
  body: string,
  deadline: AbortSignal,
): Promise<SiteverifyResult> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      redirect: 'manual', // the secret goes to this address and to no other
      signal: deadline,
    });
    status = response.status;
    text = await response.text();
  } catch {
    return fail(deadline.aborted ? 'turnstile_timeout' : 'turnstile_unreachable');
  }
  if (status >= 500) return fail('turnstile_unreachable');
  if (status !== 200 && status !== 400) return fail('turnstile_bad_answer');
  return parseAnswer(text);
}

function parseAnswer(text: string): SiteverifyResult {
  try {
    return succeed(v.parse(SiteverifyAnswer, JSON.parse(text)));
  } catch {
    return fail('turnstile_bad_answer');
  }
}
