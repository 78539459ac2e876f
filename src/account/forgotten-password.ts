/**
 * `POST /api/Password/Forgotten`: a link by mail for a user who has forgotten the password.
 *
 * The answer is the same for every name, and so is all the work before it: one siteverify call, and one statement that
 * counts what was typed. Whatever depends on a user comes after the answer: see `send-forgotten-links.ts`.
 *
 * @module
 */
import type { Context } from 'hono';
import * as v from 'valibot';
import { fail, type Result, succeed } from '#portero/internal/result.ts';
import type { AppEnv } from '../app-env.ts';
import { askDatabase } from '../db/connection.ts';
import { countForgottenRequest } from '../db/forgotten-requests.ts';
import { digestOf } from '../digest.ts';
import { type ClientAddress, readClientAddress } from '../http/client-address.ts';
import { checkAddressLimit, checkForgottenLimit } from '../limits.ts';
import { log } from '../log.ts';
import { languageOf } from '../mail/language.ts';
import { readBody, SPELLINGS, textMember, userNameMember } from '../members.ts';
import { verifyCaptcha } from '../turnstile/verify-captcha.ts';
import { normalizeUserName } from '../user-name.ts';
import { answerPasswordForgotten, type PasswordForgottenReason } from './answers.ts';
import { type ForgottenPassword, sendForgottenLinks } from './send-forgotten-links.ts';

/** The body. `userName` may be the e-mail address of the user. */
export const PasswordForgotten = v.object({
  userName: userNameMember,
  captchaToken: textMember,
});

const { userName, captchaToken } = SPELLINGS;

const SENTENCES = {
  malformed: 'Send a JSON object with strings for userName, captchaToken.',
  unavailable: 'Passwords cannot be reset at the moment.',
};

type Outcome = Result<
  Omit<ForgottenPassword, 'language'>,
  PasswordForgottenReason,
  { captchaErrors?: string[]; sqlState?: string }
>;

/** Answers the same for every name, and then sends the links. */
export async function forgetPassword(context: Context<AppEnv>): Promise<Response> {
  const client = readClientAddress(context.req.raw.headers);
  const address = client?.address;
  const outcome = await readAndCount(context, client);
  if (!outcome.ok) {
    const { reason, details } = outcome;
    const answer = answerPasswordForgotten(reason, SENTENCES);
    log({ event: 'password_forgotten', status: answer.status, reason, address, ...details });
    return answer;
  }
  log({ event: 'password_forgotten', status: 202, reason: 'accepted', address });
  const language = languageOf(context.req.header('Accept-Language'));
  const forgotten = { ...outcome.value, language };
  context.executionCtx.waitUntil(sendForgottenLinks(forgotten, context.get('settings')));
  return new Response(null, { status: 202 });
}

async function readAndCount(
  context: Context<AppEnv>,
  client: ClientAddress | undefined,
): Promise<Outcome> {
  const settings = context.get('settings');
  if (settings.mail === undefined) return fail('mail_not_set_up');
  const withinAddressLimit = await checkAddressLimit(client, settings);
  if (!withinAddressLimit.ok) return withinAddressLimit;
  const spellings = { userName, captchaToken };
  const request = await readBody(context.req.raw, PasswordForgotten, spellings);
  if (!request.ok) return request;
  const captcha = await verifyCaptcha(request.value.captchaToken, settings.turnstile);
  if (!captcha.ok) return captcha;

  const { userName: typed } = request.value;
  if (typed === undefined) return fail('name_missing');
  const normalizedUserName = normalizeUserName(typed);
  const digest = await digestOf(normalizedUserName);
  const withinNameLimit = await checkForgottenLimit(digest, settings);
  if (!withinNameLimit.ok) return withinNameLimit;
  const counted = await askDatabase(settings.database, (db) => countForgottenRequest(db, digest));
  return counted.ok ? succeed({ typed, normalizedUserName, requests: counted.value }) : counted;
}
