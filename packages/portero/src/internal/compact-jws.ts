/**
 * The form of a token: a compact JWS (RFC 7515, section 3.1).
 *
 * @module
 */
import { base64url } from 'jose';
import { isBase64Url } from './base64url.ts';

/**
 * Whether a token is three parts of base64url, and the first two are JSON exactly as `JSON.stringify` writes it.
 *
 * jose also reads padding, white space and unused last bits, and it takes the last one of a repeated member. Then one
 * token would have many spellings, and two readers could understand it differently.
 */
export function isCompactJws(token: string): boolean {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  return (
    rest.length === 0 &&
    isCanonicalJson(header) &&
    isCanonicalJson(payload) &&
    isBase64Url(signature)
  );
}

/**
 * Whether a part is the one spelling of what it means. Anything else changes when it is written again: a blank, an escape
 * too many, a byte order mark, bytes that are no UTF-8.
 */
function isCanonicalJson(part: string): boolean {
  try {
    const value: unknown = JSON.parse(decoder.decode(base64url.decode(part)));
    return base64url.encode(JSON.stringify(value)) === part;
  } catch {
    return false;
  }
}

const decoder = new TextDecoder();
