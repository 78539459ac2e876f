/** One-time links for the tests. */
import { makePasswordLink } from '../../src/account/password-link.ts';
import { insertLink, type LinkKind } from '../../src/db/password-links.ts';
import { solveCaptcha } from './control.ts';
import { database } from './fixtures.ts';
import { PUBLIC_URL } from './mailbox.ts';
import { ADDRESS, ORIGIN, sendWith } from './requests.ts';
import { noteSecret } from './secrets.ts';

export const NEW_PASSWORD = 'a new and rather long passphrase';

/** Stores a link. @returns its token */
export async function addLink(
  userId: string,
  { kind = 'reset', isMailed = false }: { kind?: LinkKind; isMailed?: boolean } = {},
): Promise<string> {
  const { link, tokenDigest } = await makePasswordLink(PUBLIC_URL);
  const db = database();
  await insertLink(db, { userId, kind, tokenDigest, hours: 1, isMailed });
  const [, token = ''] = link.split('#');
  noteSecret(token);
  noteSecret(tokenDigest);
  return token;
}

/** A request with a captcha that passes, unless told otherwise. */
export async function passwordRequest(
  path: string,
  members: object,
  headers: Record<string, string> = {},
): Promise<Request> {
  noteSecret(NEW_PASSWORD);
  const body = { captchaToken: await solveCaptcha(), ...members };
  return new Request(`${ORIGIN}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': ADDRESS, ...headers },
  });
}

/** Sets a password with a link. */
export async function setPassword(
  token: unknown,
  members: object = {},
  settings: Partial<Env> = {},
): Promise<Response> {
  const body = { token, newPassword: NEW_PASSWORD, ...members };
  return sendWith(settings, await passwordRequest('/api/Password', body));
}
