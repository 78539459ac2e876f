/**
 * Cloudflare Turnstile: redeems a captcha token with one call to siteverify.
 * https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
 *
 * @module
 */
import * as v from 'valibot';

/** The longest token that Turnstile issues, in characters. */
const MAX_CAPTCHA_TOKEN_LENGTH = 2048;

/**
 * How long a login waits for siteverify, a retry included. The usual answer takes well under a
 * second; a person who waits longer than this tries again anyway.
 */
const SITEVERIFY_DEADLINE_MS = 5_000;

export interface TurnstileSettings {
  /** What the web app renders its widget with. */
  siteKey: string;
  secretKey: string;
  /** Cloudflare's siteverify, or its local stand-in beside a test secret. */
  siteverifyUrl: string;
  /** Where the widget may have been solved, in lower case. */
  hostnames: string[];
  /** The action that the widget must name; `undefined` accepts any. */
  action: string | undefined;
  /** Whether the secret is one of Cloudflare's published test secrets. */
  isTestSecret: boolean;
}

/** Why a captcha did not pass. */
export type CaptchaFault =
  | 'captcha_missing'
  | 'captcha_too_long'
  | 'captcha_invalid'
  | 'captcha_expired_or_used'
  | 'captcha_for_another_hostname'
  | 'captcha_for_another_action'
  | 'turnstile_unreachable'
  | 'turnstile_timeout'
  | 'turnstile_bad_answer'
  | 'turnstile_secret_key_refused';

export type CaptchaVerdict =
  | { passed: true }
  | { passed: false; fault: CaptchaFault; errorCodes?: string[] };

/**
 * Redeems a token, which is spent by it.
 *
 * The hostname is checked, and the action where one is configured, because `success` alone also
 * holds for a token that was solved on another site with the same widget.
 */
export async function verifyCaptcha(
  token: string | undefined,
  settings: TurnstileSettings,
): Promise<CaptchaVerdict> {
  if (token === undefined) return fail('captcha_missing');
  if (token.length > MAX_CAPTCHA_TOKEN_LENGTH) return fail('captcha_too_long');

  const answer = await redeem(token, settings);
  if (typeof answer === 'string') return fail(answer);
  if (!answer.success) return refuse(answer['error-codes'], settings);

  const hostname = answer.hostname?.toLowerCase();
  if (hostname === undefined || !settings.hostnames.includes(hostname)) {
    return fail('captcha_for_another_hostname');
  }
  if (settings.action !== undefined && answer.action !== settings.action) {
    return fail('captcha_for_another_action');
  }
  return { passed: true };
}

function fail(fault: CaptchaFault, errorCodes?: string[]): CaptchaVerdict {
  return { passed: false, fault, errorCodes };
}

function refuse(errorCodes: string[], { isTestSecret }: TurnstileSettings): CaptchaVerdict {
  if (errorCodes.includes('internal-error')) return fail('turnstile_unreachable', errorCodes);
  // Siteverify also blames a test secret when it is given a real token, which is only the token's fault.
  if (!isTestSecret && errorCodes.some((code) => SECRET_KEY_ERRORS.includes(code))) {
    return fail('turnstile_secret_key_refused', errorCodes);
  }
  if (errorCodes.includes('timeout-or-duplicate')) {
    return fail('captcha_expired_or_used', errorCodes);
  }
  return fail('captcha_invalid', errorCodes);
}

const SECRET_KEY_ERRORS = ['missing-input-secret', 'invalid-input-secret'];

const SiteverifyAnswer = v.pipe(
  v.object({
    success: v.boolean(),
    hostname: v.nullish(v.string()),
    action: v.nullish(v.string()),
    'error-codes': v.pipe(
      v.nullish(v.array(v.string()), []),
      // They are logged, so nothing but a code may stand there.
      v.mapItems((code) => (/^[\w-]{1,40}$/.test(code) ? code : 'not-a-code')),
    ),
  }),
  v.check(
    (answer) => answer.success || answer['error-codes'].length > 0,
    'a refusal without an error code says nothing of the token',
  ),
);
type SiteverifyAnswer = v.InferOutput<typeof SiteverifyAnswer>;

type SiteverifyFault = Extract<
  CaptchaFault,
  'turnstile_unreachable' | 'turnstile_timeout' | 'turnstile_bad_answer'
>;

/**
 * Asks siteverify, and once more where the first try failed on the way. Both carry one idempotency
 * key, so that a token which the first has spent unseen still passes the second.
 */
async function redeem(
  token: string,
  { secretKey, siteverifyUrl }: TurnstileSettings,
): Promise<SiteverifyAnswer | SiteverifyFault> {
  const deadline = AbortSignal.timeout(SITEVERIFY_DEADLINE_MS);
  const body = JSON.stringify({
    secret: secretKey,
    response: token,
    idempotency_key: crypto.randomUUID(),
  });
  const answer = await askSiteverify(siteverifyUrl, body, deadline);
  return isWorthARetry(answer) ? askSiteverify(siteverifyUrl, body, deadline) : answer;
}

function isWorthARetry(answer: SiteverifyAnswer | SiteverifyFault): boolean {
  if (typeof answer === 'string') return answer === 'turnstile_unreachable';
  return !answer.success && answer['error-codes'].includes('internal-error');
}

async function askSiteverify(
  url: string,
  body: string,
  deadline: AbortSignal,
): Promise<SiteverifyAnswer | SiteverifyFault> {
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
    return deadline.aborted ? 'turnstile_timeout' : 'turnstile_unreachable';
  }
  if (status >= 500) return 'turnstile_unreachable';
  if (status !== 200 && status !== 400) return 'turnstile_bad_answer';
  return parseAnswer(text) ?? 'turnstile_bad_answer';
}

function parseAnswer(text: string): SiteverifyAnswer | undefined {
  try {
    return v.parse(SiteverifyAnswer, JSON.parse(text));
  } catch {
    return undefined;
  }
}
