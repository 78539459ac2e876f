/**
 * `POST /api/Password`: a new password for the user of a one-time link.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import type { MemberError } from '#portero/internal/problem.ts';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { AppEnv } from '../app-env.ts';
import { takeHashSlot } from '../attempt.ts';
import { askDatabase, readDatabase } from '../db/connection.ts';
import { readLink, type StoredLink, takeLink } from '../db/password-links.ts';
import { type ClientAddress, readClientAddress } from '../http/client-address.ts';
import { checkAddressLimit, checkLinkLimit } from '../limits.ts';
import { log } from '../log.ts';
import { readBody, SPELLINGS, textMember } from '../members.ts';
import { hashQueue } from '../password/hash-queue.ts';
import { hashPassword } from '../password/password.ts';
import type { Settings } from '../settings.ts';
import { verifyCaptcha } from '../turnstile/verify-captcha.ts';
import { answerPasswordLink, type PasswordLinkReason } from './answers.ts';
import { readNewPassword, refuseNewPassword } from './new-password.ts';
import { digestOfToken } from './password-link.ts';
import { sendPasswordNotice } from './password-notice.ts';

/** The body. A member that is missing is refused after the captcha, as a wrong one is. */
export const PasswordByLink = v.object({
  token: textMember,
  newPassword: v.optional(v.string()), // a blank one gets the answer of the policy
  captchaToken: textMember,
});
type PasswordByLink = v.InferOutput<typeof PasswordByLink>;

const { token, newPassword, captchaToken } = SPELLINGS;

const SENTENCES = {
  malformed: 'Send a JSON object with strings for token, newPassword, captchaToken.',
  unavailable: 'Passwords cannot be set at the moment.',
};

interface Details {
  userId?: string;
  /** What is wrong with the new password. */
  errors?: MemberError[];
  captchaErrors?: string[];
  sqlState?: string;
}

/** The user whose password was set. */
interface Owner {
  userId: string;
  userName: string;
  address: string | null;
}

type Outcome = Result<Owner, PasswordLinkReason, Details>;

/** Sets the password, or says as little as possible. */
export async function setPassword(context: Context<AppEnv>): Promise<Response> {
  const client = readClientAddress(context.req.raw.headers);
  const address = client?.address;
  const outcome = await readAndSet(context, client);
  if (outcome.ok) {
    const { userId } = outcome.value;
    log({ event: 'password_link', status: 204, reason: 'success', userId, address });
    sendPasswordNotice(context, outcome.value);
    return new Response(null, { status: 204 });
  }
  const { reason, details: { errors, ...details } = {} } = outcome;
  const answer = answerPasswordLink(reason, SENTENCES, errors);
  log({ event: 'password_link', status: answer.status, reason, address, ...details });
  return answer;
}

/** The body comes before the captcha, as at the login. */
async function readAndSet(
  context: Context<AppEnv>,
  client: ClientAddress | undefined,
): Promise<Outcome> {
  const settings = context.get('settings');
  const withinLimit = await checkAddressLimit(client, settings);
  if (!withinLimit.ok) return withinLimit;
  const spellings = { token, newPassword, captchaToken };
  const request = await readBody(context.req.raw, PasswordByLink, spellings);
  if (!request.ok) return request;
  const captcha = await verifyCaptcha(request.value.captchaToken, settings.turnstile);
  if (!captcha.ok) return captcha;
  return useLink(request.value, settings);
}

/**
 * One read tells whether the link is good, so random tokens cost no hash. A refused password leaves the link good. The
 * statement that takes the link comes last, so nothing that fails before it spends the link.
 */
async function useLink(
  { token, newPassword }: PasswordByLink,
  settings: Settings,
): Promise<Outcome> {
  const tokenDigest = await digestOfToken(token ?? '');
  if (tokenDigest === undefined) return fail('link_malformed');
  const withinLimit = await checkLinkLimit(tokenDigest, settings);
  if (!withinLimit.ok) return withinLimit;
  const read = await readDatabase(settings.database, (db) => readLink(db, tokenDigest));
  if (!read.ok) return read;
  const link = checkLink(read.value);
  if (!link.ok) return link;

  const { userId, userName, email } = link.value;
  const allowed =
    newPassword === undefined
      ? refuseNewPassword('is missing')
      : readNewPassword(newPassword, email === null ? [userName] : [userName, email]);
  if (!allowed.ok) return fail(allowed.reason, { userId, ...allowed.details });
  const passwordHash = await hashInSlot(allowed.value, settings);
  if (!passwordHash.ok) return fail(passwordHash.reason, { userId });

  const use = { tokenDigest, passwordHash: passwordHash.value };
  const taken = await askDatabase(settings.database, (db) => takeLink(db, use));
  if (!taken.ok) return fail(taken.reason, { userId, ...taken.details });
  if (taken.value === undefined) return fail('link_ended', { userId });
  return succeed({ userId, userName, address: taken.value.address });
}

function checkLink(link: StoredLink | undefined): Result<StoredLink, PasswordLinkReason, Details> {
  if (link === undefined) return fail('link_unknown');
  const { userId } = link;
  if (link.isEnded) return fail('link_ended', { userId });
  if (link.isExpired) return fail('link_expired', { userId });
  return link.active ? succeed(link) : fail('link_of_inactive_user', { userId });
}

/** Every use counts by itself. No lockout keeps the uses of one link from the hash, as it does with attempts on a name. */
async function hashInSlot(
  password: string,
  settings: Settings,
): Promise<Result<string, 'isolate_busy'>> {
  const slot = takeHashSlot(crypto.randomUUID(), settings, 1);
  if (!slot.ok) return slot;
  try {
    return succeed(await hashQueue.run((takeTurn) => hashPassword(password, takeTurn)));
  } finally {
    slot.value.release();
  }
}
