/**
 * The one-time links that set a password: `https://HOST/set-password#TOKEN`. The token stands behind `#`, so no server, no
 * proxy and no `Referer` sees it (RFC 3986, section 3.5: a fragment is not sent).
 *
 * @module
 */
import { base64url } from 'jose';
import { digestOf } from '../digest.ts';

/** ASVS 5.0, requirement 6.6.3, asks for 64 bits at least, with a limit of tries. 256 bits need no limit. */
const TOKEN_BYTES = 32;

/** The token in Base64url (RFC 4648, section 5). */
const TOKEN = /^[\w-]{43}$/;

/** A new link. Show or mail `link`, and store `tokenDigest`. */
export interface PasswordLink {
  link: string;
  tokenDigest: string;
}

/**
 * Makes a link.
 *
 * @param publicUrl the origin of the page, without a slash at the end
 */
export async function makePasswordLink(publicUrl: string): Promise<PasswordLink> {
  const token = base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
  return { link: `${publicUrl}/set-password#${token}`, tokenDigest: await digestOf(token) };
}

/**
 * Returns the digest under which a link is stored. A fast digest is enough, because nobody can try 2^256 tokens.
 *
 * @returns `undefined` for a text that is no token, so that it costs no query
 */
export async function digestOfToken(token: string): Promise<string | undefined> {
  return TOKEN.test(token) ? digestOf(token) : undefined;
}
