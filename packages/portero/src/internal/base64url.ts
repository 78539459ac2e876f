/**
 * Base64url (RFC 4648, section 5) without padding, as JOSE has it.
 *
 * @module
 */
import { base64url } from 'jose';

/** Whether a text is the one spelling of some bytes: without padding, and without unused bits that are set. */
export function isBase64Url(text: string): boolean {
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return false;
  return base64url.encode(base64url.decode(text)) === text;
}
